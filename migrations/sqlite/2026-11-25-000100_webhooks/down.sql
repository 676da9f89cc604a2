DROP TABLE webhook_attempts;
DROP TABLE webhook_deliveries;
DROP TABLE webhook_messages;
DROP TABLE webhook_secrets;
DROP TABLE webhook_event_types;
DROP TABLE webhooks;
DROP TABLE events;
