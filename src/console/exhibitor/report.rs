//! `/report/{booth}/{date}`: form for the sales report of a booth and a day.
use actix_web::{HttpResponse, get, web};
use askama::Template;

use super::store::{self, ReportedBooth};
use crate::page_context::{PageContext, render_page};
use hoicho_core::{
    i18n::format,
    states::ReportState,
    values::{
        clock::{Day, Instant},
        ids::{BoothId, OrganisationId},
    },
};
use hoicho_fair::{
    allocation::occupancies,
    editions,
    sales::{
        self, lifecycle,
        store::{ReportRow, VersionRow},
    },
    typed_values::{self, QuantityName},
};
use hoicho_web::{
    http::{Code, Problem},
    identity::{Action, OrganisationRole, OrganiserRole, Permit},
};

/// Permission to submit the report, or to read all reports as staff.
struct ViewReport;
impl Action for ViewReport {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
    const ORGANISATION: &'static [OrganisationRole] = OrganisationRole::ALL;
}

#[derive(Template)]
#[template(path = "exhibitor/report.html")]
struct Report {
    page: PageContext,
    id: BoothId,
    booth: ReportedBooth,
    day: Day,
    report: Option<ReportRow>,
    history: Vec<VersionRow>,
    previous_report: Option<(Day, i64)>,
    /// Page after submission.
    next: String,
    can_report: bool,
    is_staff: bool,
    /// The amount was understood but is unusual: the form offers to confirm it.
    can_confirm: bool,
    amount: String,
    ocop_amount: String,
}

impl Report {
    fn path(&self) -> String {
        format!("/report/{}/{}", self.id, self.day)
    }
    fn date_time(&self, at: &Instant) -> String {
        self.page.date_time(&self.booth.edition.time_zone, at)
    }
    fn is_queried(&self) -> bool {
        self.report.as_ref().is_some_and(|r| r.state == ReportState::Queried)
    }
    fn can_accept(&self) -> bool {
        let state = self.report.as_ref().map(|r| r.state);
        self.is_staff
            && state.is_some_and(|state| lifecycle::allowed_transitions(state).contains(&ReportState::Accepted))
    }
}

fn own_organisation(page: &PageContext, on_booth: &[OrganisationId]) -> Option<OrganisationId> {
    page.user.as_ref()?.organisations.iter().map(|(id, _)| *id).find(|id| on_booth.contains(id))
}

/// Shows the report with its history.
#[get("/report/{booth}/{date}")]
pub(super) async fn show_report(
    page: PageContext,
    permit: Permit<ViewReport>,
    path: web::Path<(BoothId, String)>,
) -> Result<HttpResponse, Problem> {
    let (id, day) = path.into_inner();
    let day: Day = day.parse().map_err(|_| Code::NotFound)?;
    let data = permit.read(move |tx, authorized| {
        let booth = store::booth(tx, id)?;
        let days = editions::store::list_days(tx, booth.edition.id)?;
        if !days.iter().any(|d| d.day == day) {
            return Err(Code::NotFound.into());
        }
        let is_held = booth.edition.days_held(&days, authorized.now)?.contains(&day);
        let report = sales::store::find(tx, booth.edition.id, id, day)?;
        let history = match &report {
            Some(report) => sales::store::find_versions(tx, report.id)?,
            None => Vec::new(),
        };
        let previous_report = sales::store::find_earlier(tx, id, day)?.pop().map(|(_, day, amount)| (day, amount));
        let is_occupied = occupancies::is_occupied(tx, id, day)?;
        Ok((booth, report, history, previous_report, is_held && is_occupied, authorized))
    });
    let (booth, report, history, previous_report, is_due, authorized) = data.await?;
    let can_report = is_due && lifecycle::is_reporting_open(booth.edition.phase(page.now));
    let next = match own_organisation(&page, authorized.organisations()) {
        Some(organisation) if authorized.as_member => format!("/my/{organisation}"),
        _ => format!("/manage/{}/sales", booth.edition.slug),
    };
    let format = |n: Option<i64>| n.filter(|n| *n > 0).map(|n| format::integer(page.language(), n)).unwrap_or_default();
    let amount = page.field_value("amount", &format(report.as_ref().map(|r| r.amount)));
    let ocop_amount = page.field_value("ocop_amount", &format(report.as_ref().map(|r| r.ocop_amount)));
    let is_understood = typed_values::parse_plain(&amount, QuantityName::Money).is_ok_and(|amount| amount > 0);
    let can_confirm = page.field_error("amount").is_some() && is_understood;
    let is_staff = authorized.as_staff;
    render_page(Report {
        page,
        id,
        booth,
        day,
        report,
        history,
        previous_report,
        next,
        can_report,
        is_staff,
        can_confirm,
        amount,
        ocop_amount,
    })
    .await
}
