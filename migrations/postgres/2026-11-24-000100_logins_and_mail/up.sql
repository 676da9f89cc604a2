CREATE TABLE one_time_tokens (
  digest TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  user_id UUID NOT NULL REFERENCES users (id),
  purpose TEXT COLLATE "C" NOT NULL CONSTRAINT one_time_tokens_purpose_check CHECK (purpose IN ('verify_email','reset_password')),
  expires_at TIMESTAMP NOT NULL,
  used_at TIMESTAMP
);
CREATE INDEX one_time_tokens_user_id_idx ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_expires_at_idx ON one_time_tokens (expires_at);
CREATE TABLE login_failures (
  email_key TEXT COLLATE "C" NOT NULL,
  source TEXT COLLATE "C" NOT NULL,
  failures INTEGER NOT NULL CONSTRAINT login_failures_failures_check CHECK (failures > 0),
  last_at TIMESTAMP NOT NULL,
  PRIMARY KEY (email_key, source)
);
CREATE INDEX login_failures_last_at_idx ON login_failures (last_at);
CREATE TABLE invitations (
  id UUID NOT NULL PRIMARY KEY,
  digest TEXT COLLATE "C" NOT NULL CONSTRAINT invitations_digest_key UNIQUE,
  organiser_id UUID REFERENCES organisers (id),
  exhibitor_id UUID REFERENCES exhibitors (id),
  role TEXT COLLATE "C" NOT NULL,
  email TEXT COLLATE "C" NOT NULL,
  email_key TEXT COLLATE "C" NOT NULL,
  invited_by UUID NOT NULL REFERENCES users (id),
  created_at TIMESTAMP NOT NULL,
  expires_at TIMESTAMP NOT NULL,
  accepted_at TIMESTAMP,
  CONSTRAINT invitations_role_check CHECK (
    (organiser_id IS NOT NULL AND exhibitor_id IS NULL AND role IN ('owner','manager','finance','gate','viewer')) OR
    (organiser_id IS NULL AND exhibitor_id IS NOT NULL AND role IN ('owner','staff')))
);
CREATE INDEX invitations_organiser_id_idx ON invitations (organiser_id);
CREATE INDEX invitations_exhibitor_id_idx ON invitations (exhibitor_id);
CREATE INDEX invitations_invited_by_idx ON invitations (invited_by);
CREATE TABLE outbox (
  id UUID NOT NULL PRIMARY KEY,
  topic TEXT COLLATE "C" NOT NULL,
  payload TEXT COLLATE "C" NOT NULL,
  attempts INTEGER NOT NULL CONSTRAINT outbox_attempts_check CHECK (attempts >= 0),
  due_at TIMESTAMP,
  done_at TIMESTAMP,
  last_error TEXT COLLATE "C",
  created_at TIMESTAMP NOT NULL
);
CREATE INDEX outbox_due_at_idx ON outbox (due_at);
CREATE TABLE idempotency_keys (
  user_id UUID NOT NULL REFERENCES users (id),
  idempotency_key TEXT COLLATE "C" NOT NULL,
  request_digest TEXT COLLATE "C" NOT NULL,
  status INTEGER NOT NULL CONSTRAINT idempotency_keys_status_check CHECK (status BETWEEN 200 AND 299),
  version INTEGER,
  body TEXT COLLATE "C" NOT NULL,
  created_at TIMESTAMP NOT NULL,
  PRIMARY KEY (user_id, idempotency_key)
);
CREATE INDEX idempotency_keys_created_at_idx ON idempotency_keys (created_at);
