//! `/manage/{edition}/deals`: trade deals (contracts, memoranda) signed at the fair.
use actix_web::{HttpResponse, get};
use askama::Template;
use serde::Deserialize;

use super::{
    edition_context::{EditionContext, Tab, ViewEdition},
    store,
};
use crate::{
    page_context::{PageContext, render_page},
    select_options::{SelectOption, select},
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
    page: PageContext,
    context: EditionContext,
    rows: Vec<(DealRow, String)>,
    /// Value of all deals, those of other pages included.
    total: i64,
    next: Option<TradeDealId>,
    exhibitors: Vec<SelectOption>,
    kinds: Vec<SelectOption>,
    days: Vec<SelectOption>,
}

#[derive(Deserialize)]
struct DealsQuery {
    after: Option<TradeDealId>,
}

/// Shows the deals.
#[get("/manage/{edition}/deals")]
pub(super) async fn show_deals(
    page: PageContext,
    permit: Permit<ViewEdition>,
    query: Query<DealsQuery>,
) -> Result<HttpResponse, Problem> {
    let after = query.into_result()?.after;
    let data = permit.read(move |tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Sales)?;
        let id = context.edition.id;
        let rows = (deals::page(tx, id, after, PAGE_SIZE + 1)?, deals::total(tx, id)?);
        Ok((rows, store::active_allocations(tx, id)?, editions::store::list_days(tx, id)?, context))
    });
    let ((mut rows, total), occupants, days, context) = data.await?;
    let more = rows.len() > usize::try_from(PAGE_SIZE).unwrap_or_default();
    if more {
        rows.pop();
    }
    let next = rows.last().filter(|_| more).map(|(row, _)| row.id);
    let mut names: Vec<_> = occupants.into_iter().map(|o| (o.exhibitor, o.name)).collect();
    names.sort_by(|a, b| collation::compare_names(&a.1, &b.1).then(a.0.cmp(&b.0)));
    names.dedup();
    let exhibitors = names.into_iter().map(|(id, name)| SelectOption::new(id, name, false)).collect();
    let kinds = select::<DealKind>(&page, "deal-kind", None);
    let day =
        |d: &editions::store::OpeningDayRow| SelectOption::new(d.day, page.short_date(&d.day), d.day == context.today);
    let days = days.iter().map(day).collect();
    render_page(Deals { page, context, rows, total, next, exhibitors, kinds, days }).await
}
