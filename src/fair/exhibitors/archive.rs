//! Archive records of exhibitors, without contacts, notes, tags and links.
use std::collections::{HashMap, HashSet};

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    matching::ExhibitorMatcher,
    store::{self, ExhibitorRow},
};
use crate::{
    localities,
    organisations::{
        LegalForm,
        profile::{Profile, validate_country, validate_tax_code},
        tax_code,
    },
    records::{self, ArchiveImport, CleanText, ImportRecords, PagedRecord, RecordSink},
};
use hoicho_core::{
    db::{Tx, schema::*},
    values::ids::{EditionId, ExhibitorId},
};
use hoicho_web::http::{Problem, Validator, limits::NameText};

/// Record of an exhibitor.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, Deserialize)]
#[diesel(table_name = exhibitors)]
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

impl ExhibitorRecord {
    fn validate(&self, checks: &mut Validator, at: &str) {
        records::require_text::<NameText>(checks, &format!("{at}/name"), &self.name);
        let code = self.tax_code.as_ref().map(CleanText::as_str);
        validate_tax_code(checks, at, code, self.legal_form);
        validate_country(checks, at, self.country.as_str());
        // A record may have no locality.
        if !self.locality.as_str().is_empty() {
            records::require_text::<NameText>(checks, &format!("{at}/locality"), &self.locality);
        }
    }
}

/// Condition on exhibitors: applicants and participants of an edition. A draft is not an application yet.
#[diesel::dsl::auto_type(no_type_alias)]
pub fn takes_part_in(edition: EditionId) -> _ {
    let applied = applications::table
        .filter(applications::edition_id.eq(edition))
        .filter(applications::submitted_at.is_not_null())
        .select(applications::exhibitor_id);
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
    /// Matches records of the organiser by tax code, by identifier and name, or by name; creates the others. Records of other
    /// organisers and accounts of organisations are not considered.
    fn import(records: Vec<Self>, import: &mut ArchiveImport<'_, '_>) -> Result<(), Problem> {
        for record in &records {
            records::validate("exhibitor", record.id, |checks, at| record.validate(checks, at))?;
        }
        let organiser = import.authorized.organiser()?;
        let code = |record: &Self| tax_code::parse(record.tax_code.as_ref()?.as_str(), record.legal_form);
        let codes: Vec<String> = records.iter().filter_map(code).collect();
        let names: Vec<String> = records.iter().map(|record| record.name.as_str().to_owned()).collect();
        let ids: Vec<ExhibitorId> = records.iter().map(|record| record.id).collect();
        let known = ExhibitorMatcher::load(import.tx, organiser, &codes, &names)?;
        let taken: Vec<ExhibitorId> =
            exhibitors::table.filter(exhibitors::id.eq_any(&ids)).select(exhibitors::id).load(import.tx.conn())?;
        let mut taken: HashSet<ExhibitorId> = taken.into_iter().collect();
        let mut known_localities: HashMap<CleanText, Option<CleanText>> = HashMap::new();
        let mut rows = Vec::new();
        for record in records {
            let code = code(&record);
            // The records of an archive are different exhibitors, so each is matched with a record of its own.
            let is_free = |id| !import.stands_for(id);
            if let Some(existing) = known.find_accepted(record.name.as_str(), code.as_deref(), is_free) {
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
            // Keep the identifier of the archive, unless another record has it.
            let id = if taken.insert(record.id) { record.id } else { ExhibitorId::make() };
            import.add_exhibitor(record.id, id);
            let profile = Profile {
                name: record.name.as_str().to_owned(),
                legal_form: record.legal_form,
                tax_code: code,
                country: record.country.as_str().to_owned(),
                locality_code: locality_code.map(|code| code.as_str().to_owned()),
                locality: record.locality.as_str().to_owned(),
            };
            rows.push(ExhibitorRow { id, ..ExhibitorRow::new(organiser, profile, import.authorized.now) });
        }
        Ok(store::insert(import.tx, &rows, &[])?)
    }
}
