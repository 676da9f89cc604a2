-- Keys of partner sites: shown once, kept as digests.
CREATE TABLE api_keys (
  id UUID NOT NULL PRIMARY KEY,
  organiser_id UUID NOT NULL REFERENCES organisers (id),
  name TEXT COLLATE "C" NOT NULL,
  digest TEXT COLLATE "C" NOT NULL CONSTRAINT api_keys_digest_key UNIQUE,
  begins TEXT COLLATE "C" NOT NULL,
  expires_at TIMESTAMP,
  revoked_at TIMESTAMP,
  created_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  last_used_at TIMESTAMP,
  requests BIGINT NOT NULL CONSTRAINT api_keys_requests_check CHECK (requests >= 0)
);
CREATE INDEX api_keys_organiser_id_idx ON api_keys (organiser_id, id);
CREATE INDEX api_keys_created_by_idx ON api_keys (created_by);
CREATE TABLE api_key_scopes (
  api_key_id UUID NOT NULL REFERENCES api_keys (id),
  scope TEXT COLLATE "C" NOT NULL CONSTRAINT api_key_scopes_scope_check CHECK (scope IN ('read:editions','read:exhibitors','read:figures','write:visits')),
  PRIMARY KEY (api_key_id, scope)
);
CREATE TABLE api_key_editions (
  api_key_id UUID NOT NULL REFERENCES api_keys (id),
  edition_id UUID NOT NULL REFERENCES editions (id),
  PRIMARY KEY (api_key_id, edition_id)
);
CREATE INDEX api_key_editions_edition_id_idx ON api_key_editions (edition_id);
ALTER TABLE audit_log ADD COLUMN api_key_id UUID REFERENCES api_keys (id);
CREATE INDEX audit_log_api_key_id_idx ON audit_log (api_key_id);
