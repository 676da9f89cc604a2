//! `/manage/{edition}/plan`: interactive floor plan for allocation. The server renders the entire page, including the
//! panel of the selected booth; the script only replaces updated parts and converts drag and drop to form submissions.
use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store::{self, Occupant, QueuedApplication},
};
use crate::{
    floor_plan_view::FloorPlanView,
    page_context::{PageContext, render_page},
};
use hoicho_core::{
    states::{AllocationState, BoothAvailability},
    values::ids::{ApplicationId, BoothId},
};
use hoicho_fair::{
    allocation::lifecycle::allowed_transitions,
    floor::{self, store::BoothRow},
};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

/// Colour scheme of the booths.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, strum::Display, strum::VariantArray)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
enum Colour {
    #[default]
    State,
    Zone,
    Locality,
    Sales,
}

#[derive(Deserialize)]
struct PlanQuery {
    #[serde(default)]
    colour: Colour,
    booth: Option<BoothId>,
    application: Option<ApplicationId>,
}

/// A legend entry.
struct LegendEntry {
    classes: String,
    label: String,
    count: usize,
}

/// An application with fewer booths than requested.
struct QueueEntry {
    of: QueuedApplication,
    given: i64,
    chosen: bool,
}

/// Panel of the selected booth.
struct Panel {
    booth: BoothRow,
    zone: String,
    occupant: Option<Occupant>,
    steps: Vec<(&'static str, AllocationState)>,
    until: Option<String>,
}

#[derive(Template)]
#[template(path = "organiser/floor_plan.html")]
struct FloorPlan {
    s: PageContext,
    desk: EditionContext,
    colour: Colour,
    picture: FloorPlanView,
    /// By booth identifier as in the drawing.
    occupants: HashMap<String, Occupant>,
    legend: Vec<LegendEntry>,
    queue: Vec<QueueEntry>,
    panel: Option<Panel>,
}

impl FloorPlan {
    fn here(&self) -> String {
        format!("/manage/{}/plan", self.desk.edition.slug)
    }
    fn colours(&self) -> &'static [Colour] {
        <Colour as strum::VariantArray>::VARIANTS
    }
    fn is_colour(&self, colour: &Colour) -> bool {
        *colour == self.colour
    }
    fn occupant(&self, booth: &str) -> Option<&Occupant> {
        self.occupants.get(booth)
    }
    fn wants(&self, w: &QueueEntry) -> String {
        format!("{}/{}", w.given, w.of.booths_wanted)
    }
    fn square_metres(&self, dm2: &i32) -> String {
        self.s.area(dm2)
    }
}

/// Transitions that staff may make, with the path segment of the API operation.
fn steps(state: AllocationState) -> Vec<(&'static str, AllocationState)> {
    let path = |to: &AllocationState| match to {
        AllocationState::Offered => Some("offer"),
        AllocationState::Confirmed => Some("confirm"),
        AllocationState::CheckedIn => Some("check-in"),
        AllocationState::Released => Some("release"),
        AllocationState::NoShow => Some("no-show"),
        AllocationState::Held | AllocationState::Expired => None,
    };
    allowed_transitions(state).iter().filter_map(|to| Some((path(to)?, *to))).collect()
}

/// Colour number and booth count per locality, most booths first. The first seven have their own colour; the rest share the eighth.
fn locality_colours(occupants: &[Occupant]) -> (HashMap<String, usize>, Vec<(String, usize)>) {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    occupants.iter().for_each(|o| *counts.entry(&o.locality).or_default() += 1);
    let mut counts: Vec<(String, usize)> = counts.into_iter().map(|(name, n)| (name.to_owned(), n)).collect();
    counts.sort_by_key(|(_, n)| std::cmp::Reverse(*n));
    let colours = counts.iter().enumerate().map(|(n, (name, _))| (name.clone(), (n + 1).min(8))).collect();
    (colours, counts)
}

/// Quartiles of the sales of booths with sales: upper bounds of the four colour classes.
fn quartiles(mut amounts: Vec<i64>) -> [i64; 4] {
    amounts.retain(|a| *a > 0);
    amounts.sort_unstable();
    let bound = |quarter: usize| amounts.get((amounts.len() * quarter / 4).saturating_sub(1)).copied().unwrap_or(0);
    [bound(1), bound(2), bound(3), amounts.last().copied().unwrap_or(0)]
}

/// Shows the plan in the selected colour scheme, with the panel of the selected booth.
#[get("/manage/{edition}/plan")]
pub(super) async fn show_floor_plan(
    s: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<PlanQuery>,
) -> Result<HttpResponse, Problem> {
    let PlanQuery { colour, booth, application } = query.into_result()?;
    let data = permit.read(move |tx, granted| {
        let desk = EditionContext::load(tx, &granted, Tab::FloorPlan)?;
        let id = desk.edition.id;
        let zones = floor::store::zones(tx, id)?;
        let planned = floor::store::floor_plan_inputs(tx, id, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
        let occupants = store::active_allocations(tx, id)?;
        let sold = if colour == Colour::Sales { store::reports(tx, id)? } else { Vec::new() };
        let chosen = booth.map(|booth| floor::store::find_booth(tx, id, booth)).transpose()?;
        let (waiting, given) = (store::allocation_queue(tx, id)?, store::allocated_booth_counts(tx, id)?);
        Ok((desk, zones, planned, (occupants, sold, chosen, waiting, given)))
    });
    let (desk, zones, mut planned, (occupants, sold, chosen, waiting, given)) = data.await?;
    let of_booth: HashMap<BoothId, Occupant> = occupants.iter().map(|o| (o.booth, o.clone())).collect();
    for booth in &mut planned {
        // Staff also see exhibitors of held and offered booths.
        booth.exhibitor = of_booth.get(&booth.id).map(|o| o.name.clone());
    }
    let mut amounts: HashMap<BoothId, i64> = HashMap::new();
    sold.iter().for_each(|r| *amounts.entry(r.booth).or_default() += r.amount);
    let bounds = quartiles(amounts.values().copied().collect());
    let (colours, counts) = locality_colours(&occupants);
    let layout = floor::floor_plan::layout(&zones, planned);
    let booth_ids: HashMap<String, BoothId> = layout.booths.iter().map(|b| (b.id.to_string(), b.id)).collect();
    let mut picture = FloorPlanView::for_visitors(layout);
    let zone_colours: HashMap<String, String> =
        picture.booths.iter().filter_map(|b| Some((b.id.clone(), b.classes.split_once(' ')?.1.to_owned()))).collect();
    let mut legend: BTreeMap<String, LegendEntry> = BTreeMap::new();
    let mut count_in_legend = |classes: &str, label: String| {
        legend
            .entry(classes.to_owned())
            .or_insert(LegendEntry { classes: classes.to_owned(), label, count: 0 })
            .count += 1;
    };
    for drawn in &mut picture.booths {
        let id = booth_ids.get(&drawn.id).copied();
        let occupant = id.and_then(|id| of_booth.get(&id));
        let (classes, label) = match (colour, occupant) {
            (_, None) => ("free".to_owned(), s.t("plan-legend-free")),
            (Colour::State, Some(o)) => (s.class(o.state), s.of("allocation-state", o.state)),
            (Colour::Zone, Some(_)) => {
                let zone = zone_colours.get(&drawn.id).cloned().unwrap_or_else(|| "z8".to_owned());
                let label = picture.zones.iter().find(|z| format!("z{}", z.colour) == zone);
                (format!("let {zone}"), label.map(|z| z.text.clone()).unwrap_or_default())
            }
            (Colour::Locality, Some(o)) => {
                let n = colours.get(&o.locality).copied().unwrap_or(8);
                let label = if n == 8 && counts.len() > 8 { s.t("plan-legend-others") } else { o.locality.clone() };
                (format!("let z{n}"), label)
            }
            (Colour::Sales, Some(_)) => {
                let amount = id.and_then(|id| amounts.get(&id)).copied().unwrap_or(0);
                match (1..).zip(bounds).find(|(_, bound)| amount > 0 && amount <= *bound) {
                    Some((n, bound)) => (format!("let s{n}"), s.fill("plan-legend-sales", "amount", s.spoken(bound))),
                    None => ("let s0".to_owned(), s.t("plan-legend-no-sales")),
                }
            }
        };
        count_in_legend(&classes, label);
        drawn.classes = classes;
    }
    let panel = chosen.map(|booth| {
        let occupant = of_booth.get(&booth.id).cloned();
        Panel {
            zone: zones.iter().find(|z| z.id == booth.zone_id).map(|z| z.name.clone()).unwrap_or_default(),
            steps: occupant.as_ref().map(|o| steps(o.state)).unwrap_or_default(),
            until: occupant.as_ref().and_then(|o| o.expires_at).map(|at| s.moment(&desk.edition.time_zone, &at)),
            occupant,
            booth,
        }
    });
    let queue = waiting.into_iter().map(|of| {
        let given = given.get(&of.id).copied().unwrap_or(0);
        QueueEntry { given, chosen: application == Some(of.id), of }
    });
    let queue = queue.filter(|w| w.given < i64::from(w.of.booths_wanted) || w.chosen).collect();
    let occupants = of_booth.into_iter().map(|(id, o)| (id.to_string(), o)).collect();
    let legend = legend.into_values().collect();
    render_page(&FloorPlan { s, desk, colour, picture, occupants, legend, queue, panel })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quartiles_ignore_booths_without_sales() {
        assert_eq!(quartiles(vec![0, 1, 2, 3, 4, 5, 6, 7, 8]), [2, 4, 6, 8]);
        assert_eq!(quartiles(vec![]), [0, 0, 0, 0]);
        assert_eq!(quartiles(vec![7]), [7, 7, 7, 7]);
    }
}
