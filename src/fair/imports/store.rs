//! Queries on imports and remembered column mappings.
use chrono::Duration;
use diesel::prelude::*;

use super::fields::ImportKind;
use hoicho_core::{
    db::{Tx, schema::*},
    states::ImportState,
    values::{
        clock::Instant,
        ids::{EditionId, ImportId, OrganiserId, UserId},
    },
};

/// Days for which uploaded files are stored.
const RETENTION_DAYS: i64 = 30;

/// An import: an uploaded file with its mapping and outcome.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = imports, treat_none_as_default_value = false)]
pub(super) struct ImportRow {
    pub(super) id: ImportId,
    pub(super) edition_id: EditionId,
    pub(super) kind: ImportKind,
    pub(super) file_name: String,
    pub(super) sheet_name: String,
    pub(super) cells: String,
    pub(super) mapping: String,
    pub(super) state: ImportState,
    pub(super) outcome: Option<String>,
    pub(super) created_by: UserId,
    pub(super) created_at: Instant,
    pub(super) version: i32,
}

/// Inserts an import.
pub(super) fn insert(tx: &mut Tx<'_>, row: &ImportRow) -> QueryResult<usize> {
    diesel::insert_into(imports::table).values(row).execute(tx.conn())
}

/// Finds an import of an edition.
pub(super) fn find(tx: &mut Tx<'_>, edition: EditionId, id: ImportId) -> QueryResult<ImportRow> {
    imports::table.find(id).filter(imports::edition_id.eq(edition)).select(ImportRow::as_select()).get_result(tx.conn())
}

/// Updates mapping, state and outcome with optimistic locking; returns whether the row was updated.
pub(super) fn update(tx: &mut Tx<'_>, row: &ImportRow) -> QueryResult<bool> {
    let unchanged = imports::table.find(row.id).filter(imports::version.eq(row.version));
    let changed = diesel::update(unchanged)
        .set((
            imports::mapping.eq(&row.mapping),
            imports::state.eq(row.state),
            imports::outcome.eq(&row.outcome),
            imports::version.eq(row.version + 1),
        ))
        .execute(tx.conn())?;
    Ok(changed == 1)
}

/// Remembered mappings of an organiser for files with one of these titles (hashes), by hash.
pub(super) fn find_mappings(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    kind: ImportKind,
    titles: &[String],
) -> QueryResult<Vec<(String, String)>> {
    import_mappings::table
        .filter(import_mappings::organiser_id.eq(organiser))
        .filter(import_mappings::kind.eq(kind))
        .filter(import_mappings::titles.eq_any(titles))
        .select((import_mappings::titles, import_mappings::mapping))
        .load(tx.conn())
}

/// Stores a mapping for files with these headers (hash).
pub(super) fn save_mapping(
    tx: &mut Tx<'_>,
    organiser: OrganiserId,
    kind: ImportKind,
    titles: &str,
    mapping: &str,
) -> QueryResult<()> {
    let changed = diesel::update(import_mappings::table.find((organiser, kind, titles)))
        .set(import_mappings::mapping.eq(mapping))
        .execute(tx.conn())?;
    if changed == 0 {
        diesel::insert_into(import_mappings::table)
            .values((
                import_mappings::organiser_id.eq(organiser),
                import_mappings::kind.eq(kind),
                import_mappings::titles.eq(titles),
                import_mappings::mapping.eq(mapping),
            ))
            .execute(tx.conn())?;
    }
    Ok(())
}

/// Deletes expired imports; returns the number of deleted rows.
pub fn delete_expired(tx: &mut Tx<'_>, now: Instant) -> QueryResult<usize> {
    diesel::delete(imports::table.filter(imports::created_at.lt(now - Duration::days(RETENTION_DAYS))))
        .execute(tx.conn())
}
