//! `GET /editions/{edition}/sales-lines`.
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{
    super::sales_lines,
    preferences::{ExportQuery, preferences},
};
use crate::{
    editions,
    statistics::{About, Audience, Licence, Source, find_frozen},
};
use hoicho_core::i18n::Localizer;
use hoicho_web::{
    http::{
        Problem, Query,
        download::{self, Spool, TableWriter, write_error},
    },
    identity::{Action, KeyScope, OrganiserRole, Permit, RequestContext},
};

/// Read all sales reports.
struct ReadFigures;

impl Action for ReadFigures {
    const KEY: Option<KeyScope> = Some(KeyScope::ReadFigures);
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Exports every line of the latest report versions, by day: booth, zone, exhibitor, product, quantity, amount, whether OCOP goods,
/// channel, state of the report, in words of the reader's language; then the total and notes. A report without lines is exported as its
/// totals, so that the amounts add up to the edition's sales. Reads one snapshot: memory use does not grow with the number of rows.
/// Imports read the table of reports (`/tables/sales`), not this one.
///
/// Staff of the organiser other than gate staff, and API keys with `read:figures`; in every state of the edition. Waits for its
/// turn if the organiser is downloading other files.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/sales-lines",
    tag = "sales",
    security(("session" = []), ("api_key" = ["read:figures"])),
    params(
        ("edition" = String, Path),
        ExportQuery,
    ),
    responses(
        (
            status = 200,
            content(
                (String = "text/csv"),
                (String = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            ),
        ),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/sales-lines")]
pub(super) async fn export_lines(
    req: HttpRequest,
    permit: Permit<ReadFigures>,
    path: web::Path<String>,
    query: Query<ExportQuery>,
    context: web::Data<RequestContext>,
    licence: web::Data<Licence>,
) -> Result<HttpResponse, Problem> {
    let (language, form) = preferences(&req, query.into_result()?);
    let name = format!("{}-sales-lines.{}", download::sanitize_file_name(&path), form.extension());
    let base_url = context.base_url(&req);
    let file = permit.read_long(move |tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let frozen = find_frozen(tx, edition.id, Audience::Organiser)?;
        let source = Source {
            edition: &edition,
            frozen: frozen.as_ref(),
            audience: Audience::Organiser,
            base_url: &base_url,
            licence: &licence,
            now: authorized.now,
        };
        let notes = About::new(source, language).notes(language);
        let localizer = Localizer(language);
        let columns = sales_lines::headers(&edition.currency, language);
        let mut table = TableWriter::begin(form, &localizer.localize("sheet-sales-lines"), &columns, Spool::default())
            .map_err(write_error)?;
        sales_lines::write_rows(tx, &edition, language, &mut table)?;
        table.write_notes(&localizer.localize("sheet-notes"), &notes.lines).map_err(write_error)?;
        table.finish().map_err(write_error)
    });
    let (file, held) = file.await?;
    download::attachment(form.content_type(), &name, file, held)
}
