//! Database queries of change tracking.
use diesel::{
    dsl::{max, min},
    prelude::*,
    sql_types::BigInt,
};

use super::{Kind, Revision};
use hoicho_core::{
    db::{
        Conn, Tx,
        schema::{changes, editions},
    },
    values::{
        clock::Instant,
        ids::{EditionId, SubjectId},
    },
};

/// The value of the `edition` column; changes of editions themselves are stored with the nil UUID.
fn edition_column(edition: Option<EditionId>) -> EditionId {
    edition.unwrap_or(EditionId(uuid::Uuid::nil()))
}

#[derive(QueryableByName)]
struct OldestTransaction {
    #[diesel(sql_type = BigInt)]
    xmin: i64,
}

/// The current revision: all changes of transactions that may still commit are at or after it. Must be read before the rows,
/// so that concurrent changes are reported again rather than missed.
pub fn current_revision(tx: &mut Tx<'_>) -> QueryResult<Revision> {
    match tx.conn() {
        Conn::Postgres(c) => {
            let oldest: OldestTransaction =
                diesel::sql_query("SELECT pg_snapshot_xmin(pg_current_snapshot())::TEXT::BIGINT AS xmin")
                    .get_result(c)?;
            Ok(Revision(oldest.xmin))
        }
        Conn::Sqlite(c) => {
            let last: Option<i64> = changes::table.select(max(changes::revision)).get_result(c)?;
            Ok(Revision(last.unwrap_or(0) + 1))
        }
    }
}

/// The revision from which a client must request changes of a kind in an edition (`None`: editions themselves) to miss none.
/// It is stable while nothing of the kind changes, so responses that contain it are identical and keep their ETag. Must be
/// read before the rows.
pub fn sync_revision(tx: &mut Tx<'_>, edition: Option<EditionId>, kind: Kind) -> QueryResult<Revision> {
    let last: Option<i64> = changes::table
        .filter(changes::edition.eq(edition_column(edition)))
        .filter(changes::kind.eq(kind))
        .select(max(changes::revision))
        .get_result(tx.conn())?;
    // The next revision after the last change, but no later than the oldest transaction that may still commit.
    Ok(current_revision(tx)?.min(Revision(last.unwrap_or(0) + 1)))
}

/// The start of a range of changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChangesFrom {
    /// From this revision, inclusive.
    Revision(Revision),
    /// After this change, exclusive.
    After(ChangeKey),
}

/// The sort key of a change: the revision, then the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChangeKey {
    /// Revision of the change.
    pub revision: Revision,
    /// The changed entity.
    pub subject: SubjectId,
}

/// Changes of a kind in an edition (`None`: editions themselves), in order.
pub fn list_changes(
    tx: &mut Tx<'_>,
    edition: Option<EditionId>,
    kind: Kind,
    since: ChangesFrom,
    limit: i64,
) -> QueryResult<Vec<ChangeKey>> {
    let mut query =
        changes::table.filter(changes::edition.eq(edition_column(edition))).filter(changes::kind.eq(kind)).into_boxed();
    query = match since {
        ChangesFrom::Revision(from) => query.filter(changes::revision.ge(from.0)),
        ChangesFrom::After(last) => query.filter(
            changes::revision
                .gt(last.revision.0)
                .or(changes::revision.eq(last.revision.0).and(changes::subject.gt(last.subject))),
        ),
    };
    let rows: Vec<(i64, SubjectId)> = query
        .order((changes::revision, changes::subject))
        .limit(limit)
        .select((changes::revision, changes::subject))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|(revision, subject)| ChangeKey { revision: Revision(revision), subject }).collect())
}

/// Changes of all editions from revision `from`, inclusive, in order.
pub fn list_all_changes(tx: &mut Tx<'_>, from: Revision, limit: i64) -> QueryResult<Vec<(EditionId, Kind, Revision)>> {
    let rows: Vec<(EditionId, Kind, SubjectId, i64)> = changes::table
        .filter(changes::revision.ge(from.0))
        .order(changes::revision)
        .limit(limit)
        .select((changes::edition, changes::kind, changes::subject, changes::revision))
        .load(tx.conn())?;
    let to_change = |(edition, kind, subject, revision): (EditionId, Kind, SubjectId, i64)| {
        (if kind == Kind::Edition { EditionId(subject.0) } else { edition }, kind, Revision(revision))
    };
    Ok(rows.into_iter().map(to_change).collect())
}

/// Editions whose public data changes by their dates alone.
pub struct Boundaries {
    /// Editions that have passed a boundary which is not recorded yet.
    pub due: Vec<EditionId>,
    /// The next boundary of any other edition.
    pub next: Option<Instant>,
}

/// The boundaries of all editions at `now`. One that is recorded is a change of its edition like any other.
pub fn find_boundaries(tx: &mut Tx<'_>, now: Instant) -> QueryResult<Boundaries> {
    let due = editions::table.filter(editions::next_boundary_at.le(now));
    let to_come = editions::table.filter(editions::next_boundary_at.gt(now));
    Ok(Boundaries {
        due: due.select(editions::id).load(tx.conn())?,
        next: to_come.select(min(editions::next_boundary_at)).get_result(tx.conn())?,
    })
}
