//! Archive records of exhibitors, without contacts and members.
use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{LegalForm, store, tax_code};
use crate::{
    localities,
    records::{self, ArchiveImport, CleanText, ImportRecords, PagedRecord, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    values::{
        ids::{EditionId, ExhibitorId},
        text,
    },
};
use hoicho_web::http::Problem;

/// Record of an exhibitor.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, Serialize, Deserialize)]
#[diesel(table_name = exhibitors, treat_none_as_default_value = false)]
#[serde(deny_unknown_fields)]
pub struct ExhibitorRecord {
    id: ExhibitorId,
    name: CleanText,
    legal_form: LegalForm,
    tax_code: Option<CleanText>,
    country: CleanText,
    locality_code: Option<CleanText>,
    locality: CleanText,
}

/// Condition on exhibitors: applicants and participants of an edition.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn takes_part_in(edition: EditionId) -> _ {
    let applied = applications::table.filter(applications::edition_id.eq(edition)).select(applications::exhibitor_id);
    let participating =
        participants::table.filter(participants::edition_id.eq(edition)).select(participants::exhibitor_id);
    exhibitors::id.eq_any(applied).or(exhibitors::id.nullable().eq_any(participating))
}

impl PagedRecord for ExhibitorRecord {
    type Id = ExhibitorId;

    fn id(&self) -> ExhibitorId {
        self.id
    }

    fn page(tx: &mut Tx<'_>, edition: EditionId, after: Option<ExhibitorId>) -> QueryResult<Vec<Self>> {
        let query = exhibitors::table.filter(takes_part_in(edition)).into_boxed();
        records::load_page!(tx, query, exhibitors, after)
    }
}

/// Exports the exhibitors of an edition.
pub fn export<R: From<ExhibitorRecord>>(
    tx: &mut Tx<'_>,
    edition: EditionId,
    sink: RecordSink<'_, R>,
) -> Result<(), Problem> {
    records::export_pages::<ExhibitorRecord, R>(tx, edition, sink)
}

impl ExhibitorRecord {
    /// Matches an exhibitor by tax code, or by identifier and name; creates it otherwise.
    fn match_or_create(self, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let name_search = text::normalize_for_search(self.name.as_str());
        let code = self.tax_code.and_then(|code| tax_code::parse(code.as_str(), self.legal_form));
        let by_code = match &code {
            Some(code) => store::find_ids_by_tax_codes(import.tx, std::slice::from_ref(code))?.pop().map(|(_, id)| id),
            None => None,
        };
        // Keep the identifier of the archive, so that the next import finds it; unless another exhibitor has it.
        let holder = store::find_by_ids(import.tx, &[self.id])?.pop();
        let is_free = holder.is_none();
        let same = holder.filter(|e| e.name_search == name_search).map(|e| e.id);
        if let Some(existing) = by_code.or(same) {
            import.match_exhibitor(self.id, existing);
            return Ok(());
        }
        let locality_code = match self.locality_code {
            Some(code) => localities::store::find(import.tx, code.as_str())?.map(|l| l.code.into()),
            None => None,
        };
        let record = Self {
            id: if is_free { self.id } else { ExhibitorId::make() },
            tax_code: code.map(CleanText::from),
            country: self.country.as_str().chars().take(2).collect::<String>().into(),
            locality_code,
            ..self
        };
        let others = (
            exhibitors::name_search.eq(name_search),
            exhibitors::version.eq(1),
            exhibitors::created_at.eq(import.authorized.now),
        );
        diesel::insert_into(exhibitors::table).values((&record, others)).execute(import.tx.conn())?;
        import.add_exhibitor(self.id, record.id);
        Ok(())
    }
}

impl ImportRecords for ExhibitorRecord {
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        records.into_iter().try_for_each(|record| record.match_or_create(import))
    }
}
