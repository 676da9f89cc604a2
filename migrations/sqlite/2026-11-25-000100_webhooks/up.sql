-- What partners are told of. `events` are lines of the audit log that others may hear of, in the order in which changes of
-- one thing were made; new ones are made into messages and deliveries by whichever node comes by first.
CREATE TABLE events (
  seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
  audit_log_id BLOB NOT NULL CONSTRAINT events_audit_log_id_key UNIQUE REFERENCES audit_log (id),
  is_new BOOLEAN NOT NULL
);
CREATE INDEX events_is_new_idx ON events (seq) WHERE is_new;
CREATE TABLE webhooks (
  id BLOB NOT NULL PRIMARY KEY,
  organiser_id BLOB NOT NULL REFERENCES organisers (id),
  name TEXT NOT NULL,
  url TEXT NOT NULL,
  is_enabled BOOLEAN NOT NULL,
  switched_off_because TEXT,
  failing_since TIMESTAMP,
  created_by BLOB NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  version INTEGER NOT NULL,
  CONSTRAINT webhooks_switched_off_because_check CHECK (switched_off_because IS NULL OR NOT is_enabled)
);
CREATE INDEX webhooks_organiser_id_idx ON webhooks (organiser_id, id);
CREATE INDEX webhooks_created_by_idx ON webhooks (created_by);
CREATE TABLE webhook_event_types (
  webhook_id BLOB NOT NULL REFERENCES webhooks (id),
  event_type TEXT NOT NULL,
  PRIMARY KEY (webhook_id, event_type)
);
CREATE TABLE webhook_secrets (
  id BLOB NOT NULL PRIMARY KEY,
  webhook_id BLOB NOT NULL REFERENCES webhooks (id),
  hmac_secret TEXT NOT NULL,
  ed25519_seed TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP
);
CREATE INDEX webhook_secrets_webhook_id_idx ON webhook_secrets (webhook_id, id);
CREATE TABLE webhook_messages (
  id BLOB NOT NULL PRIMARY KEY,
  organiser_id BLOB NOT NULL REFERENCES organisers (id),
  event_seq BIGINT CONSTRAINT webhook_messages_event_seq_key UNIQUE REFERENCES events (seq),
  event_type TEXT NOT NULL,
  subject TEXT NOT NULL,
  payload TEXT NOT NULL,
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX webhook_messages_organiser_id_idx ON webhook_messages (organiser_id, created_at, id);
CREATE TABLE webhook_deliveries (
  id BLOB NOT NULL PRIMARY KEY,
  webhook_id BLOB NOT NULL REFERENCES webhooks (id),
  webhook_message_id BLOB NOT NULL REFERENCES webhook_messages (id),
  subject TEXT NOT NULL,
  position BIGINT NOT NULL,
  state TEXT NOT NULL CONSTRAINT webhook_deliveries_state_check CHECK (state IN ('waiting','delivered','failed')),
  attempts INTEGER NOT NULL CONSTRAINT webhook_deliveries_attempts_check CHECK (attempts >= 0),
  due_at TIMESTAMP,
  created_at TIMESTAMP NOT NULL,
  finished_at TIMESTAMP,
  CONSTRAINT webhook_deliveries_due_at_check CHECK ((state = 'waiting') = (due_at IS NOT NULL))
);
CREATE INDEX webhook_deliveries_webhook_id_idx ON webhook_deliveries (webhook_id, id);
CREATE INDEX webhook_deliveries_webhook_message_id_idx ON webhook_deliveries (webhook_message_id);
CREATE INDEX webhook_deliveries_waiting_idx ON webhook_deliveries (webhook_id, subject, position) WHERE state = 'waiting';
CREATE INDEX webhook_deliveries_due_at_idx ON webhook_deliveries (due_at, id) WHERE state = 'waiting';
CREATE TABLE webhook_attempts (
  id BLOB NOT NULL PRIMARY KEY,
  webhook_delivery_id BLOB NOT NULL REFERENCES webhook_deliveries (id),
  at TIMESTAMP NOT NULL,
  took_ms INTEGER NOT NULL,
  status INTEGER,
  answer TEXT NOT NULL,
  fault TEXT
);
CREATE INDEX webhook_attempts_webhook_delivery_id_idx ON webhook_attempts (webhook_delivery_id, id);
