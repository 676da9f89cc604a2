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
    page_context::{PageContext, render_page_with},
    select_options::SelectOption,
};
use hoicho_core::{
    states::{AllocationState, BoothAvailability},
    values::{
        clock::Day,
        ids::{ApplicationId, BoothId},
    },
};
use hoicho_fair::{
    allocation::lifecycle::allowed_transitions,
    editions::{self, store::OpeningDayRow},
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
    application: QueuedApplication,
    allocated: i64,
    is_selected: bool,
}

/// Panel of the selected booth.
struct Panel {
    booth: BoothRow,
    zone: String,
    occupant: Option<Occupant>,
    actions: Vec<&'static str>,
    expires: Option<String>,
    /// Days from which a confirmation may count. Empty before the fair, when it counts for all days.
    confirm_days: Vec<SelectOption>,
    /// The same for a release, no-show or swap.
    from_days: Vec<SelectOption>,
}

#[derive(Template)]
#[template(path = "organiser/floor_plan.html")]
struct FloorPlan {
    page: PageContext,
    context: EditionContext,
    colour: Colour,
    plan: FloorPlanView,
    /// By booth identifier as in the drawing.
    occupants: HashMap<String, Occupant>,
    legend: Vec<LegendEntry>,
    queue: Vec<QueueEntry>,
    panel: Option<Panel>,
}

impl FloorPlan {
    fn path(&self) -> String {
        format!("/manage/{}/plan", self.context.edition.slug)
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
    /// Question before a step that cannot be undone.
    fn question(&self, panel: &Panel, action: &str) -> Option<String> {
        let key = match action {
            "release" => "plan-release-ask",
            "no-show" => "plan-no-show-ask",
            _ => return None,
        };
        let name = panel.occupant.as_ref().map(|o| o.name.as_str()).unwrap_or_default();
        Some(self.page.t_with2(key, "booth", &panel.booth.code, "name", name))
    }
    fn booth_counts(&self, entry: &QueueEntry) -> String {
        format!("{}/{}", entry.allocated, entry.application.booths_wanted)
    }
}

/// Path segments of the API operations for the transitions that staff may make.
fn actions(state: AllocationState) -> Vec<&'static str> {
    let path = |to: &AllocationState| match to {
        AllocationState::Offered => Some("offer"),
        AllocationState::Confirmed => Some("confirm"),
        AllocationState::CheckedIn => Some("check-in"),
        AllocationState::Released => Some("release"),
        AllocationState::NoShow => Some("no-show"),
        AllocationState::Held | AllocationState::Expired => None,
    };
    allowed_transitions(state).iter().filter_map(path).collect()
}

/// Days from which a change of a booth may count; `default` labels the first option. Empty before the first day.
fn from_days(page: &PageContext, days: &[OpeningDayRow], today: Day, default: String) -> Vec<SelectOption> {
    if days.first().is_none_or(|first| today < first.day) {
        return Vec::new();
    }
    let default = SelectOption::none(default);
    std::iter::once(default).chain(days.iter().map(|d| SelectOption::new(d.day, page.date(&d.day), false))).collect()
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
    page: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<PlanQuery>,
) -> Result<HttpResponse, Problem> {
    let PlanQuery { colour, booth, application } = query.into_result()?;
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::FloorPlan)?;
        let id = context.edition.id;
        let zones = floor::store::zones(tx, id)?;
        let planned = floor::store::floor_plan_inputs(tx, id, &zones.iter().map(|z| z.id).collect::<Vec<_>>())?;
        let occupants = store::active_allocations(tx, id)?;
        let reports = if colour == Colour::Sales { store::reports(tx, id)? } else { Vec::new() };
        let selected = booth.map(|booth| floor::store::find_booth(tx, id, booth)).transpose()?;
        let (waiting, allocated) = (store::allocation_queue(tx, id)?, store::allocated_booth_counts(tx, id)?);
        let days = editions::store::list_days(tx, id)?;
        Ok((context, zones, planned, days, (occupants, reports, selected, waiting, allocated)))
    });
    let (context, zones, mut planned, days, (occupants, reports, selected, waiting, allocated)) = data.await?;
    let build = move || {
        let occupant_by_booth: HashMap<BoothId, Occupant> = occupants.iter().map(|o| (o.booth, o.clone())).collect();
        for booth in &mut planned {
            // Staff also see exhibitors of held and offered booths.
            booth.exhibitor = occupant_by_booth.get(&booth.id).map(|o| o.name.clone());
        }
        let mut amounts: HashMap<BoothId, i64> = HashMap::new();
        reports.iter().for_each(|r| *amounts.entry(r.booth).or_default() += r.amount);
        let bounds = quartiles(amounts.values().copied().collect());
        let (colours, counts) = locality_colours(&occupants);
        let layout = floor::floor_plan::layout(&zones, planned);
        let booth_ids: HashMap<String, BoothId> = layout.booths.iter().map(|b| (b.id.to_string(), b.id)).collect();
        let mut plan = FloorPlanView::for_visitors(layout);
        let zone_colours: HashMap<String, String> =
            plan.booths.iter().filter_map(|b| Some((b.id.clone(), b.classes.split_once(' ')?.1.to_owned()))).collect();
        let mut legend: BTreeMap<String, LegendEntry> = BTreeMap::new();
        let mut count_in_legend = |classes: &str, label: String| {
            legend
                .entry(classes.to_owned())
                .or_insert(LegendEntry { classes: classes.to_owned(), label, count: 0 })
                .count += 1;
        };
        for shape in &mut plan.booths {
            let id = booth_ids.get(&shape.id).copied();
            let occupant = id.and_then(|id| occupant_by_booth.get(&id));
            let (classes, label) = match (colour, occupant) {
                (_, None) => ("free".to_owned(), page.t("plan-legend-free")),
                (Colour::State, Some(o)) => (page.css_class(o.state), page.t_value("allocation-state", o.state)),
                (Colour::Zone, Some(_)) => {
                    let zone = zone_colours.get(&shape.id).cloned().unwrap_or_else(|| "z8".to_owned());
                    let label = plan.zones.iter().find(|z| format!("z{}", z.colour) == zone);
                    (format!("let {zone}"), label.map(|z| z.text.clone()).unwrap_or_default())
                }
                (Colour::Locality, Some(o)) => {
                    let n = colours.get(&o.locality).copied().unwrap_or(8);
                    let label =
                        if n == 8 && counts.len() > 8 { page.t("plan-legend-others") } else { o.locality.clone() };
                    (format!("let z{n}"), label)
                }
                (Colour::Sales, Some(_)) => {
                    let amount = id.and_then(|id| amounts.get(&id)).copied().unwrap_or(0);
                    match (1..).zip(bounds).find(|(_, bound)| amount > 0 && amount <= *bound) {
                        Some((n, bound)) => {
                            (format!("let s{n}"), page.t_with("plan-legend-sales", "amount", page.rounded_money(bound)))
                        }
                        None => ("let s0".to_owned(), page.t("plan-legend-no-sales")),
                    }
                }
            };
            count_in_legend(&classes, label);
            shape.classes = classes;
        }
        let panel = selected.map(|booth| {
            let occupant = occupant_by_booth.get(&booth.id).cloned();
            Panel {
                zone: zones.iter().find(|z| z.id == booth.zone_id).map(|z| z.name.clone()).unwrap_or_default(),
                actions: occupant.as_ref().map(|o| actions(o.state)).unwrap_or_default(),
                expires: occupant
                    .as_ref()
                    .and_then(|o| o.expires_at)
                    .map(|at| page.date_time(&context.edition.time_zone, &at)),
                confirm_days: from_days(&page, &days, context.today, page.t("plan-from-today")),
                from_days: from_days(&page, &days, context.today, page.t("plan-from-next-day")),
                occupant,
                booth,
            }
        });
        let queue = waiting.into_iter().map(|queued| {
            let allocated = allocated.get(&queued.id).copied().unwrap_or(0);
            QueueEntry { allocated, is_selected: application == Some(queued.id), application: queued }
        });
        let queue = queue
            .filter(|entry| entry.allocated < i64::from(entry.application.booths_wanted) || entry.is_selected)
            .collect();
        let occupants = occupant_by_booth.into_iter().map(|(id, o)| (id.to_string(), o)).collect();
        let legend = legend.into_values().collect();
        Ok(FloorPlan { page, context, colour, plan, occupants, legend, queue, panel })
    };
    render_page_with(build).await
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
