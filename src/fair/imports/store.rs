//! Queries on imports and remembered column mappings.
use chrono::Duration;
use diesel::{prelude::*, upsert::excluded};

use super::fields::ImportKind;
use hoicho_core::{
    db::{MAX_ROWS_PER_INSERT, Tx, schema::*},
    on_either,
    states::ImportState,
    values::{
        clock::Instant,
        ids::{EditionId, ImportId, ImportWriteId, OrganiserId, SubjectId, UserId},
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
    pub(super) mapping: String,
    pub(super) state: ImportState,
    pub(super) outcome: Option<String>,
    /// `None`: the command line.
    pub(super) created_by: Option<UserId>,
    pub(super) created_at: Instant,
    pub(super) version: i32,
}

/// Inserts an import with the cells of its file.
pub(super) fn insert(tx: &mut Tx<'_>, row: &ImportRow, cells: &str) -> QueryResult<usize> {
    diesel::insert_into(imports::table).values(row).execute(tx.conn())?;
    let table = (import_tables::import_id.eq(row.id), import_tables::cells.eq(cells));
    diesel::insert_into(import_tables::table).values(table).execute(tx.conn())
}

/// The cells of the file of an import.
pub(super) fn find_cells(tx: &mut Tx<'_>, id: ImportId) -> QueryResult<String> {
    import_tables::table.find(id).select(import_tables::cells).get_result(tx.conn())
}

/// Finds an import of an edition.
pub(super) fn find(tx: &mut Tx<'_>, edition: EditionId, id: ImportId) -> QueryResult<ImportRow> {
    imports::table.find(id).filter(imports::edition_id.eq(edition)).select(ImportRow::as_select()).get_result(tx.conn())
}

/// An import without its cells.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = imports)]
pub(super) struct ImportSummaryRow {
    pub(super) id: ImportId,
    pub(super) kind: ImportKind,
    pub(super) file_name: String,
    pub(super) sheet_name: String,
    pub(super) state: ImportState,
    pub(super) created_at: Instant,
}

/// One page of the imports of an edition, the newest first.
pub(super) fn page(
    tx: &mut Tx<'_>,
    edition: EditionId,
    before: Option<ImportId>,
    limit: i64,
) -> QueryResult<Vec<ImportSummaryRow>> {
    let mut query = imports::table.filter(imports::edition_id.eq(edition)).into_boxed();
    if let Some(before) = before {
        query = query.filter(imports::id.lt(before));
    }
    query.order(imports::id.desc()).limit(limit).select(ImportSummaryRow::as_select()).load(tx.conn())
}

hoicho_core::text_enum! {
    /// Kind of a row that an import made, in the order in which they are undone: an exhibitor after its application.
    ChangeKind {
        /// A booth.
        Booth,
        /// A product of an application: the application and the line.
        Product,
        /// An application.
        Application,
        /// A contact of a record that existed.
        Contact,
        /// A record of an exhibitor; its version is the contact it got.
        Exhibitor,
        /// A sales report.
        SalesReport,
        /// A count at a gate.
        VisitEvent,
    }
}

/// Row of `import_changes`: a row that an applied import made.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_changes, treat_none_as_default_value = false)]
pub(super) struct ChangeRow {
    pub(super) import_id: ImportId,
    pub(super) kind: ChangeKind,
    pub(super) subject: SubjectId,
    /// The line of a product, otherwise 0.
    pub(super) part: i32,
    /// What the import left: the version of the row, or a digest if it has none.
    pub(super) version: String,
    /// `None` if the import created the row.
    pub(super) before_json: Option<String>,
}

/// Inserts them. What an interrupted import made before counts as what it is now: what somebody else made of it stays when it is undone.
pub(super) fn insert_changes(tx: &mut Tx<'_>, rows: &[ChangeRow]) -> QueryResult<()> {
    use import_changes as c;
    for part in rows.chunks(MAX_ROWS_PER_INSERT) {
        on_either!(tx, |conn| diesel::insert_into(c::table)
            .values(part)
            .on_conflict((c::import_id, c::kind, c::subject, c::part))
            .do_update()
            .set((c::version.eq(excluded(c::version)), c::before_json.eq(excluded(c::before_json))))
            .execute(conn))?;
    }
    Ok(())
}

/// All rows of a kind that an import made.
pub(super) fn find_subjects(tx: &mut Tx<'_>, import: ImportId, kind: ChangeKind) -> QueryResult<Vec<SubjectId>> {
    let of_kind =
        import_changes::table.filter(import_changes::import_id.eq(import)).filter(import_changes::kind.eq(kind));
    of_kind.select(import_changes::subject).load(tx.conn())
}

/// Number of rows that an import made.
pub(super) fn count_changes(tx: &mut Tx<'_>, import: ImportId) -> QueryResult<i64> {
    import_changes::table.filter(import_changes::import_id.eq(import)).count().get_result(tx.conn())
}

/// A part of the rows of a kind that an import made.
pub(super) fn changes_page(
    tx: &mut Tx<'_>,
    import: ImportId,
    kind: ChangeKind,
    after: Option<(SubjectId, i32)>,
    limit: usize,
) -> QueryResult<Vec<ChangeRow>> {
    use import_changes as c;
    let mut query = c::table.filter(c::import_id.eq(import)).filter(c::kind.eq(kind)).into_boxed();
    if let Some((subject, part)) = after {
        query = query.filter(c::subject.gt(subject).or(c::subject.eq(subject).and(c::part.gt(part))));
    }
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    query.order((c::subject, c::part)).limit(limit).select(ChangeRow::as_select()).load(tx.conn())
}

/// Deletes the rows of a kind up to this one, in the order of [`changes_page`].
pub(super) fn delete_changes(
    tx: &mut Tx<'_>,
    import: ImportId,
    kind: ChangeKind,
    (subject, part): (SubjectId, i32),
) -> QueryResult<usize> {
    use import_changes as c;
    let of_kind = c::table.filter(c::import_id.eq(import)).filter(c::kind.eq(kind));
    // The first condition bounds the range of the key that is read.
    let up_to = of_kind.filter(c::subject.le(subject)).filter(c::subject.lt(subject).or(c::part.le(part)));
    diesel::delete(up_to).execute(tx.conn())
}

/// Row of `import_writes`: how far the write of an import, or its undo, has come.
#[derive(Debug, Clone, Copy, Queryable, Selectable, Insertable)]
#[diesel(table_name = import_writes)]
pub(super) struct WriteRow {
    pub(super) import_id: ImportId,
    pub(super) token: ImportWriteId,
    pub(super) done_rows: i32,
    pub(super) total_rows: i32,
    pub(super) lease_until: Instant,
}

/// Inserts it in the place of that of an earlier attempt.
pub(super) fn replace_write(tx: &mut Tx<'_>, row: &WriteRow) -> QueryResult<usize> {
    diesel::delete(import_writes::table.find(row.import_id)).execute(tx.conn())?;
    diesel::insert_into(import_writes::table).values(row).execute(tx.conn())
}

/// Sets progress and lease; returns whether the token is still the valid one.
pub(super) fn update_write(tx: &mut Tx<'_>, row: &WriteRow) -> QueryResult<bool> {
    let own = import_writes::table.find(row.import_id).filter(import_writes::token.eq(row.token));
    let progress = (import_writes::done_rows.eq(row.done_rows), import_writes::lease_until.eq(row.lease_until));
    Ok(diesel::update(own).set(progress).execute(tx.conn())? == 1)
}

/// Deletes it; returns whether the token was still the valid one.
pub(super) fn delete_write(tx: &mut Tx<'_>, import: ImportId, token: ImportWriteId) -> QueryResult<bool> {
    let own = import_writes::table.find(import).filter(import_writes::token.eq(token));
    Ok(diesel::delete(own).execute(tx.conn())? == 1)
}

/// Deletes it, whoever has the token.
pub(super) fn discard_write(tx: &mut Tx<'_>, import: ImportId) -> QueryResult<usize> {
    diesel::delete(import_writes::table.find(import)).execute(tx.conn())
}

pub(super) fn find_write(tx: &mut Tx<'_>, import: ImportId) -> QueryResult<Option<WriteRow>> {
    import_writes::table.find(import).select(WriteRow::as_select()).get_result(tx.conn()).optional()
}

/// Lapsed imports that are found at once.
const MAX_LAPSED: i64 = 100;

/// Imports that nobody writes or undoes any more: the lease has run out. In the order of their identifiers, those `after` one.
pub fn find_lapsed(tx: &mut Tx<'_>, now: Instant, after: Option<ImportId>) -> QueryResult<Vec<ImportId>> {
    imports::table
        .inner_join(import_writes::table.on(import_writes::import_id.eq(imports::id)))
        .filter(import_writes::lease_until.lt(now))
        .filter(imports::state.eq_any([ImportState::Applying, ImportState::Undoing]))
        .filter(imports::id.gt(after.unwrap_or(ImportId::FIRST)))
        .order(imports::id)
        .limit(MAX_LAPSED)
        .select(imports::id)
        .load(tx.conn())
}

/// Marks an import as interrupted if its lease has run out, and makes the token of its writer invalid; returns how many were.
pub fn interrupt_lapsed(tx: &mut Tx<'_>, import: ImportId, now: Instant) -> QueryResult<usize> {
    let lapsed = import_writes::table.find(import).filter(import_writes::lease_until.lt(now));
    if diesel::update(lapsed).set(import_writes::token.eq(ImportWriteId::make())).execute(tx.conn())? == 0 {
        return Ok(0);
    }
    set_interrupted(tx, import)
}

/// Marks an import that is being written or undone as interrupted.
pub(super) fn set_interrupted(tx: &mut Tx<'_>, import: ImportId) -> QueryResult<usize> {
    let running = imports::state.eq_any([ImportState::Applying, ImportState::Undoing]);
    diesel::update(imports::table.find(import).filter(running))
        .set((imports::state.eq(ImportState::Interrupted), imports::version.eq(imports::version + 1)))
        .execute(tx.conn())
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
