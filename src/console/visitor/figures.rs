//! `/fairs/{edition}/figures`: sales and visits with charts, completeness and comparison to the previous edition.
use actix_web::{HttpRequest, HttpResponse, get, web};
use askama::Template;

use crate::{
    chart::{self, Bar, Chart, Unit},
    page_context::{PageContext, render_page_with},
};
use hoicho_core::i18n::{MessageId, format};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    statistics::{
        About, Licence, Source, audience,
        document::{Basis, Ratio, SalesOf, Statistics},
        visible_figures,
    },
    tables::OTHERS,
};
use hoicho_web::{
    http::{Code, Problem},
    identity::{FiguresScope, ReadPermit, RequestContext},
};

/// Max bars in a ranking chart.
const MAX_BARS: usize = 12;

#[derive(Template)]
#[template(path = "visitor/figures.html")]
struct Figures {
    page: PageContext,
    edition: EditionRow,
    figures: Statistics,
    /// Whether the figures cannot change any more.
    is_final: bool,
    about: About,
    charts: Vec<Chart>,
    comparison_rows: Vec<ComparisonRow>,
}

/// A row of the comparison.
struct ComparisonRow {
    name: String,
    now: String,
    before: String,
    ratio: String,
    change: String,
}

impl Figures {
    fn basis(&self, basis: &Basis) -> String {
        self.page.t(match basis {
            Basis::Computed => "basis-computed",
            Basis::Declared => "basis-declared",
        })
    }
    /// Value of contracts and memoranda; `None` if one of them may not be shown.
    fn deals_value(&self) -> Option<i64> {
        let deals = &self.figures.deals;
        let (contracts, memoranda) = deals.contracts_value.as_ref().zip(deals.memoranda_value.as_ref())?;
        contracts.amount.checked_add(memoranda.amount)
    }
    fn net_space(&self) -> String {
        self.page.area(self.figures.booths.net_space_dm2)
    }
}

/// Charts of the statistics of an edition.
pub(crate) fn charts(page: &PageContext, figures: &Statistics) -> Vec<Chart> {
    let language = page.language();
    let ranking = |rows: &[SalesOf]| -> Vec<Bar> {
        let named = rows.iter().filter(|l| !l.name.is_empty() && l.name != "unspecified");
        let name = |l: &SalesOf| if l.name == OTHERS { page.t("figures-others") } else { l.name.clone() };
        named.map(|l| Bar { name: name(l), value: l.amount }).collect()
    };
    let sales: Vec<Bar> = figures
        .sales
        .by_day
        .iter()
        .map(|d| Bar { name: format::short_date(language, d.day), value: d.amount })
        .collect();
    let visits: Vec<Bar> = figures
        .visits
        .by_day
        .iter()
        .map(|d| Bar { name: format::short_date(language, d.day), value: d.visits })
        .collect();
    let mut charts = Vec::new();
    if figures.sales.by_day.iter().any(|d| d.amount > 0) {
        charts.push(chart::column_chart(page.t("chart-sales-by-day"), &sales, Unit::Money, language));
    }
    if figures.visits.by_day.iter().any(|d| d.visits > 0) {
        charts.push(chart::column_chart(page.t("chart-visits-by-day"), &visits, Unit::Count, language));
    }
    let all_zones = ranking(&figures.sales.by_zone);
    if all_zones.iter().any(|b| b.value > 0) {
        let zones: Vec<Bar> = all_zones.iter().take(MAX_BARS).cloned().collect();
        let zones = chart::row_chart(page.t("chart-sales-by-zone"), &zones, Unit::Money, language);
        charts.push(zones.with_all_rows(&all_zones, Unit::Money, language));
    }
    let localities = ranking(&figures.sales.top_localities);
    if localities.iter().any(|b| b.value > 0) {
        charts.push(chart::row_chart(page.t("chart-top-localities"), &localities, Unit::Money, language));
    }
    if let Some(per_day) = figures.comparison.as_ref().and_then(|c| c.sales_per_day.as_ref()) {
        let bars = [
            Bar { name: page.t("compare-now"), value: per_day.now },
            Bar { name: page.t("compare-before"), value: per_day.before },
        ];
        charts.push(chart::comparison_chart(page.t("chart-sales-per-day"), &bars, Unit::Money, language));
    }
    charts
}

fn comparison_rows(page: &PageContext, figures: &Statistics) -> Vec<ComparisonRow> {
    let Some(c) = &figures.comparison else { return Vec::new() };
    let line = |key: &str, ratio: &Option<Ratio>, is_money: bool| {
        let ratio = ratio.as_ref()?;
        let format = |n: i64| if is_money { page.rounded_money(n) } else { page.integer(n) };
        let change = ratio.change_bp();
        Some(ComparisonRow {
            name: page.t(key),
            now: format(ratio.now),
            before: format(ratio.before),
            ratio: page.percent(ratio.ratio_bp()),
            change: format!("{}{}", if change > 0 { "+" } else { "" }, page.percent(change)),
        })
    };
    [
        line("compare-sales", &c.sales, true),
        line("compare-sales-per-day", &c.sales_per_day, true),
        line("compare-visits", &c.visits, false),
        line("compare-visits-per-day", &c.visits_per_day, false),
        line("compare-booths", &c.booths, false),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Shows the figures of an edition: to the public once they are final, to staff at any time.
#[get("/fairs/{edition}/figures")]
pub(super) async fn show_figures(
    req: HttpRequest,
    mut page: PageContext,
    context: web::Data<RequestContext>,
    licence: web::Data<Licence>,
    permit: ReadPermit<FiguresScope>,
) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        Ok((edition, visible_figures(tx, &authorized)?, audience(&authorized)))
    });
    let (edition, statistics, audience) = data.await?;
    page.set_edition(&edition.slug);
    let (figures, frozen) =
        statistics.ok_or_else(|| Problem::new(Code::NotFound, MessageId("error-figures-not-published")))?;
    let (frozen, base_url, now) = (frozen.as_ref(), context.base_url(&req), page.now);
    let source = Source { edition: &edition, frozen, audience, base_url: &base_url, licence: &licence, now };
    let (about, is_final) = (About::new(source, page.language()), frozen.is_some());
    let build = move || {
        let (charts, comparison_rows) = (charts(&page, &figures), comparison_rows(&page, &figures));
        Ok(Figures { page, edition, figures, is_final, about, charts, comparison_rows })
    };
    render_page_with(build).await
}
