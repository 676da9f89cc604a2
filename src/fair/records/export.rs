//! Export of records by keyset pagination.
use diesel::QueryResult;

use hoicho_core::{db::Tx, values::ids::EditionId};
use hoicho_web::http::Problem;

/// Rows per page.
pub(crate) const PAGE_ROWS: i64 = 1_000;

/// Receives exported records. `R` is the type of all records of a file.
pub type RecordSink<'s, R> = &'s mut dyn FnMut(R) -> Result<(), Problem>;

/// A record that is read in pages.
pub trait PagedRecord: Sized {
    /// Key of the pagination.
    type Id: Copy;

    fn id(&self) -> Self::Id;

    /// At most [`PAGE_ROWS`] records of an edition after `after`, ordered by identifier.
    fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<Self::Id>) -> QueryResult<Vec<Self>>;
}

/// Implements [`PagedRecord`] for a record of a table with the columns `id` and `edition_id`.
macro_rules! paged_by_edition {
    ($record:ty, $table:ident, $id:ty) => {
        impl $crate::records::PagedRecord for $record {
            type Id = $id;

            fn id(&self) -> $id {
                self.id
            }

            fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<$id>) -> QueryResult<Vec<Self>> {
                let query = $table::table.filter($table::edition_id.eq(edition)).into_boxed();
                $crate::records::load_page!(tx, query, $table, after)
            }
        }
    };
}

/// Loads one page of a boxed query of a table with the column `id`.
macro_rules! load_page {
    ($tx:expr, $query:expr, $table:ident, $after:expr) => {{
        let query = match $after {
            Some(after) => $query.filter($table::id.gt(after)),
            None => $query,
        };
        let limit = $crate::records::PAGE_ROWS;
        query.order($table::id).limit(limit).select(Self::as_select()).load($tx.conn())
    }};
}
pub(crate) use load_page;
pub(crate) use paged_by_edition;

/// Reads all records of an edition, page by page.
pub fn for_each_page<T: PagedRecord>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    mut write: impl FnMut(&mut Tx<'_>, Vec<T>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let mut after = None;
    loop {
        let records = T::page(tx, edition, after)?;
        let Some(last) = records.last() else { return Ok(()) };
        let is_last = i64::try_from(records.len()).is_ok_and(|n| n < PAGE_ROWS);
        after = Some(last.id());
        write(tx, records)?;
        if is_last {
            return Ok(());
        }
    }
}

/// Exports all records of an edition.
pub fn export_pages<T: PagedRecord, R: From<T>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    for_each_page::<T>(tx, edition, |_, records| records.into_iter().try_for_each(|record| sink(record.into())))
}
