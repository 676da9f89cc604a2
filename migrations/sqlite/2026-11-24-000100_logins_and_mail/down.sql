DROP TABLE idempotency_keys;
DROP TABLE outbox;
DROP TABLE invitations;
DROP TABLE login_failures;
DROP TABLE one_time_tokens;
