//! Sales reports, trade deals, visit counts, final figures and change tracking.

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
        device -> Nullable<Uuid>,
        occurred_at -> Timestamp,
        local_day -> Date,
        local_hour -> Integer,
        local_time -> Time,
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
        organiser_id -> Uuid,
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
    changes (edition, kind, subject) {
        edition -> Uuid,
        kind -> Text,
        subject -> Uuid,
        revision -> BigInt,
        at -> Timestamp,
    }
}
