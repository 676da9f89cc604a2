//! `/manage/{edition}/reports`: report downloads and publication of the figures.
use actix_web::{HttpResponse, get};
use askama::Template;

use super::edition_context::{EditionContext, Tab, ViewEdition};
use crate::page_context::{PageContext, render_page};
use hoicho_core::states::EditionState;
use hoicho_fair::statistics::{Report, document::Statistics, visible_figures};
use hoicho_web::{
    http::{Code, Problem},
    identity::Permit,
};

#[derive(Template)]
#[template(path = "organiser/reports.html")]
struct Reports {
    s: PageContext,
    desk: EditionContext,
    f: Statistics,
    is_final: bool,
    /// Names in the API.
    reports: Vec<&'static str>,
}

impl Reports {
    fn may_finalise(&self) -> bool {
        self.desk.can_manage && self.desk.edition.state == EditionState::Reporting
    }
    fn is_complete(&self) -> bool {
        self.f.sales.reports_received == self.f.sales.reports_due
    }
}

/// Shows the downloads and the form to finalise the edition.
#[get("/manage/{edition}/reports")]
pub(super) async fn show_reports(s: PageContext, permit: Permit<ViewEdition>) -> Result<HttpResponse, Problem> {
    let data = permit.read(|tx, granted| {
        let desk = EditionContext::load(tx, &granted, Tab::Reports)?;
        let (f, is_final) = visible_figures(tx, &granted)?.ok_or(Code::NotFound)?;
        Ok((desk, f, is_final))
    });
    let (desk, f, is_final) = data.await?;
    let reports = <Report as strum::VariantArray>::VARIANTS.iter().map(<&str>::from).collect();
    render_page(&Reports { s, desk, f, is_final, reports })
}
