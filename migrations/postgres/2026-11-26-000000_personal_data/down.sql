DROP INDEX outbox_created_at_idx;
DROP INDEX audit_log_actor_id_idx;
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id);
DROP INDEX users_created_at_idx;
DROP TABLE known_sources;
DROP TABLE consents;
ALTER TABLE users DROP COLUMN erased_at;
