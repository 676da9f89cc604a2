//! Loads the solver instance from the database, with the mapping of its indices to identifiers.
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{
    order::{self, Order, PointCriteria},
    request::{MayMove, Rules, StartRun},
    store::{self, ActiveAllocation, ApplicationInput, BoothInput},
};
use crate::{
    editions,
    floor::{self, Candidate, Eligibility, eligibility::is_same_or_descendant},
    products::ProductGroup,
};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    states::{AllocationState, ApplicationState, BoothAvailability},
    values::{
        clock::Instant,
        ids::{ApplicationId, BoothId, EditionId, ExhibitorId, ZoneId},
    },
};
use hoicho_optimiser::{
    Application, Booth, Features, Instance, Wish,
    adjacency::{self, Position},
    instance::{ApplicationIx, BoothIx, ZoneIx},
};
use hoicho_web::http::{Code, FieldCode, Problem};

/// A solver instance with the entities behind its indices.
pub struct LoadedInstance {
    pub instance: Instance,
    pub booths: Vec<BoothInput>,
    pub zone_names: Vec<String>,
    /// In the order of the policy.
    pub applications: Vec<ApplicationInput>,
    /// Active allocations at the time of loading.
    pub active_allocations: Vec<ActiveAllocation>,
}

/// Whether a run with these rules must not move an allocation: it was placed by hand, or is in a later state than may move.
pub(super) fn is_fixed(allocation: &ActiveAllocation, rules: &Rules) -> bool {
    let movable: &[AllocationState] = match rules.may_move {
        MayMove::Nobody => &[],
        MayMove::Held => &[AllocationState::Held],
        MayMove::Offered => &[AllocationState::Held, AllocationState::Offered],
        MayMove::Confirmed => &[AllocationState::Held, AllocationState::Offered, AllocationState::Confirmed],
    };
    !movable.contains(&allocation.state) || !(allocation.is_by_run || rules.move_placed_by_hand)
}

/// Applications to include.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ApplicationScope {
    /// Approved applications.
    Approved,
    /// Waitlisted applications. Approved ones are included for separation rules only, without eligible zones.
    Waiting,
}

/// Loads booths, applications, wishes and active allocations of an edition as a solver instance.
pub fn load_instance(
    tx: &mut Tx<'_>,
    edition: EditionId,
    request: &StartRun,
    states: ApplicationScope,
    now: Instant,
) -> Result<LoadedInstance, Problem> {
    let edition = editions::store::find(tx, edition)?;
    let zones = floor::store::zones(tx, edition.id)?;
    let zone_ix: HashMap<ZoneId, ZoneIx> = zones.iter().zip(0..).map(|(zone, ix)| (zone.id, ix)).collect();
    let rules = floor::store::eligibility_by_zone(tx, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
    let booths = store::booth_inputs(tx, edition.id)?;
    let booth_ix: HashMap<BoothId, BoothIx> = booths.iter().zip(0..).map(|(booth, ix)| (booth.id, ix)).collect();
    let active = store::active_allocations(tx, edition.id, now)?;

    let unordered = match states {
        ApplicationScope::Approved => store::application_inputs(tx, edition.id, &[ApplicationState::Approved])?,
        ApplicationScope::Waiting => {
            store::application_inputs(tx, edition.id, &[ApplicationState::Approved, ApplicationState::Waitlisted])?
        }
    };
    let facts = ApplicationData::load(tx, &edition, &unordered, request)?;
    let point_criteria: Vec<PointCriteria> = unordered.iter().map(|a| facts.point_criteria(a, request)).collect();
    let arranged = order::order_applications(&request.order, &point_criteria);
    let points: Vec<u32> = arranged.iter().map(|(_, points)| *points).collect();
    let applications: Vec<ApplicationInput> =
        arranged.iter().filter_map(|(index, _)| unordered.get(*index).cloned()).collect();

    let known: HashSet<ApplicationId> = applications.iter().map(|a| a.id).collect();
    let current = current_booths(&active, &booth_ix, |allocation| {
        is_fixed(allocation, &request.rules) || !known.contains(&allocation.application)
    });
    // Booths of movable applications are open to all.
    let taken: HashSet<BoothIx> =
        current.values().filter(|(_, fixed)| *fixed).flat_map(|(booths, _)| booths).copied().collect();
    let mut instance = Instance { separate_same_group: request.rules.same_group_apart, ..Instance::default() };
    for (booth, ix) in booths.iter().zip(0_u32..) {
        instance.booths.push(Booth {
            zone: zone_ix.get(&booth.zone).copied().unwrap_or_default(),
            category: category(&booth.category),
            features: features(booth.has_power, booth.has_water, booth.category == "corner"),
            is_open: booth.availability == BoothAvailability::Open && !taken.contains(&ix),
        });
    }
    instance.adjacent = adjacency(&booths, &zones);
    let wishes = facts.wishes(tx, &edition.id, &booth_ix, &zone_ix)?;
    for (application, points) in applications.iter().zip(points) {
        let (held, fixed) = current.get(&application.id).cloned().unwrap_or_default();
        let candidate = facts.candidate(application);
        let is_excluded = states == ApplicationScope::Waiting && application.state == ApplicationState::Approved;
        instance.applications.push(Application {
            booths_wanted: u8::try_from(application.booths_wanted).unwrap_or(u8::MAX),
            category: category(&application.category),
            needs: features(application.needs_power, application.needs_water, application.needs_corner),
            points,
            wishes: wishes.get(&application.id).cloned().unwrap_or_default(),
            eligible_zones: if is_excluded {
                Vec::new()
            } else {
                zones_for(&candidate, &zones, &rules, &zone_ix, request)
            },
            group: facts.groups.get(&application.id).and_then(|g| g.first()).and_then(group),
            current_booths: (!held.is_empty()).then_some(held),
            is_fixed: fixed,
        });
    }
    let applicant_ix: HashMap<ApplicationId, ApplicationIx> =
        applications.iter().zip(0..).map(|(a, ix)| (a.id, ix)).collect();
    for (one, other) in &request.rules.keep_apart {
        // Skip applications withdrawn since the run was started.
        if let Some(pair) = applicant_ix.get(one).copied().zip(applicant_ix.get(other).copied()) {
            instance.separated_pairs.push(pair);
        }
    }
    let zone_names = zones.into_iter().map(|z| z.name).collect();
    Ok(LoadedInstance { instance, booths, zone_names, applications, active_allocations: active })
}

/// Occupied booths by application, in order, and whether one of its allocations is fixed.
fn current_booths(
    active: &[ActiveAllocation],
    booth_ix: &HashMap<BoothId, BoothIx>,
    is_fixed: impl Fn(&ActiveAllocation) -> bool,
) -> HashMap<ApplicationId, (Vec<BoothIx>, bool)> {
    let mut current: HashMap<ApplicationId, (Vec<BoothIx>, bool)> = HashMap::new();
    for allocation in active {
        let Some(ix) = booth_ix.get(&allocation.booth) else { continue };
        let (booths, fixed) = current.entry(allocation.application).or_default();
        booths.push(*ix);
        *fixed |= is_fixed(allocation);
    }
    current.values_mut().for_each(|(booths, _)| booths.sort_unstable());
    current
}

/// Validates that the zones and applications in the rules exist, before the run is started.
pub fn validate_references(tx: &mut Tx<'_>, edition: EditionId, request: &StartRun) -> Result<(), Problem> {
    let rules = &request.rules;
    let zones: HashSet<ZoneId> = floor::store::zones(tx, edition)?.into_iter().map(|z| z.id).collect();
    if let Some(n) = rules.pavilions.iter().position(|p| !zones.contains(&p.zone)) {
        return Err(unknown_reference(&format!("/rules/pavilions/{n}/zone")));
    }
    if rules.keep_apart.is_empty() && rules.paid_on_time.is_empty() {
        return Ok(());
    }
    let approved: HashSet<ApplicationId> = store::approved_application_ids(tx, edition)?.into_iter().collect();
    let apart = rules.keep_apart.iter().position(|(a, b)| !approved.contains(a) || !approved.contains(b));
    if let Some(n) = apart {
        return Err(unknown_reference(&format!("/rules/keep_apart/{n}")));
    }
    match rules.paid_on_time.iter().position(|a| !approved.contains(a)) {
        Some(n) => Err(unknown_reference(&format!("/rules/paid_on_time/{n}"))),
        None => Ok(()),
    }
}

/// Validation error: a rule refers to an unknown entity.
pub fn unknown_reference(pointer: &str) -> Problem {
    let mut checks = hoicho_web::http::Validator::default();
    checks.require(false, pointer, FieldCode::Unknown, MessageId("error-unknown-run-reference"));
    checks.finish().err().unwrap_or_else(|| Code::Internal.into())
}

fn category(name: &str) -> u8 {
    match name {
        "standard" => 0,
        "corner" => 1,
        "special_build" => 2,
        _ => 3,
    }
}

/// Index of a product group; only compared for equality.
fn group(of: &ProductGroup) -> Option<u8> {
    let place = <ProductGroup as strum::VariantArray>::VARIANTS.iter().position(|g| g == of)?;
    u8::try_from(place).ok()
}

fn features(power: bool, water: bool, corner: bool) -> Features {
    let when = |is_set: bool, feature: Features| if is_set { feature } else { Features::default() };
    when(power, Features::POWER).union(when(water, Features::WATER)).union(when(corner, Features::CORNER))
}

fn adjacency(booths: &[BoothInput], zones: &[floor::store::ZoneRow]) -> Vec<Vec<BoothIx>> {
    let labels: BTreeSet<&str> = booths.iter().map(|b| b.row_label.as_str()).collect();
    let row: BTreeMap<&str, u32> = labels.into_iter().zip(0..).collect();
    let halls: HashMap<ZoneId, usize> = zones
        .iter()
        .map(|z| (z.id, zones.iter().position(|other| other.hall_id == z.hall_id).unwrap_or_default()))
        .collect();
    let rows: Vec<(u32, i32)> =
        booths.iter().map(|b| (row.get(b.row_label.as_str()).copied().unwrap_or_default(), b.place)).collect();
    let position = |b: &BoothInput| {
        let hall = u32::try_from(halls.get(&b.zone).copied().unwrap_or_default()).unwrap_or_default();
        Some(Position { hall, x: b.x?, y: b.y?, width: b.width?, depth: b.depth? })
    };
    adjacency::adjacency_lists(&rows, &booths.iter().map(position).collect::<Vec<_>>())
}

fn zones_for(
    candidate: &Candidate,
    zones: &[floor::store::ZoneRow],
    rules: &HashMap<ZoneId, Eligibility>,
    zone_ix: &HashMap<ZoneId, ZoneIx>,
    request: &StartRun,
) -> Vec<ZoneIx> {
    let is_from = |of: &str| candidate.locality.as_deref().is_some_and(|code| is_same_or_descendant(code, of));
    let pavilion = request.rules.pavilions.iter().find(|p| is_from(&p.locality));
    let is_eligible = |zone: &&floor::store::ZoneRow| match pavilion {
        Some(pavilion) => pavilion.zone == zone.id,
        None => rules.get(&zone.id).is_none_or(|r| r.unmet_rules(candidate).is_empty()),
    };
    zones.iter().filter(is_eligible).filter_map(|z| zone_ix.get(&z.id).copied()).collect()
}

/// Additional data of applications from several queries.
struct ApplicationData {
    groups: HashMap<ApplicationId, Vec<ProductGroup>>,
    stars: HashMap<ApplicationId, u32>,
    past: HashMap<ExhibitorId, u32>,
    paid_on_time: HashSet<ApplicationId>,
}

impl ApplicationData {
    fn load(
        tx: &mut Tx<'_>,
        edition: &editions::store::EditionRow,
        applications: &[ApplicationInput],
        request: &StartRun,
    ) -> Result<Self, Problem> {
        let last_day = editions::store::list_days(tx, edition.id)?.last().map(|d| d.day);
        let mut groups: HashMap<ApplicationId, Vec<ProductGroup>> = HashMap::new();
        let applied = store::applied_products(tx, edition.id)?;
        for (application, group, _, _) in &applied {
            groups.entry(*application).or_default().push(*group);
        }
        let named: HashSet<ApplicationId> = groups.keys().copied().collect();
        let catalogues = store::catalogue_products(tx, edition.id)?;
        for (application, group, _, _) in catalogues.iter().filter(|(id, ..)| !named.contains(id)) {
            groups.entry(*application).or_default().push(*group);
        }
        let mut stars: HashMap<ApplicationId, u32> = HashMap::new();
        for (application, _, rated, expires_on) in applied.into_iter().chain(catalogues) {
            let is_valid = expires_on.zip(last_day).is_some_and(|(expires_on, last)| expires_on >= last);
            if let Some(rated) = rated.and_then(|s| u32::try_from(s).ok()).filter(|_| is_valid) {
                let best = stars.entry(application).or_default();
                *best = rated.max(*best);
            }
        }
        let exhibitors: HashSet<ExhibitorId> = applications.iter().map(|a| a.exhibitor).collect();
        let mut past: HashMap<ExhibitorId, u32> = HashMap::new();
        for (exhibitor, _) in store::past_editions(tx, edition.id, edition.organiser_id)? {
            if exhibitors.contains(&exhibitor) {
                *past.entry(exhibitor).or_default() += 1;
            }
        }
        Ok(Self { groups, stars, past, paid_on_time: request.rules.paid_on_time.iter().copied().collect() })
    }

    fn candidate(&self, of: &ApplicationInput) -> Candidate {
        Candidate {
            legal_form: of.legal_form,
            locality: of.locality.clone(),
            product_groups: self.groups.get(&of.id).cloned().unwrap_or_default(),
        }
    }

    fn point_criteria(&self, of: &ApplicationInput, request: &StartRun) -> PointCriteria {
        let local_to = match &request.order {
            Order::Points(weights) => weights.local_to.as_deref(),
            Order::Date | Order::Lottery { .. } => None,
        };
        let is_local = of.locality.as_deref().zip(local_to).is_some_and(|(code, of)| is_same_or_descendant(code, of));
        PointCriteria {
            stars: self.stars.get(&of.id).copied().unwrap_or_default(),
            past_editions: self.past.get(&of.exhibitor).copied().unwrap_or_default(),
            paid_on_time: self.paid_on_time.contains(&of.id),
            is_local,
        }
    }

    fn wishes(
        &self,
        tx: &mut Tx<'_>,
        edition: &EditionId,
        booths: &HashMap<BoothId, BoothIx>,
        zones: &HashMap<ZoneId, ZoneIx>,
    ) -> Result<HashMap<ApplicationId, Vec<Wish>>, Problem> {
        let mut all: HashMap<ApplicationId, Vec<Wish>> = HashMap::new();
        for (application, booth, zone) in store::wishes(tx, *edition)? {
            let booth = booth.and_then(|b| booths.get(&b)).map(|ix| Wish::Booth(*ix));
            let zone = zone.and_then(|z| zones.get(&z)).map(|ix| Wish::Zone(*ix));
            all.entry(application).or_default().extend(booth.or(zone));
        }
        Ok(all)
    }
}
