ALTER TABLE users ADD COLUMN erased_at TIMESTAMP;
CREATE TABLE consents (
  user_id BLOB NOT NULL REFERENCES users (id),
  notice TEXT NOT NULL,
  given_at TIMESTAMP NOT NULL,
  withdrawn_at TIMESTAMP,
  PRIMARY KEY (user_id, notice)
);
CREATE TABLE known_sources (
  user_id BLOB NOT NULL REFERENCES users (id),
  source TEXT NOT NULL,
  last_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, source)
);
CREATE INDEX known_sources_last_at_idx ON known_sources (last_at);
CREATE INDEX users_created_at_idx ON users (created_at) WHERE email_verified_at IS NULL AND erased_at IS NULL;
DROP INDEX audit_log_actor_id_idx;
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor_id, id);
CREATE INDEX outbox_created_at_idx ON outbox (created_at);
