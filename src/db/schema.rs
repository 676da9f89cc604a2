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
        language -> Text,
        is_admin -> Bool,
        email_verified_at -> Nullable<Timestamp>,
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
        version -> Integer,
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
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    venues (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        name -> Text,
        address -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    halls (id) {
        id -> Uuid,
        venue_id -> Uuid,
        name -> Text,
        is_outdoor -> Bool,
        version -> Integer,
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
    editions (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        series_id -> Nullable<Uuid>,
        slug -> Text,
        name -> Text,
        venue_id -> Nullable<Uuid>,
        state -> Text,
        time_zone -> Text,
        currency -> Text,
        declared_booths -> Nullable<Integer>,
        declared_visits -> Nullable<BigInt>,
        declared_sales -> Nullable<BigInt>,
        version -> Integer,
        created_at -> Timestamp,
        waiting_list_run_id -> Nullable<Uuid>,
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
        hall_id -> Nullable<Uuid>,
        code -> Text,
        name -> Text,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    zone_product_groups (zone_id, product_group) {
        zone_id -> Uuid,
        product_group -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    zone_legal_forms (zone_id, legal_form) {
        zone_id -> Uuid,
        legal_form -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    zone_localities (zone_id, locality_code) {
        zone_id -> Uuid,
        locality_code -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    booth_categories (edition_id, category) {
        edition_id -> Uuid,
        category -> Text,
        area_dm2 -> Integer,
        fee -> BigInt,
        booth_equivalents -> Integer,
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
        availability -> Text,
        has_power -> Bool,
        has_water -> Bool,
        x_dm -> Nullable<Integer>,
        y_dm -> Nullable<Integer>,
        width_dm -> Nullable<Integer>,
        depth_dm -> Nullable<Integer>,
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
        locality_code -> Nullable<Text>,
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
        needs -> Nullable<Text>,
        reason -> Nullable<Text>,
        waitlisted_at -> Nullable<Timestamp>,
        version -> Integer,
        created_at -> Timestamp,
        needs_power -> Bool,
        needs_water -> Bool,
        needs_corner -> Bool,
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
        revision -> Integer,
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
    final_figures (edition_id, part) {
        edition_id -> Uuid,
        part -> Text,
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
        edition_id -> Nullable<Uuid>,
        actor_id -> Nullable<Uuid>,
        action -> Text,
        subject_kind -> Text,
        subject -> Text,
        before_json -> Nullable<Text>,
        after_json -> Nullable<Text>,
        at -> Timestamp,
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
        exhibitor_id -> Nullable<Uuid>,
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
        topic -> Text,
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
        body -> Text,
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
        email -> Nullable<Text>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    products (id) {
        id -> Uuid,
        exhibitor_id -> Uuid,
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

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    application_wishes (application_id, wish_rank) {
        application_id -> Uuid,
        wish_rank -> Integer,
        edition_id -> Uuid,
        booth_id -> Nullable<Uuid>,
        zone_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    application_products (application_id, product_id) {
        application_id -> Uuid,
        product_id -> Uuid,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    documents (id) {
        id -> Uuid,
        application_id -> Uuid,
        kind -> Text,
        file_name -> Nullable<Text>,
        content_type -> Nullable<Text>,
        size_bytes -> Nullable<BigInt>,
        digest -> Nullable<Text>,
        waiver_reason -> Nullable<Text>,
        recorded_by -> Uuid,
        recorded_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    participants (id) {
        id -> Uuid,
        edition_id -> Uuid,
        allocation_id -> Uuid,
        role -> Text,
        exhibitor_id -> Nullable<Uuid>,
        name -> Text,
        country -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sales_report_lines (sales_report_id, version, line) {
        sales_report_id -> Uuid,
        version -> Integer,
        line -> Integer,
        product_name -> Nullable<Text>,
        product_group -> Nullable<Text>,
        quantity_milli -> Nullable<BigInt>,
        unit -> Nullable<Text>,
        amount -> BigInt,
        is_ocop -> Bool,
        channel -> Text,
        exhibitor_id -> Nullable<Uuid>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    trade_deals (id) {
        id -> Uuid,
        edition_id -> Uuid,
        exhibitor_id -> Uuid,
        kind -> Text,
        counterpart -> Text,
        amount -> BigInt,
        signed_on -> Date,
        note -> Nullable<Text>,
        recorded_by -> Uuid,
        version -> Integer,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    sales_reminders (edition_id, exhibitor_id, sent_on) {
        edition_id -> Uuid,
        exhibitor_id -> Uuid,
        sent_on -> Date,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    allocation_runs (id) {
        id -> Uuid,
        edition_id -> Uuid,
        based_on_id -> Nullable<Uuid>,
        policy -> Text,
        request -> Text,
        state -> Text,
        is_cancelled -> Bool,
        done_bp -> Integer,
        applications -> Integer,
        served -> Integer,
        total_value -> BigInt,
        served_bound -> Nullable<Integer>,
        value_bound -> Nullable<BigInt>,
        gap_ppm -> Nullable<Integer>,
        moved -> Integer,
        ended_by -> Nullable<Text>,
        created_by -> Uuid,
        created_at -> Timestamp,
        heard_at -> Timestamp,
        finished_at -> Nullable<Timestamp>,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    allocation_run_applications (run_id, application_id) {
        run_id -> Uuid,
        application_id -> Uuid,
        turn -> Integer,
        points -> Integer,
        seen_version -> Integer,
        explanation -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    allocation_run_booths (run_id, booth_id) {
        run_id -> Uuid,
        booth_id -> Uuid,
        before_application_id -> Nullable<Uuid>,
        after_application_id -> Nullable<Uuid>,
    }
}

diesel::joinable!(organiser_members -> organisers (organiser_id));
diesel::joinable!(organiser_members -> users (user_id));
diesel::joinable!(exhibitor_members -> exhibitors (exhibitor_id));
diesel::joinable!(exhibitor_members -> users (user_id));
diesel::joinable!(booths -> zones (zone_id));
diesel::joinable!(applications -> exhibitors (exhibitor_id));
diesel::joinable!(allocations -> booths (booth_id));
diesel::joinable!(allocations -> applications (application_id));
diesel::joinable!(sales_reports -> booths (booth_id));
diesel::joinable!(visit_events -> gates (gate_id));
diesel::joinable!(participants -> allocations (allocation_id));
diesel::joinable!(trade_deals -> exhibitors (exhibitor_id));
diesel::joinable!(halls -> venues (venue_id));
diesel::joinable!(application_products -> products (product_id));
diesel::joinable!(application_products -> applications (application_id));
diesel::allow_tables_to_appear_in_same_query!(
    users,
    refresh_tokens,
    organisers,
    organiser_members,
    series,
    venues,
    halls,
    localities,
    editions,
    opening_days,
    zones,
    zone_product_groups,
    zone_legal_forms,
    zone_localities,
    booth_categories,
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
    one_time_tokens,
    login_failures,
    invitations,
    outbox,
    idempotency_keys,
    exhibitor_contacts,
    products,
    application_wishes,
    application_products,
    documents,
    participants,
    sales_report_lines,
    trade_deals,
    sales_reminders,
    allocation_runs,
    allocation_run_applications,
    allocation_run_booths,
);
