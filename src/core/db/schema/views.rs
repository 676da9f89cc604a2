//! Read-only views.
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    /// Public booth occupancy: which exhibitor has which booth.
    standing (edition_id, booth_id, exhibitor_id) {
        edition_id -> Uuid,
        booth_id -> Uuid,
        exhibitor_id -> Uuid,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    /// The rows of [`standing`] whose edition is not a draft: who is in it is public.
    public_standing (edition_id, booth_id, exhibitor_id) {
        edition_id -> Uuid,
        booth_id -> Uuid,
        exhibitor_id -> Uuid,
    }
}
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    /// Products that an exhibitor shows at an edition.
    exhibitor_products (edition_id, exhibitor_id, line, name) {
        edition_id -> Uuid,
        exhibitor_id -> Uuid,
        line -> Integer,
        name -> Text,
        product_group -> Text,
        stars -> Nullable<Integer>,
        certificate_number -> Nullable<Text>,
        certificate_expires_on -> Nullable<Date>,
    }
}
