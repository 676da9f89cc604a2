//! `/manage/{edition}/reports`: report downloads and publication of the figures.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::page_context::{PageContext, render_page};
use hoicho_fair::{
    exports::RecordTable,
    statistics::{Report, document::Statistics, visible_figures},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::Permit,
};

#[derive(Template)]
#[template(path = "organiser/reports.html")]
struct Reports {
    page: PageContext,
    context: EditionContext,
    figures: Statistics,
    is_final: bool,
    /// Names in the API.
    reports: Vec<&'static str>,
    /// Tables of records, by their names in the API.
    tables: &'static [RecordTable],
}

impl Reports {
    fn is_complete(&self) -> bool {
        self.figures.sales.reports_received == self.figures.sales.reports_due
    }
}

/// Shows the downloads and the form to finalise the edition.
#[get("/manage/{edition}/reports")]
pub(super) async fn show_reports(page: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, authorized| {
        let context = EditionContext::load(tx, &authorized, Tab::Reports)?;
        let (figures, frozen) = visible_figures(tx, &authorized)?.ok_or(Code::NotFound)?;
        Ok((context, figures, frozen.is_some()))
    });
    let (context, figures, is_final) = data.await?;
    let reports = <Report as strum::VariantArray>::VARIANTS.iter().map(<&str>::from).collect();
    let tables = <RecordTable as strum::VariantArray>::VARIANTS;
    render_page(Reports { page, context, figures, is_final, reports, tables }).await
}
