//! Matching of imported rows with an organiser's records: by tax code, else by the exact name. Only the organiser's own records are
//! considered, so that no import reaches the account of an organisation.
use std::collections::HashMap;

use diesel::prelude::*;

use super::store::is_of_staff;
use hoicho_core::{
    db::{MAX_IDS_PER_STATEMENT, Tx, schema::exhibitors},
    values::ids::{ExhibitorId, OrganiserId},
};

/// The records of an organiser that may match.
#[derive(Debug, Default)]
pub struct ExhibitorMatcher {
    by_code: HashMap<String, Vec<ExhibitorId>>,
    by_name: HashMap<String, Vec<(ExhibitorId, Option<String>)>>,
}

type Candidate = (ExhibitorId, Option<ExhibitorId>, String, Option<String>);

impl ExhibitorMatcher {
    /// Loads the records with these tax codes or names. A merged record stands for the one that it was merged into.
    pub fn load(tx: &mut Tx<'_>, organiser: OrganiserId, codes: &[String], names: &[String]) -> QueryResult<Self> {
        let columns = (exhibitors::id, exhibitors::merged_into_id, exhibitors::name, exhibitors::tax_code);
        let of = exhibitors::table.filter(exhibitors::organiser_id.eq(organiser)).filter(is_of_staff());
        let mut found: Vec<Candidate> = Vec::new();
        for part in codes.chunks(MAX_IDS_PER_STATEMENT) {
            let of = of.filter(exhibitors::tax_code.eq_any(part)).order(exhibitors::id);
            found.extend(of.select(columns).load::<Candidate>(tx.conn())?);
        }
        for part in names.chunks(MAX_IDS_PER_STATEMENT) {
            let of = of.filter(exhibitors::name.eq_any(part)).order(exhibitors::id);
            found.extend(of.select(columns).load::<Candidate>(tx.conn())?);
        }
        let mut matcher = Self::default();
        for (id, merged_into, name, code) in found {
            matcher.add(merged_into.unwrap_or(id), name, code);
        }
        Ok(matcher)
    }

    fn add(&mut self, id: ExhibitorId, name: String, code: Option<String>) {
        if let Some(code) = &code {
            self.by_code.entry(code.clone()).or_default().push(id);
        }
        self.by_name.entry(name).or_default().push((id, code));
    }

    /// The oldest record with this tax code, else with exactly this name, that `accepts` takes. Records with another tax code are
    /// another company's.
    pub fn find_accepted(
        &self,
        name: &str,
        code: Option<&str>,
        accepts: impl Fn(ExhibitorId) -> bool,
    ) -> Option<ExhibitorId> {
        let with_code = code.and_then(|code| self.by_code.get(code)).into_iter().flatten().copied();
        let may_be_same = |known: &Option<String>| known.is_none() || code.is_none() || known.as_deref() == code;
        let with_name = self.by_name.get(name).into_iter().flatten().filter(|(_, known)| may_be_same(known));
        with_code.chain(with_name.map(|(id, _)| *id)).find(|id| accepts(*id))
    }

    /// The oldest record with this tax code, else with exactly this name.
    pub fn find(&self, name: &str, code: Option<&str>) -> Option<ExhibitorId> {
        self.find_accepted(name, code, |_| true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tax_code_identifies_and_a_name_only_if_it_is_the_same_to_the_letter() {
        let [a, b] = [ExhibitorId::make(), ExhibitorId::make()];
        let mut known = ExhibitorMatcher::default();
        known.add(a, "HTX Bình Minh".to_owned(), Some("0100109106".to_owned()));
        known.add(b, "HTX Hạ Long".to_owned(), None);
        assert_eq!(known.find("Tên khác", Some("0100109106")), Some(a));
        assert_eq!(known.find("HTX Bình Minh", None), Some(a));
        assert_eq!(known.find("HTX Bình Minh", Some("0300588569")), None);
        assert_eq!(known.find("HTX Binh Minh", None), None);
        assert_eq!(known.find("HTX Hạ Long", Some("0300588569")), Some(b));
    }
}
