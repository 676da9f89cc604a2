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
