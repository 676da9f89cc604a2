//! Series, venues, editions, floors, applications and allocations.

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
        registration_opens_at -> Nullable<Timestamp>,
        registration_closes_at -> Nullable<Timestamp>,
        first_opens_at -> Nullable<Timestamp>,
        last_closes_at -> Nullable<Timestamp>,
        ended_at -> Nullable<Timestamp>,
        end_reason -> Nullable<Text>,
        recorded_phase -> Nullable<Text>,
        next_boundary_at -> Nullable<Timestamp>,
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
        code_order -> Text,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    applications (id) {
        id -> Uuid,
        organiser_id -> Uuid,
        edition_id -> Uuid,
        exhibitor_id -> Uuid,
        state -> Text,
        booths_wanted -> Integer,
        category -> Text,
        needs -> Nullable<Text>,
        reason -> Nullable<Text>,
        waitlisted_at -> Nullable<Timestamp>,
        submitted_at -> Nullable<Timestamp>,
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
        is_by_run -> Bool,
        version -> Integer,
        created_at -> Timestamp,
    }
}

diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    occupancies (booth_id, day) {
        booth_id -> Uuid,
        day -> Date,
        edition_id -> Uuid,
        allocation_id -> Uuid,
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
    application_products (application_id, line) {
        application_id -> Uuid,
        line -> Integer,
        name -> Text,
        product_group -> Text,
        declared_stars -> Nullable<Integer>,
        certificate_number -> Nullable<Text>,
        certificate_expires_on -> Nullable<Date>,
        product_id -> Nullable<Uuid>,
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
        organiser_id -> Uuid,
        edition_id -> Uuid,
        allocation_id -> Uuid,
        role -> Text,
        exhibitor_id -> Nullable<Uuid>,
        name -> Text,
        country -> Text,
        first_day -> Nullable<Date>,
        last_day -> Nullable<Date>,
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
    waiting_list_refills (id) {
        id -> Uuid,
        edition_id -> Uuid,
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
