//! `/my/{organisation}/results`: own sales compared to the average of the others in the zone.
use std::collections::{BTreeMap, HashMap};

use actix_web::{HttpResponse, get};
use askama::Template;

use super::{
    actions::Member,
    store::{self, MyBooth},
};
use crate::{
    chart::{self, Bar, Chart, Unit},
    page_context::{PageContext, render_page_with},
};
use hoicho_core::values::{
    clock::Day,
    ids::{BoothId, ZoneId},
    money,
};
use hoicho_fair::organisations::{self, store::OrganisationRow};
use hoicho_web::{http::Problem, identity::Permit};

/// Minimum number of other sellers in an average, so that it does not disclose the figure of one.
const MIN_SELLERS_IN_AVERAGE: i64 = 3;

/// A day: own amount, and the zone average if enough booths reported.
struct DayResult {
    day: Day,
    own: i64,
    average: Option<i64>,
}

/// Results of a booth.
struct BoothResults {
    booth: MyBooth,
    lines: Vec<DayResult>,
    total: i64,
    charts: Vec<Chart>,
}

#[derive(Template)]
#[template(path = "exhibitor/results.html")]
struct MyResults {
    page: PageContext,
    organisation: OrganisationRow,
    results: Vec<BoothResults>,
}

/// Shows the results of all booths of an organisation.
#[get("/my/{organisation}/results")]
pub(super) async fn show_results(page: PageContext, permit: Permit<Member>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let organisation = organisations::store::find(tx, authorized.organisation()?)?;
        let booths = store::booths(tx, organisation.id)?;
        let ids: Vec<BoothId> = booths.iter().map(|b| b.booth).collect();
        let zone_of: HashMap<BoothId, ZoneId> = store::zones_of(tx, &ids)?.into_iter().collect();
        let mut zones: Vec<ZoneId> = zone_of.values().copied().collect();
        zones.sort();
        zones.dedup();
        let occupied = store::occupied_days(tx, organisation.id)?;
        let mut reports = store::reports(tx, &ids)?;
        reports.retain(|(booth, day, _, _)| occupied.contains(&(*booth, *day)));
        Ok((reports, store::zone_totals_of_others(tx, &zones, organisation.id)?, organisation, booths, zone_of))
    });
    let (reports, totals, organisation, booths, zone_of) = data.await?;
    let build = move || -> Result<MyResults, Problem> {
        let averages: HashMap<(ZoneId, Day), i64> = totals
            .into_iter()
            .filter(|total| total.sellers >= MIN_SELLERS_IN_AVERAGE)
            .map(|total| ((total.zone, total.day), (total.amount + total.reports / 2) / total.reports))
            .collect();
        let mut own: HashMap<BoothId, BTreeMap<Day, i64>> = HashMap::new();
        reports.into_iter().for_each(|(booth, day, amount, _)| {
            own.entry(booth).or_default().insert(day, amount);
        });
        let result = |booth: MyBooth| -> Result<BoothResults, money::Overflow> {
            let days = own.get(&booth.booth).into_iter().flatten();
            let lines: Vec<DayResult> = days
                .map(|(day, amount)| DayResult {
                    day: *day,
                    own: *amount,
                    average: zone_of.get(&booth.booth).and_then(|zone| averages.get(&(*zone, *day))).copied(),
                })
                .collect();
            let compared: Vec<&DayResult> = lines.iter().filter(|l| l.average.is_some()).collect();
            let pair = [
                Bar { name: page.t("results-own"), value: money::sum(compared.iter().map(|l| l.own))? },
                Bar { name: page.t("results-average"), value: money::sum(compared.iter().filter_map(|l| l.average))? },
            ];
            let charts = if compared.is_empty() {
                Vec::new()
            } else {
                vec![chart::comparison_chart(
                    page.t_with("results-chart", "booth", &booth.code),
                    &pair,
                    Unit::Money,
                    page.language(),
                )]
            };
            Ok(BoothResults { total: money::sum(lines.iter().map(|l| l.own))?, lines, charts, booth })
        };
        let mut results = booths.into_iter().map(result).collect::<Result<Vec<_>, _>>()?;
        results.retain(|result| !result.lines.is_empty());
        Ok(MyResults { page, organisation, results })
    };
    render_page_with(build).await
}
