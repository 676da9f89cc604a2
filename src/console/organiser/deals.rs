//! `/manage/{edition}/deals`: trade deals (contracts, memoranda) signed at the fair.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::{
    desk::{Desk, SeeFair, Tab},
    store,
};
use crate::{
    choice::{Choice, of_set},
    shell::{Shell, page},
};
use hoicho_core::{i18n::collation, values::ids::TradeDealId};
use hoicho_fair::{
    editions,
    sales::deals::{self, DealKind, DealRow},
};
use hoicho_web::{
    http::{Problem, Query},
    identity::Permit,
};

/// Deals per page.
const PAGE_SIZE: i64 = 100;

#[derive(Template)]
#[template(path = "organiser/deals.html")]
struct Deals {
    s: Shell,
    desk: Desk,
    rows: Vec<(DealRow, String)>,
    next: Option<TradeDealId>,
    exhibitors: Vec<Choice>,
    kinds: Vec<Choice>,
    days: Vec<Choice>,
}

#[derive(Deserialize)]
struct DealsQuery {
    after: Option<TradeDealId>,
}

/// Shows the deals.
#[get("/manage/{edition}/deals")]
pub(super) async fn show_deals(
    s: Shell,
    permit: Permit<SeeFair>,
    query: Query<DealsQuery>,
) -> Result<HttpResponse, Problem> {
    let after = query.get()?.after;
    let data = permit.read(move |tx, granted| {
        let desk = Desk::find(tx, &granted, Tab::Sales)?;
        let id = desk.edition.id;
        let rows = deals::page(tx, id, after, PAGE_SIZE + 1)?;
        Ok((rows, store::occupants(tx, id)?, editions::store::days(tx, id)?, desk))
    });
    let (mut rows, occupants, days, desk) = data.await?;
    let more = rows.len() > usize::try_from(PAGE_SIZE).unwrap_or_default();
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|(row, _)| row.id);
    let mut names: Vec<_> = occupants.into_iter().map(|o| (o.exhibitor, o.name)).collect();
    names.sort_by(|a, b| collation::compare(&a.1, &b.1).then(a.0.cmp(&b.0)));
    names.dedup();
    let exhibitors = names.into_iter().map(|(id, name)| Choice::new(id, name, false)).collect();
    let kinds = of_set::<DealKind>(&s, "deal-kind", None);
    let day = |d: &editions::store::OpeningDayRow| Choice::new(d.day, s.short_date(&d.day), d.day == desk.today);
    let days = days.iter().map(day).collect();
    page(&Deals { s, desk, rows, next, exhibitors, kinds, days })
}
