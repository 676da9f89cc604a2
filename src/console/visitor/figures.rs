//! `/fairs/{edition}/figures`: sales and visits with charts, completeness and comparison to the previous edition.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    chart::{self, Bar, Chart, Unit},
    page_context::{PageContext, render_page},
};
use hoicho_core::i18n::{MessageId, format};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    statistics::{
        document::{Basis, Ratio, SalesOf, Statistics},
        visible_figures,
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::ReadPermit,
};

/// Maximum number of bars in a ranking chart.
const MAX_BARS: usize = 12;

#[derive(Template)]
#[template(path = "visitor/figures.html")]
struct Figures {
    s: PageContext,
    edition: EditionRow,
    f: Statistics,
    is_final: bool,
    charts: Vec<Chart>,
    compared: Vec<Compared>,
}

/// A row of the comparison.
struct Compared {
    name: String,
    now: String,
    before: String,
    ratio: String,
    change: String,
}

impl Figures {
    fn basis(&self, basis: &Basis) -> String {
        self.s.t(match basis {
            Basis::Computed => "basis-computed",
            Basis::Declared => "basis-declared",
        })
    }
    fn net_space(&self) -> String {
        self.s.area(self.f.booths.net_space_dm2)
    }
}

/// Charts of the statistics of an edition.
pub(crate) fn charts(s: &PageContext, f: &Statistics) -> Vec<Chart> {
    let language = s.words.0;
    let ranking = |rows: &[SalesOf]| -> Vec<Bar> {
        let named = rows.iter().filter(|l| !l.name.is_empty() && l.name != "unspecified");
        named.take(MAX_BARS).map(|l| Bar { name: l.name.clone(), value: l.amount }).collect()
    };
    let sales: Vec<Bar> =
        f.sales.by_day.iter().map(|d| Bar { name: format::short_date(language, d.day), value: d.amount }).collect();
    let visits: Vec<Bar> =
        f.visits.by_day.iter().map(|d| Bar { name: format::short_date(language, d.day), value: d.visits }).collect();
    let mut charts = Vec::new();
    if f.sales.by_day.iter().any(|d| d.amount > 0) {
        charts.push(chart::column_chart(s.t("chart-sales-by-day"), &sales, Unit::Money, language));
    }
    if f.visits.by_day.iter().any(|d| d.visits > 0) {
        charts.push(chart::column_chart(s.t("chart-visits-by-day"), &visits, Unit::Count, language));
    }
    let zones = ranking(&f.sales.by_zone);
    if zones.iter().any(|b| b.value > 0) {
        charts.push(chart::row_chart(s.t("chart-sales-by-zone"), &zones, Unit::Money, language));
    }
    let localities = ranking(&f.sales.top_localities);
    if localities.iter().any(|b| b.value > 0) {
        charts.push(chart::row_chart(s.t("chart-top-localities"), &localities, Unit::Money, language));
    }
    if let Some(per_day) = f.comparison.as_ref().and_then(|c| c.sales_per_day.as_ref()) {
        let bars = [
            Bar { name: s.t("compare-now"), value: per_day.now },
            Bar { name: s.t("compare-before"), value: per_day.before },
        ];
        charts.push(chart::comparison_chart(s.t("chart-sales-per-day"), &bars, Unit::Money, language));
    }
    charts
}

fn comparison_rows(s: &PageContext, f: &Statistics) -> Vec<Compared> {
    let Some(c) = &f.comparison else { return Vec::new() };
    let line = |key: &str, ratio: &Option<Ratio>, is_money: bool| {
        let ratio = ratio.as_ref()?;
        let format = |n: i64| if is_money { s.spoken(n) } else { s.n(n) };
        let change = ratio.change_bp();
        Some(Compared {
            name: s.t(key),
            now: format(ratio.now),
            before: format(ratio.before),
            ratio: s.percent(ratio.ratio_bp()),
            change: format!("{}{}", if change > 0 { "+" } else { "" }, s.percent(change)),
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
pub(super) async fn show_figures(s: PageContext, permit: ReadPermit) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        Ok((edition, visible_figures(tx, &granted)?))
    });
    let (edition, statistics) = data.await?;
    let (f, is_final) =
        statistics.ok_or_else(|| Problem::new(Code::NotFound, MessageId("error-figures-not-published")))?;
    let (charts, compared) = (charts(&s, &f), comparison_rows(&s, &f));
    render_page(&Figures { s, edition, f, is_final, charts, compared })
}
