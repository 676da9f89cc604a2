//! Loads the facts of an edition and aggregates them.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::store::{self, BoothFact, ExhibitorFact, OccupantFact, ParticipantFact, ProductFact, SaleFact};
use crate::{
    allocation::participants::ParticipantRole,
    editions::{
        self,
        store::{EditionRow, OpeningDayRow},
    },
    floor::{self, store::ZoneRow},
    products::ProductGroup,
    sales::deals::DealKind,
    visits::{
        self,
        store::{GateRow, HourRow},
    },
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Day,
        ids::{BoothId, EditionId, ExhibitorId, ZoneId},
        money::Overflow,
    },
};
use hoicho_web::http::Problem;

/// Sum of sales, including the part of OCOP goods.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Sales {
    pub amount: i64,
    pub ocop: i64,
    pub reports: i64,
}

impl Sales {
    fn add(&mut self, fact: &SaleFact) -> Result<(), Overflow> {
        self.amount = self.amount.checked_add(fact.amount).ok_or(Overflow)?;
        self.ocop = self.ocop.checked_add(fact.ocop).ok_or(Overflow)?;
        self.reports += 1;
        Ok(())
    }
}

/// Facts of an edition with their sums.
pub(super) struct Figures {
    pub edition: EditionRow,
    pub days: Vec<OpeningDayRow>,
    pub zones: Vec<ZoneRow>,
    pub booths: Vec<BoothFact>,
    pub occupants: HashMap<BoothId, OccupantFact>,
    /// Co-exhibitors and represented companies on the let booths.
    pub participants: Vec<ParticipantFact>,
    /// Distinct main exhibitors and co-exhibitors, by name.
    pub direct: Vec<ExhibitorFact>,
    pub products: Vec<ProductFact>,
    pub deals: Vec<(DealKind, i64, i64)>,
    pub by_group: Vec<(ProductGroup, i64, i64)>,
    pub reported: BTreeSet<(BoothId, Day)>,
    pub total: Sales,
    pub by_booth: HashMap<BoothId, Sales>,
    pub by_day: BTreeMap<Day, Sales>,
    pub by_zone: HashMap<ZoneId, Sales>,
    pub by_locality: BTreeMap<(String, String), Sales>,
    pub gates: Vec<GateRow>,
    pub hours: Vec<HourRow>,
    /// Current date in the edition's time zone; reports are due up to it.
    pub today: Day,
}

impl Figures {
    /// Loads an edition; `today` is the current date in its time zone.
    pub fn load(tx: &mut Tx<'_>, edition: EditionId, today: Day) -> Result<Self, Problem> {
        let occupants = store::find_occupants(tx, edition)?;
        let participants = store::find_participants(tx, edition)?;
        let ids: BTreeSet<ExhibitorId> =
            occupants.iter().map(|s| s.exhibitor).chain(participants.iter().filter_map(|g| g.exhibitor)).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let mut direct = store::exhibitors_by_id(tx, &ids)?;
        direct.sort_by(|a, b| a.name.cmp(&b.name).then(a.id.cmp(&b.id)));
        let mut figures = Self {
            edition: editions::store::find(tx, edition)?,
            days: editions::store::list_days(tx, edition)?,
            zones: floor::store::zones(tx, edition)?,
            booths: store::find_booths(tx, edition)?,
            occupants: occupants.into_iter().map(|s| (s.booth, s)).collect(),
            participants,
            direct,
            products: store::find_products(tx, edition, &ids)?,
            deals: store::deal_totals(tx, edition)?,
            by_group: store::sales_by_group(tx, edition)?,
            reported: BTreeSet::new(),
            total: Sales::default(),
            by_booth: HashMap::new(),
            by_day: BTreeMap::new(),
            by_zone: HashMap::new(),
            by_locality: BTreeMap::new(),
            gates: visits::store::find_gates(tx, edition)?,
            hours: visits::store::counts_by_hour(tx, edition)?,
            today,
        };
        let zone_of: HashMap<BoothId, ZoneId> = figures.booths.iter().map(|b| (b.id, b.zone)).collect();
        for fact in store::find_sales(tx, edition)? {
            figures.reported.insert((fact.booth, fact.day));
            figures.total.add(&fact)?;
            figures.by_booth.entry(fact.booth).or_default().add(&fact)?;
            figures.by_day.entry(fact.day).or_default().add(&fact)?;
            if let Some(zone) = zone_of.get(&fact.booth) {
                figures.by_zone.entry(*zone).or_default().add(&fact)?;
            }
            // Sales of a booth that is no longer let count under an empty locality, so that the sums add up.
            let place = figures.occupants.get(&fact.booth).map(|s| (s.country.clone(), s.locality.clone()));
            figures.by_locality.entry(place.unwrap_or_default()).or_default().add(&fact)?;
        }
        Ok(figures)
    }

    /// Opening days up to today: reports are due for them.
    pub fn days_due(&self) -> impl Iterator<Item = Day> {
        self.days.iter().map(|d| d.day).filter(|day| *day <= self.today)
    }

    /// Number of reports due: one per let booth and opening day up to today.
    pub fn reports_due(&self) -> usize {
        self.occupants.len() * self.days_due().count()
    }

    /// Number of reports received of those due.
    pub fn reports_received(&self) -> usize {
        self.days_due().map(|day| self.occupants.keys().filter(|b| self.reported.contains(&(**b, day))).count()).sum()
    }

    /// Let booths and opening days up to today without a report.
    pub fn missing_reports(&self) -> Vec<(&BoothFact, Day)> {
        let is_missing = |booth: &BoothFact, day: Day| {
            self.occupants.contains_key(&booth.id) && !self.reported.contains(&(booth.id, day))
        };
        self.booths
            .iter()
            .flat_map(|b| self.days_due().filter(move |d| is_missing(b, *d)).map(move |d| (b, d)))
            .collect()
    }

    /// Represented companies, distinct by name and country.
    pub fn represented_companies(&self) -> BTreeSet<(&str, &str)> {
        let represented = self.participants.iter().filter(|g| g.role == ParticipantRole::Represented);
        represented.map(|g| (g.name.as_str(), g.country.as_str())).collect()
    }

    /// Total visits: entries including adjustments.
    pub fn total_visits(&self) -> i64 {
        self.hours.iter().map(|h| h.entries).sum()
    }

    /// Entries and exits of each opening day.
    pub fn visits_by_day(&self) -> BTreeMap<Day, (i64, i64)> {
        let mut days: BTreeMap<Day, (i64, i64)> = self.days.iter().map(|d| (d.day, (0, 0))).collect();
        for hour in &self.hours {
            let day = days.entry(hour.day).or_default();
            *day = (day.0 + hour.entries, day.1 + hour.exits);
        }
        days
    }
}
