//! Every query on changes.
use diesel::{dsl::max, prelude::*, sql_types::BigInt};

use super::{Kind, Revision};
use hoicho_core::{
    db::{Conn, Tx, schema::changes},
    values::ids::{EditionId, SubjectId},
};

/// Where changes of a kind stand: those of editions themselves under no edition.
fn place(edition: Option<EditionId>) -> EditionId {
    edition.unwrap_or(EditionId(uuid::Uuid::nil()))
}

#[derive(QueryableByName)]
struct Oldest {
    #[diesel(sql_type = BigInt)]
    running: i64,
}

/// Where things stand now. To be read before the rows: what changes in between is then told again.
pub fn now(tx: &mut Tx<'_>) -> QueryResult<Revision> {
    match tx.conn() {
        Conn::Postgres(c) => {
            let oldest: Oldest =
                diesel::sql_query("SELECT pg_snapshot_xmin(pg_current_snapshot())::TEXT::BIGINT AS running")
                    .get_result(c)?;
            Ok(Revision(oldest.running))
        }
        Conn::Sqlite(c) => {
            let last: Option<i64> = changes::table.select(max(changes::revision)).get_result(c)?;
            Ok(Revision(last.unwrap_or(0) + 1))
        }
    }
}

/// From where on to ask for changes of a kind in an edition (`None`: editions themselves) to miss none: the same as long as
/// nothing of it changes, so that an answer that says so is the same too. To be read before the rows.
pub fn synced(tx: &mut Tx<'_>, edition: Option<EditionId>, kind: Kind) -> QueryResult<Revision> {
    let last: Option<i64> = changes::table
        .filter(changes::edition.eq(place(edition)))
        .filter(changes::kind.eq(kind))
        .select(max(changes::revision))
        .get_result(tx.conn())?;
    // What is after the last one; but what began before it, and is not committed yet, may still come.
    Ok(now(tx)?.min(Revision(last.unwrap_or(0) + 1)))
}

/// From where on changes are wanted: a revision, or the last change already told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Since {
    /// All from this on.
    Revision(Revision),
    /// All after this one.
    After(Seen),
}

/// A change's place in the order: its revision, and within it the thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Seen {
    /// When.
    pub revision: Revision,
    /// What.
    pub subject: SubjectId,
}

/// What of a kind changed in an edition (`None`: editions themselves), in order.
pub fn since(
    tx: &mut Tx<'_>,
    edition: Option<EditionId>,
    kind: Kind,
    since: Since,
    limit: i64,
) -> QueryResult<Vec<Seen>> {
    let mut query =
        changes::table.filter(changes::edition.eq(place(edition))).filter(changes::kind.eq(kind)).into_boxed();
    query = match since {
        Since::Revision(from) => query.filter(changes::revision.ge(from.0)),
        Since::After(seen) => query.filter(
            changes::revision
                .gt(seen.revision.0)
                .or(changes::revision.eq(seen.revision.0).and(changes::subject.gt(seen.subject))),
        ),
    };
    let rows: Vec<(i64, SubjectId)> = query
        .order((changes::revision, changes::subject))
        .limit(limit)
        .select((changes::revision, changes::subject))
        .load(tx.conn())?;
    Ok(rows.into_iter().map(|(revision, subject)| Seen { revision: Revision(revision), subject }).collect())
}

/// Editions in which anything changed from `from` on, with the revision of each change; at most `most`.
pub fn of_all(tx: &mut Tx<'_>, from: Revision, most: i64) -> QueryResult<Vec<(EditionId, Kind, Revision)>> {
    let rows: Vec<(EditionId, Kind, SubjectId, i64)> = changes::table
        .filter(changes::revision.ge(from.0))
        .order(changes::revision)
        .limit(most)
        .select((changes::edition, changes::kind, changes::subject, changes::revision))
        .load(tx.conn())?;
    let of = |(edition, kind, subject, revision): (EditionId, Kind, SubjectId, i64)| {
        (if kind == Kind::Edition { EditionId(subject.0) } else { edition }, kind, Revision(revision))
    };
    Ok(rows.into_iter().map(of).collect())
}
