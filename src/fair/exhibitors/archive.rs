//! Archive records of exhibitors, without contacts and members.
use std::collections::HashMap;

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

impl ImportRecords for ExhibitorRecord {
    /// Matches exhibitors by tax code, or by identifier and name; creates the others.
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        let code = |record: &Self| tax_code::parse(record.tax_code.as_ref()?.as_str(), record.legal_form);
        let codes: Vec<String> = records.iter().filter_map(code).collect();
        let ids: Vec<ExhibitorId> = records.iter().map(|record| record.id).collect();
        let mut by_code: HashMap<String, ExhibitorId> =
            store::find_ids_by_tax_codes(import.tx, &codes)?.into_iter().collect();
        let mut names: HashMap<ExhibitorId, String> =
            store::find_by_ids(import.tx, &ids)?.into_iter().map(|row| (row.id, row.name_search)).collect();
        let mut known_localities: HashMap<CleanText, Option<CleanText>> = HashMap::new();
        let mut rows = Vec::new();
        for record in records {
            let name_search = text::normalize_for_search(record.name.as_str());
            let code = code(&record);
            let coded = code.as_ref().and_then(|code| by_code.get(code)).copied();
            let same = names.get(&record.id).filter(|name| **name == name_search).map(|_| record.id);
            if let Some(existing) = coded.or(same) {
                import.match_exhibitor(record.id, existing);
                continue;
            }
            let locality_code = match record.locality_code {
                Some(code) => match known_localities.get(&code) {
                    Some(known) => known.clone(),
                    None => {
                        let known = localities::store::find(import.tx, code.as_str())?.map(|l| l.code.into());
                        known_localities.insert(code, known.clone());
                        known
                    }
                },
                None => None,
            };
            // Keep the identifier of the archive, so that the next import finds it; unless another exhibitor has it.
            let id = if names.contains_key(&record.id) { ExhibitorId::make() } else { record.id };
            import.add_exhibitor(record.id, id);
            names.insert(id, name_search.clone());
            by_code.extend(code.clone().map(|code| (code, id)));
            let row = Self {
                id,
                tax_code: code.map(CleanText::from),
                country: record.country.as_str().chars().take(2).collect::<String>().into(),
                locality_code,
                ..record
            };
            let others = (
                exhibitors::name_search.eq(name_search),
                exhibitors::version.eq(1),
                exhibitors::created_at.eq(import.authorized.now),
            );
            rows.push((row, others));
        }
        records::insert_rows!(import.tx, exhibitors, rows.into_iter());
        Ok(())
    }
}
