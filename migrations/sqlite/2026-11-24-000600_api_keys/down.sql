DROP INDEX audit_log_api_key_id_idx;
ALTER TABLE audit_log DROP COLUMN api_key_id;
DROP TABLE api_key_editions;
DROP TABLE api_key_scopes;
DROP TABLE api_keys;
