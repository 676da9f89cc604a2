//! Users, organisations, API keys, tokens, audit log, outbox and idempotency keys.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    users (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        display_name -> Text,
        language -> Text,
        is_admin -> Bool,
        email_verified_at -> Nullable<Timestamp>,
        created_at -> Timestamp,
        erased_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    consents (user_id, notice) {
        user_id -> Uuid,
        notice -> Text,
        given_at -> Timestamp,
        withdrawn_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    known_sources (user_id, source) {
        user_id -> Uuid,
        source -> Text,
        last_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sessions (id) {
        id -> Uuid,
        user_id -> Uuid,
        user_agent -> Text,
        source -> Text,
        created_at -> Timestamp,
        last_used_at -> Timestamp,
        expires_at -> Timestamp,
        ended_at -> Nullable<Timestamp>,
        is_multi_factor -> Bool,
        passkey_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    passkeys (id) {
        id -> Uuid,
        user_id -> Uuid,
        credential_key -> Text,
        credential -> Text,
        last_counter -> BigInt,
        name -> Text,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    passkey_ceremonies (digest) {
        digest -> Text,
        session_id -> Nullable<Uuid>,
        source -> Text,
        state -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    refresh_tokens (digest) {
        digest -> Text,
        session_id -> Uuid,
        user_id -> Uuid,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organisers (id) {
        id -> Uuid,
        name -> Text,
        version -> Integer,
        created_at -> Timestamp,
        second_factor_required -> Bool,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organiser_members (organiser_id, user_id) {
        organiser_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
        edition_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    localities (code) {
        code -> Text,
        parent_code -> Nullable<Text>,
        kind -> Text,
        name -> Text,
        name_search -> Text,
        valid_from -> Date,
        valid_to -> Nullable<Date>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organisations (id) {
        id -> Uuid,
        name -> Text,
        name_search -> Text,
        legal_form -> Text,
        tax_code -> Nullable<Text>,
        tax_code_verified_at -> Nullable<Timestamp>,
        country -> Text,
        locality_code -> Nullable<Text>,
        locality -> Text,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organisation_members (organisation_id, user_id) {
        organisation_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organisation_contacts (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        name -> Text,
        phone -> Nullable<Text>,
        email -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    audit_log (id) {
        id -> Uuid,
        organiser_id -> Nullable<Uuid>,
        edition_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Text,
        subject -> Text,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        at -> Timestamp,
        api_key_id -> Nullable<Uuid>,
        on_behalf_of -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    api_keys (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        name -> Text,
        digest -> Text,
        begins -> Text,
        expires_at -> Nullable<Timestamp>,
        revoked_at -> Nullable<Timestamp>,
        created_by -> Uuid,
        created_at -> Timestamp,
        last_used_at -> Nullable<Timestamp>,
        requests -> BigInt,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    api_key_scopes (api_key_id, scope) {
        api_key_id -> Uuid,
        scope -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    api_key_editions (api_key_id, edition_id) {
        api_key_id -> Uuid,
        edition_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    one_time_tokens (digest) {
        digest -> Text,
        user_id -> Uuid,
        purpose -> Text,
        expires_at -> Timestamp,
        used_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    second_factors (user_id) {
        user_id -> Uuid,
        secret -> Text,
        session_id -> Nullable<Uuid>,
        created_at -> Timestamp,
        enabled_at -> Nullable<Timestamp>,
        last_step -> BigInt,
        failures -> Integer,
        failing_since -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    recovery_codes (user_id, digest) {
        user_id -> Uuid,
        digest -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    login_challenges (digest) {
        digest -> Text,
        user_id -> Uuid,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sso_identities (id) {
        id -> Uuid,
        issuer -> Text,
        subject -> Text,
        user_id -> Uuid,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sso_logins (digest) {
        digest -> Text,
        user_id -> Nullable<Uuid>,
        next_path -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sso_links (digest) {
        digest -> Text,
        user_id -> Uuid,
        issuer -> Text,
        subject -> Text,
        is_multi_factor -> Bool,
        is_logged_in -> Bool,
        next_path -> Text,
        expires_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    login_failures (email_key, source) {
        email_key -> Text,
        source -> Text,
        failures -> Integer,
        last_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    invitations (id) {
        id -> Uuid,
        digest -> Text,
        organiser_id -> Nullable<Uuid>,
        organisation_id -> Nullable<Uuid>,
        edition_id -> Nullable<Uuid>,
        role -> Text,
        email -> Text,
        email_key -> Text,
        invited_by -> Uuid,
        created_at -> Timestamp,
        expires_at -> Timestamp,
        accepted_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    outbox (id) {
        id -> Uuid,
        kind -> Text,
        sender -> Text,
        recipient -> Text,
        payload -> Text,
        attempts -> Integer,
        due_at -> Nullable<Timestamp>,
        done_at -> Nullable<Timestamp>,
        last_error -> Nullable<Text>,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    idempotency_keys (user_id, idempotency_key) {
        user_id -> Uuid,
        idempotency_key -> Text,
        request_digest -> Text,
        status -> Integer,
        version -> Nullable<Integer>,
        location -> Nullable<Text>,
        body -> Text,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    products (id) {
        id -> Uuid,
        organisation_id -> Uuid,
        name -> Text,
        name_search -> Text,
        product_group -> Text,
        stars -> Nullable<Integer>,
        certificate_number -> Nullable<Text>,
        certificate_expires_on -> Nullable<Date>,
        version -> Integer,
        created_at -> Timestamp,
    }
}
