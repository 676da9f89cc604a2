//! The one schema for both databases; the guard tests compare it with the migrations.

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    users (id) {
        id -> Uuid,
        email -> Text,
        email_key -> Text,
        password_hash -> Text,
        display_name -> Text,
        is_admin -> Bool,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    refresh_tokens (digest) {
        digest -> Text,
        family_id -> Uuid,
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
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    organiser_members (organiser_id, user_id) {
        organiser_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    series (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    editions (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        series_id -> Nullable<Uuid>,
        slug -> Text,
        name -> Text,
        venue -> Text,
        state -> Text,
        time_zone -> Text,
        currency -> Text,
        declared_booths -> Nullable<Integer>,
        declared_visits -> Nullable<BigInt>,
        declared_sales -> Nullable<BigInt>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    opening_days (edition_id, day) {
        edition_id -> Uuid,
        day -> Date,
        opens_at -> Time,
        closes_at -> Time,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    zones (id) {
        id -> Uuid,
        edition_id -> Uuid,
        code -> Text,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    booths (id) {
        id -> Uuid,
        edition_id -> Uuid,
        zone_id -> Uuid,
        code -> Text,
        row_label -> Text,
        place -> Integer,
        category -> Text,
        area_dm2 -> Integer,
        fee -> BigInt,
        booth_equivalents -> Integer,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitors (id) {
        id -> Uuid,
        name -> Text,
        name_search -> Text,
        legal_form -> Text,
        tax_code -> Nullable<Text>,
        country -> Text,
        locality -> Text,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    exhibitor_members (exhibitor_id, user_id) {
        exhibitor_id -> Uuid,
        user_id -> Uuid,
        role -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    applications (id) {
        id -> Uuid,
        edition_id -> Uuid,
        exhibitor_id -> Uuid,
        state -> Text,
        booths_wanted -> Integer,
        category -> Text,
        reason -> Nullable<Text>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    allocations (id) {
        id -> Uuid,
        edition_id -> Uuid,
        booth_id -> Uuid,
        application_id -> Uuid,
        state -> Text,
        expires_at -> Nullable<Timestamp>,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sales_reports (id) {
        id -> Uuid,
        edition_id -> Uuid,
        booth_id -> Uuid,
        day -> Date,
        state -> Text,
        amount -> BigInt,
        ocop_amount -> BigInt,
        note -> Nullable<Text>,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sales_report_versions (sales_report_id, version) {
        sales_report_id -> Uuid,
        version -> Integer,
        amount -> BigInt,
        ocop_amount -> BigInt,
        reason -> Nullable<Text>,
        recorded_by -> Nullable<Uuid>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    gates (id) {
        id -> Uuid,
        edition_id -> Uuid,
        name -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    visit_events (id) {
        id -> Uuid,
        edition_id -> Uuid,
        gate_id -> Uuid,
        occurred_at -> Timestamp,
        local_day -> Date,
        local_hour -> Integer,
        entries -> BigInt,
        exits -> BigInt,
        reason -> Nullable<Text>,
        recorded_by -> Nullable<Uuid>,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    final_figures (edition_id) {
        edition_id -> Uuid,
        document -> Text,
        digest -> Text,
        finalised_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    audit_log (id) {
        id -> Uuid,
        organiser_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Text,
        subject -> Text,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        at -> Timestamp,
    }
}

diesel::joinable!(booths -> zones (zone_id));
diesel::joinable!(applications -> exhibitors (exhibitor_id));
diesel::joinable!(allocations -> booths (booth_id));
diesel::joinable!(allocations -> applications (application_id));
diesel::joinable!(sales_reports -> booths (booth_id));
diesel::joinable!(visit_events -> gates (gate_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    refresh_tokens,
    organisers,
    organiser_members,
    series,
    editions,
    opening_days,
    zones,
    booths,
    exhibitors,
    exhibitor_members,
    applications,
    allocations,
    sales_reports,
    sales_report_versions,
    gates,
    visit_events,
    final_figures,
    audit_log,
);
