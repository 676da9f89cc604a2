//! Views: read, never written.
diesel::table! {
    use diesel::sql_types::*;
    use crate::db::types::Uuid;
    /// Who stands where, as everybody may know.
    standing (edition_id, booth_id, exhibitor_id) {
        edition_id -> Uuid,
        booth_id -> Uuid,
        exhibitor_id -> Uuid,
    }
}
