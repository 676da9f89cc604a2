//! `/fairs/{edition}/figures`: what was sold and who came, with charts, how complete it is, and the comparison.
use actix_web::{HttpResponse, get};
use askama::Template;

use crate::{
    chart::{self, Bar, Chart, Unit},
    shell::{Shell, page},
};
use hoicho_core::i18n::{Said, numbers};
use hoicho_fair::{
    editions::{self, store::EditionRow},
    statistics::{
        document::{Basis, Ratio, SalesOf, Statistics},
        published,
    },
};
use hoicho_web::{
    http::{Code, Problem},
    identity::View,
};

/// Bars in a chart of the best.
const BEST: usize = 12;

#[derive(Template)]
#[template(path = "visitor/figures.html")]
struct Figures {
    s: Shell,
    edition: EditionRow,
    f: Statistics,
    is_final: bool,
    charts: Vec<Chart>,
    compared: Vec<Compared>,
}

/// A line of the comparison.
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

/// Charts of an edition's figures.
pub(crate) fn charts(s: &Shell, f: &Statistics) -> Vec<Chart> {
    let language = s.words.0;
    let best = |of: &[SalesOf]| -> Vec<Bar> {
        let named = of.iter().filter(|l| !l.name.is_empty() && l.name != "unspecified");
        named.take(BEST).map(|l| Bar { name: l.name.clone(), value: l.amount }).collect()
    };
    let sales: Vec<Bar> =
        f.sales.by_day.iter().map(|d| Bar { name: numbers::short_date(language, d.day), value: d.amount }).collect();
    let visits: Vec<Bar> =
        f.visits.by_day.iter().map(|d| Bar { name: numbers::short_date(language, d.day), value: d.visits }).collect();
    let mut charts = Vec::new();
    if f.sales.by_day.iter().any(|d| d.amount > 0) {
        charts.push(chart::columns(s.t("chart-sales-by-day"), &sales, Unit::Money, language));
    }
    if f.visits.by_day.iter().any(|d| d.visits > 0) {
        charts.push(chart::columns(s.t("chart-visits-by-day"), &visits, Unit::Count, language));
    }
    let zones = best(&f.sales.by_zone);
    if zones.iter().any(|b| b.value > 0) {
        charts.push(chart::rows(s.t("chart-sales-by-zone"), &zones, Unit::Money, language));
    }
    let localities = best(&f.sales.top_localities);
    if localities.iter().any(|b| b.value > 0) {
        charts.push(chart::rows(s.t("chart-top-localities"), &localities, Unit::Money, language));
    }
    if let Some(sold) = f.comparison.as_ref().and_then(|c| c.sales_per_day.as_ref()) {
        let bars = [
            Bar { name: s.t("compare-now"), value: sold.now },
            Bar { name: s.t("compare-before"), value: sold.before },
        ];
        charts.push(chart::pair(s.t("chart-sales-per-day"), &bars, Unit::Money, language));
    }
    charts
}

fn compared(s: &Shell, f: &Statistics) -> Vec<Compared> {
    let Some(c) = &f.comparison else { return Vec::new() };
    let line = |key: &str, ratio: &Option<Ratio>, is_money: bool| {
        let ratio = ratio.as_ref()?;
        let say = |n: i64| if is_money { s.spoken(n) } else { s.n(n) };
        let change = ratio.change_bp();
        Some(Compared {
            name: s.t(key),
            now: say(ratio.now),
            before: say(ratio.before),
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

/// The figures of an edition: the public sees them once they are final, its staff at any time.
#[get("/fairs/{edition}/figures")]
pub(super) async fn show_figures(s: Shell, permit: View) -> Result<HttpResponse, Problem> {
    let found = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        Ok((edition, published(tx, &granted)?))
    });
    let (edition, shown) = found.await?;
    let (f, is_final) =
        shown.ok_or_else(|| Problem::new(Code::NotFound, Said("the-figures-of-this-edition-are-not")))?;
    let (charts, compared) = (charts(&s, &f), compared(&s, &f));
    page(&Figures { s, edition, f, is_final, charts, compared })
}
