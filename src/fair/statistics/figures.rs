//! Loads the facts of an edition and aggregates them.
use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::{
    store::{self, AllocationFact, BoothFact, DealTotal, ExhibitorFact, ParticipantFact, ProductFact},
    sums::{Sales, Sum},
};
use crate::{
    allocation::participants::ParticipantRole,
    editions::{
        self,
        store::{EditionRow, OpeningDayRow},
    },
    floor::{self, numbering::CodeKey, store::ZoneRow},
    products::ProductGroup,
    visits::{
        self,
        store::{GateRow, HourRow},
    },
};
use hoicho_core::{
    db::Tx,
    i18n::collation::compare_names,
    values::{
        clock::{Day, Instant},
        ids::{AllocationId, BoothId, ExhibitorId, GateId, ZoneId},
        money::{self, Overflow},
    },
};
use hoicho_web::http::Problem;

/// Facts of an edition with their sums.
pub(super) struct Figures {
    pub edition: EditionRow,
    /// When the facts were loaded.
    pub at: Instant,
    pub days: Vec<OpeningDayRow>,
    /// The days that count so far: averages divide by them.
    pub held: Vec<Day>,
    pub zones: Vec<ZoneRow>,
    pub booths: Vec<BoothFact>,
    /// The let booths: occupied on at least one day held; before the first day, the confirmed ones. Each with its main exhibitors in
    /// the order of their days.
    pub let_booths: HashMap<BoothId, Vec<ExhibitorId>>,
    /// Main exhibitor of each booth and day held: a report is due from it.
    pub due: BTreeMap<(BoothId, Day), ExhibitorId>,
    /// Co-exhibitors and represented companies on the let booths.
    pub participants: Vec<ParticipantFact>,
    /// Distinct main exhibitors and co-exhibitors, by name.
    pub direct: Vec<ExhibitorFact>,
    names: HashMap<ExhibitorId, String>,
    pub products: Vec<ProductFact>,
    pub deals: Vec<DealTotal>,
    /// Sales by product group, from the lines that have one; `None` is the rest.
    pub by_group: BTreeMap<Option<ProductGroup>, Sum>,
    pub reported: BTreeSet<(BoothId, Day)>,
    pub total: Sales,
    pub by_booth: HashMap<BoothId, Sales>,
    /// Sales of each seller on each booth: a line names its seller, the rest is the main exhibitor's of that day.
    pub by_seller: HashMap<BoothId, BTreeMap<ExhibitorId, Sales>>,
    pub by_day: BTreeMap<Day, Sum>,
    pub by_zone: HashMap<ZoneId, Sum>,
    pub by_locality: BTreeMap<(String, String), Sum>,
    pub gates: Vec<GateRow>,
    pub hours: Vec<HourRow>,
    /// Entries including adjustments.
    pub total_visits: i64,
    /// Entries and exits of each opening day.
    pub visits_by_day: BTreeMap<Day, (i64, i64)>,
    /// Entries of each gate.
    pub visits_by_gate: HashMap<GateId, i64>,
}

impl Figures {
    /// Loads the facts of an edition as of `now`.
    pub fn load(tx: &mut Tx<'_>, row: EditionRow, now: Instant) -> Result<Self, Problem> {
        let edition = row.id;
        let days = editions::store::list_days(tx, edition)?;
        let held = row.days_held(&days, now)?;
        let allocations: HashMap<AllocationId, AllocationFact> =
            store::find_allocations(tx, edition)?.into_iter().map(|a| (a.id, a)).collect();
        let mut let_booths: HashMap<BoothId, Vec<ExhibitorId>> = HashMap::new();
        let mut counted: BTreeSet<AllocationId> = BTreeSet::new();
        let mut due = BTreeMap::new();
        for (booth, day, id) in store::find_occupancies(tx, edition, &held)? {
            let Some(allocation) = allocations.get(&id) else { continue };
            due.insert((booth, day), allocation.exhibitor);
            counted.insert(id);
            let exhibitors = let_booths.entry(booth).or_default();
            if !exhibitors.contains(&allocation.exhibitor) {
                exhibitors.push(allocation.exhibitor);
            }
        }
        if held.is_empty() {
            for allocation in allocations.values().filter(|a| a.state.is_let()) {
                counted.insert(allocation.id);
                let_booths.insert(allocation.booth, vec![allocation.exhibitor]);
            }
        }
        let participants = store::find_participants(tx, edition)?.into_iter();
        let participants: Vec<ParticipantFact> = participants.filter(|p| counted.contains(&p.allocation)).collect();
        let ids: BTreeSet<ExhibitorId> =
            let_booths.values().flatten().copied().chain(participants.iter().filter_map(|g| g.exhibitor)).collect();
        let ids: Vec<_> = ids.into_iter().collect();
        let mut direct = store::exhibitors_by_id(tx, &ids)?;
        direct.sort_by(|a, b| compare_names(&a.name, &b.name).then(a.id.cmp(&b.id)));
        let mut booths = store::find_booths(tx, edition)?;
        booths.sort_by_cached_key(|booth| CodeKey::new(&booth.code));
        let mut figures = Self {
            edition: row,
            at: now,
            days,
            held,
            zones: floor::store::zones(tx, edition)?,
            booths,
            let_booths,
            due,
            participants,
            names: direct.iter().map(|e| (e.id, e.name.clone())).collect(),
            direct,
            products: store::find_products(tx, edition, &ids)?,
            deals: store::deal_totals(tx, edition)?,
            by_group: BTreeMap::new(),
            reported: BTreeSet::new(),
            total: Sales::default(),
            by_booth: HashMap::new(),
            by_seller: HashMap::new(),
            by_day: BTreeMap::new(),
            by_zone: HashMap::new(),
            by_locality: BTreeMap::new(),
            gates: visits::store::find_gates(tx, edition)?,
            hours: visits::store::counts_by_hour(tx, edition)?,
            total_visits: 0,
            visits_by_day: BTreeMap::new(),
            visits_by_gate: HashMap::new(),
        };
        figures.add_sales(tx)?;
        figures.add_visits()?;
        Ok(figures)
    }

    /// Adds up the reports: each amount counts once for its booth, and once for its seller with that one's day, zone and locality.
    fn add_sales(&mut self, tx: &mut Tx<'_>) -> Result<(), Problem> {
        let mut rest: BTreeMap<(BoothId, Day), Sales> = BTreeMap::new();
        for fact in store::find_sales(tx, self.edition.id)? {
            let sales = Sales { amount: fact.amount, ocop: fact.ocop, reports: 1 };
            self.reported.insert((fact.booth, fact.day));
            self.total.add(sales)?;
            self.by_booth.entry(fact.booth).or_default().add(sales)?;
            rest.insert((fact.booth, fact.day), sales);
        }
        let mut parts: Vec<(BoothId, Day, ExhibitorId, Sales)> = Vec::new();
        for seller in store::find_seller_sales(tx, self.edition.id)? {
            let sales = Sales { amount: seller.amount, ocop: seller.ocop, reports: 0 };
            if let Some(rest) = rest.get_mut(&(seller.booth, seller.day)) {
                rest.subtract(sales)?;
            }
            parts.push((seller.booth, seller.day, seller.exhibitor, sales));
        }
        for ((booth, day), sales) in rest {
            // The foreign key to the occupancy makes sure that somebody had the booth.
            let Some(main) = self.due.get(&(booth, day)) else { continue };
            parts.push((booth, day, *main, sales));
        }
        let zone_of: HashMap<BoothId, ZoneId> = self.booths.iter().map(|b| (b.id, b.zone)).collect();
        let places: HashMap<ExhibitorId, (String, String)> =
            self.direct.iter().map(|e| (e.id, (e.country.clone(), e.locality.clone()))).collect();
        let mut rest: BTreeMap<(BoothId, ExhibitorId), Sales> = BTreeMap::new();
        for (booth, day, seller, sales) in parts {
            self.by_seller.entry(booth).or_default().entry(seller).or_default().add(sales)?;
            self.by_day.entry(day).or_default().add(booth, seller, sales)?;
            if let Some(zone) = zone_of.get(&booth) {
                self.by_zone.entry(*zone).or_default().add(booth, seller, sales)?;
            }
            let place = places.get(&seller).cloned().unwrap_or_default();
            self.by_locality.entry(place).or_default().add(booth, seller, sales)?;
            rest.entry((booth, seller)).or_default().add(sales)?;
        }
        for (group, booth, seller, sales) in store::sales_by_group(tx, self.edition.id)? {
            self.by_group.entry(Some(group)).or_default().add(booth, seller, sales)?;
            if let Some(rest) = rest.get_mut(&(booth, seller)) {
                rest.subtract(sales)?;
            }
        }
        for ((booth, seller), rest) in rest.into_iter().filter(|(_, rest)| rest.amount != 0) {
            self.by_group.entry(None).or_default().add(booth, seller, rest)?;
        }
        Ok(())
    }

    /// Sum of all sales with those who sold.
    pub fn all_sales(&self) -> Result<Sum, Overflow> {
        let mut all = Sum::default();
        self.by_day.values().try_for_each(|sum| all.merge(sum.clone()))?;
        Ok(all)
    }

    /// Number of reports due: one per occupied booth and day held.
    pub fn reports_due(&self) -> usize {
        self.due.len()
    }

    /// Number of reports received of those due.
    pub fn reports_received(&self) -> usize {
        self.due.keys().filter(|key| self.reported.contains(key)).count()
    }

    /// Occupied booths and days held without a report, with the main exhibitor of that day.
    pub fn missing_reports(&self) -> Vec<(&BoothFact, Day, ExhibitorId)> {
        let days: Vec<Day> = self.days.iter().map(|d| d.day).collect();
        let missing = |booth: &BoothFact, day: Day| {
            self.due.get(&(booth.id, day)).filter(|_| !self.reported.contains(&(booth.id, day))).copied()
        };
        self.booths.iter().flat_map(|b| days.iter().filter_map(move |d| Some((b, *d, missing(b, *d)?)))).collect()
    }

    /// Name of an exhibitor of a let booth.
    pub fn name_of(&self, exhibitor: ExhibitorId) -> &str {
        self.names.get(&exhibitor).map_or("", String::as_str)
    }

    /// Represented companies, distinct by name and country.
    pub fn represented_companies(&self) -> BTreeSet<(&str, &str)> {
        let represented = self.participants.iter().filter(|g| g.role == ParticipantRole::Represented);
        represented.map(|g| (g.name.as_str(), g.country.as_str())).collect()
    }

    /// Adds up the visits.
    fn add_visits(&mut self) -> Result<(), Overflow> {
        self.visits_by_day = self.days.iter().map(|d| (d.day, (0, 0))).collect();
        for hour in &self.hours {
            let day = self.visits_by_day.entry(hour.day).or_default();
            *day = (money::sum([day.0, hour.entries])?, money::sum([day.1, hour.exits])?);
            let gate = self.visits_by_gate.entry(hour.gate).or_default();
            *gate = money::sum([*gate, hour.entries])?;
        }
        self.total_visits = money::sum(self.hours.iter().map(|h| h.entries))?;
        Ok(())
    }
}
