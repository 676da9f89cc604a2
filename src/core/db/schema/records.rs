//! The exhibitors of organisers: records, contacts, search words, links, merges.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitors (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        organisation_id -> Nullable<Uuid>,
        linked_at -> Nullable<Timestamp>,
        name -> Text,
        name_search -> Text,
        legal_form -> Text,
        tax_code -> Nullable<Text>,
        country -> Text,
        locality_code -> Nullable<Text>,
        locality -> Text,
        notes -> Nullable<Text>,
        merged_into_id -> Nullable<Uuid>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_contacts (id) {
        id -> Uuid,
        exhibitor_id -> Uuid,
        name -> Text,
        phone -> Nullable<Text>,
        zalo -> Nullable<Text>,
        email -> Nullable<Text>,
        language -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_tags (exhibitor_id, tag) {
        exhibitor_id -> Uuid,
        tag -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_search_words (exhibitor_id, word) {
        exhibitor_id -> Uuid,
        organiser_id -> Uuid,
        word -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_link_invitations (id) {
        id -> Uuid,
        exhibitor_id -> Uuid,
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
    exhibitor_merges (id) {
        id -> Uuid,
        exhibitor_id -> Uuid,
        merged_id -> Uuid,
        merged_by -> Uuid,
        merged_at -> Timestamp,
        split_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_merge_rows (exhibitor_merge_id, kind, subject, part) {
        exhibitor_merge_id -> Uuid,
        kind -> Text,
        subject -> Uuid,
        part -> Text,
    }
}
