//! Archive records of products.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::ProductGroup;
use crate::{
    exhibitors::archive::takes_part_in,
    records::{self, ArchiveImport, CleanText, ImportRecords, PagedRecord, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        clock::Day,
        ids::{EditionId, ExhibitorId, ProductId},
        text,
    },
};
use hoicho_web::http::Problem;

/// Record of a product.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = products, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ProductRecord {
    id: ProductId,
    #[diesel(column_name = exhibitor_id)]
    exhibitor: ExhibitorId,
    name: CleanText,
    product_group: ProductGroup,
    stars: Option<i32>,
    certificate_number: Option<CleanText>,
    certificate_expires_on: Option<Day>,
}

impl PagedRecord for ProductRecord {
    type Id = ProductId;

    fn id(&self) -> ProductId {
        self.id
    }

    fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<ProductId>) -> QueryResult<Vec<Self>> {
        let of_edition = exhibitors::table.filter(takes_part_in(edition)).select(exhibitors::id);
        let query = products::table.filter(products::exhibitor_id.eq_any(of_edition)).into_boxed();
        records::load_page!(tx, query, products, after)
    }
}

/// Exports the products of the exhibitors of an edition.
pub fn export<R: From<ProductRecord>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    records::export_pages::<ProductRecord, R>(tx, edition, sink)
}

impl ImportRecords for ProductRecord {
    /// Imports the products of exhibitors that this import created.
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let mut rows = Vec::new();
        for mut record in records {
            record.exhibitor = import.exhibitor(record.exhibitor)?;
            if import.has_created(record.exhibitor) {
                import.derive_ids([&mut record.id.0])?;
                let name_search = text::normalize_for_search(record.name.as_str());
                let others = (
                    products::name_search.eq(name_search),
                    products::version.eq(1),
                    products::created_at.eq(import.authorized.now),
                );
                rows.push((record, others));
            }
        }
        records::insert_rows!(import.tx, products, rows.into_iter());
        Ok(())
    }
}
