//! Exhibitors from a table, each with an approved application for the edition. All or nothing, every fault told at once.
use std::collections::{BTreeSet, HashMap};

use super::{
    lifecycle::ApplicationState,
    store::{self, ApplicationRow},
};
use crate::{
    editions,
    exhibitors::{self, LegalForm, store::ExhibitorRow, tax_code},
    floor::BoothCategory,
    localities,
};
use hoicho_core::{
    db::Tx,
    i18n::Said,
    values::{
        ids::{ApplicationId, ExhibitorId},
        text,
    },
};
use hoicho_web::{
    http::{Checks, Problem},
    identity::Granted,
};

/// An exhibitor as a table says it.
#[derive(Debug, Clone)]
pub struct ExhibitorLine {
    /// As people call it.
    pub name: String,
    /// `None` where neither the table nor the name tells.
    pub legal_form: Option<LegalForm>,
    /// Of digits, as they are written.
    pub tax_code: Option<String>,
    /// Where, in words.
    pub locality: Option<String>,
    /// 1 unless told.
    pub booths_wanted: Option<i64>,
}

/// What became of a table.
pub struct Imported {
    /// Exhibitors and their applications that are new.
    pub added: usize,
    /// Exhibitors that take part already.
    pub unchanged: usize,
}

/// A spreadsheet takes the zero off a number's beginning: it is put back where that makes a code of it.
fn mended(code: &str, form: LegalForm) -> Option<String> {
    let digits = code.trim().trim_start_matches('\'');
    tax_code::parse(digits, form).or_else(|| tax_code::parse(&format!("0{digits}"), form))
}

/// Registers exhibitors (those with a tax code that is known are the known ones) and approves an application for each.
pub fn import_lines(tx: &mut Tx<'_>, granted: &Granted, lines: Vec<(u64, ExhibitorLine)>) -> Result<Imported, Problem> {
    let edition = editions::store::open_for_change(tx, granted.edition()?)?;
    let mut checks = Checks::default();
    let codes: Vec<String> = lines
        .iter()
        .filter_map(|(_, l)| mended(l.tax_code.as_deref()?, l.legal_form.unwrap_or(LegalForm::HouseholdBusiness)))
        .collect();
    let by_code: HashMap<String, ExhibitorId> = exhibitors::store::by_tax_codes(tx, &codes)?.into_iter().collect();
    let present = store::exhibitors_of(tx, edition.id)?;
    let by_name: HashMap<String, ExhibitorId> = present.iter().map(|(id, name)| (name.clone(), *id)).collect();
    let present: BTreeSet<ExhibitorId> = present.into_iter().map(|(id, _)| id).collect();
    let places = localities::store::by_name(tx, granted.now.date())?;
    let (mut new, mut applications, mut named, mut unchanged) = (Vec::new(), Vec::new(), BTreeSet::new(), 0);
    for (line, row) in lines {
        let at = |field: &str| format!("/{line}/{field}");
        let name = checks.text(&at("name"), &row.name, 200);
        let name_search = text::fold(&name);
        checks.that(
            row.legal_form.is_some(),
            &at("legal_form"),
            "unknown",
            Said("import-legal-form").with(&[("line", &line)]),
        );
        let form = row.legal_form.unwrap_or(LegalForm::Enterprise);
        let code = row.tax_code.as_deref().map(|code| mended(code, form));
        checks.that(code != Some(None), &at("tax_code"), "tax_code", Said("this-is-no-valid-tax-code-10"));
        let code = code.flatten();
        let wanted = row.booths_wanted.unwrap_or(1);
        let booths_wanted = i32::try_from(wanted).ok().filter(|n| (1..=100).contains(n));
        checks.that(
            booths_wanted.is_some(),
            &at("booths_wanted"),
            "range",
            Said("import-booths-wanted").with(&[("line", &line)]),
        );
        let key = code.clone().unwrap_or_else(|| name_search.clone());
        checks.that(
            named.insert(key),
            &at("name"),
            "repeated",
            Said("import-exhibitor-repeated").with(&[("line", &line)]),
        );
        let known = code.as_ref().and_then(|c| by_code.get(c)).or_else(|| by_name.get(&name_search)).copied();
        if known.is_some_and(|id| present.contains(&id)) {
            unchanged += 1;
            continue;
        }
        let locality = row.locality.map(|l| checks.text(&at("locality"), &l, 200));
        let exhibitor = known.unwrap_or_else(ExhibitorId::make);
        if known.is_none() {
            let place = locality.as_deref().and_then(|words| places.get(&text::fold(words)));
            new.push(ExhibitorRow {
                id: exhibitor,
                name,
                name_search,
                legal_form: form,
                tax_code: code,
                country: "VN".to_owned(),
                locality_code: place.map(|(code, _)| code.clone()),
                locality: place.map(|(_, name)| name.clone()).or(locality).unwrap_or_default(),
                version: 1,
                created_at: granted.now,
            });
        }
        applications.push(ApplicationRow {
            id: ApplicationId::make(),
            edition_id: edition.id,
            exhibitor_id: exhibitor,
            state: ApplicationState::Approved,
            booths_wanted: booths_wanted.unwrap_or(1),
            category: BoothCategory::Standard,
            needs: None,
            reason: None,
            waitlisted_at: None,
            version: 1,
            created_at: granted.now,
            needs_power: false,
            needs_water: false,
            needs_corner: false,
        });
    }
    checks.done()?;
    exhibitors::store::insert(tx, &new)?;
    store::insert(tx, &applications)?;
    granted.audit(tx, "application.import", edition.id, None, Some(applications.len()))?;
    Ok(Imported { added: applications.len(), unchanged })
}
