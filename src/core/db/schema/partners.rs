//! Events, webhooks and their deliveries; table imports.
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    events (seq) {
        seq -> BigInt,
        audit_log_id -> Uuid,
        is_new -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhooks (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        name -> Text,
        url -> Text,
        is_enabled -> Bool,
        switched_off_because -> Nullable<Text>,
        failing_since -> Nullable<Timestamp>,
        created_by -> Uuid,
        created_at -> Timestamp,
        version -> Integer,
        schema_version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_event_types (webhook_id, event_type) {
        webhook_id -> Uuid,
        event_type -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_secrets (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        hmac_secret -> Text,
        ed25519_seed -> Text,
        created_at -> Timestamp,
        expires_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_messages (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        event_seq -> Nullable<BigInt>,
        event_type -> Text,
        subject -> Text,
        position -> Nullable<BigInt>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_bodies (webhook_message_id, schema_version) {
        webhook_message_id -> Uuid,
        schema_version -> Integer,
        body -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_deliveries (id) {
        id -> Uuid,
        webhook_id -> Uuid,
        webhook_message_id -> Uuid,
        subject -> Text,
        position -> BigInt,
        state -> Text,
        attempts -> Integer,
        due_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    webhook_attempts (id) {
        id -> Uuid,
        webhook_delivery_id -> Uuid,
        at -> Timestamp,
        took_ms -> Integer,
        status -> Nullable<Integer>,
        answer -> Text,
        fault -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    imports (id) {
        id -> Uuid,
        edition_id -> Uuid,
        kind -> Text,
        file_name -> Text,
        sheet_name -> Text,
        mapping -> Text,
        state -> Text,
        outcome -> Nullable<Text>,
        created_by -> Nullable<Uuid>,
        created_at -> Timestamp,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    import_tables (import_id) {
        import_id -> Uuid,
        cells -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    import_writes (import_id) {
        import_id -> Uuid,
        token -> Uuid,
        done_rows -> Integer,
        total_rows -> Integer,
        lease_until -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    import_changes (import_id, kind, subject, part) {
        import_id -> Uuid,
        kind -> Text,
        subject -> Uuid,
        part -> Integer,
        version -> Text,
        before_json -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    import_mappings (organiser_id, kind, titles) {
        organiser_id -> Uuid,
        kind -> Text,
        titles -> Text,
        mapping -> Text,
    }
}
