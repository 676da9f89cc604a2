//! `GET /editions/{edition}/tables/{table}`.
use actix_web::{HttpRequest, HttpResponse, get, web};

use super::{
    super::{record_table::RecordTable, records},
    preferences::{ExportQuery, preferences},
};
use crate::{
    editions,
    statistics::{About, Audience, Licence, Source, find_frozen},
    tables::{Export, Notes},
};
use hoicho_core::i18n::Localizer;
use hoicho_web::{
    http::{
        Code, Problem, Query,
        download::{Spool, attachment, sanitize_file_name, write_error},
    },
    identity::{Action, OrganiserRole, Permit, RequestContext},
};

/// Read the organiser's records.
struct ReadRecords;

impl Action for ReadRecords {
    const ORGANISER: &'static [OrganiserRole] = OrganiserRole::READERS;
}

/// Exports records of an edition as a table in words of the reader's language, for the organiser: booths, exhibitors with their
/// applications, products, sales reports, visits, deals. Imports read the tables back unchanged, except that of the deals: the total row
/// and the notes are recognised and skipped.
///
/// Staff of the organiser other than gate staff; in every state of the edition. Waits for its turn if the organiser is
/// downloading other files.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/tables/{table}",
    tag = "editions",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("table" = RecordTable, Path),
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
#[get("/editions/{edition}/tables/{table}")]
pub(super) async fn export_table(
    req: HttpRequest,
    permit: Permit<ReadRecords>,
    path: web::Path<(String, String)>,
    query: Query<ExportQuery>,
    context: web::Data<RequestContext>,
    licence: web::Data<Licence>,
) -> Result<HttpResponse, Problem> {
    let table: RecordTable = path.1.parse().map_err(|_| Code::NotFound)?;
    let (language, form) = preferences(&req, query.into_result()?);
    let base_url = context.base_url(&req);
    let data = permit.read_long(move |tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let frozen = find_frozen(tx, edition.id, Audience::Organiser)?;
        let rows = records::load(tx, edition.id, table)?;
        let source = Source {
            edition: &edition,
            frozen: frozen.as_ref(),
            audience: Audience::Organiser,
            base_url: &base_url,
            licence: &licence,
            now: authorized.now,
        };
        let notes = if table.has_figures() { About::new(source, language).notes(language) } else { Notes::default() };
        let title = Localizer(language).localize_value("record-table", table);
        let (columns, currency) = (table.columns(), edition.currency.as_str());
        let export = Export { title: &title, columns, table: &rows, currency, notes: &notes, language };
        Ok((export.write(form, Spool::default()).map_err(write_error)?, edition.slug))
    });
    let ((file, slug), held) = data.await?;
    let name = format!("{}-{table}.{}", sanitize_file_name(&slug), form.extension());
    attachment(form.content_type(), &name, file, held)
}
