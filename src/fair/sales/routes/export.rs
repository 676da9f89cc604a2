//! `GET /editions/{edition}/sales-lines`.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use serde::Deserialize;

use super::{super::export, actions::ReadFigures};
use hoicho_core::i18n::{Language, MessageId};
use hoicho_web::{
    http::{
        Problem, Query,
        streaming::{self, Form, TableWriter, write_error},
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExportQuery {
    /// `csv` or `xlsx`; default by the `Accept` header.
    format: Option<Form>,
}

/// Exports every line of the latest report versions, by day: booth, zone, exhibitor, product, quantity, amount (minor units),
/// whether OCOP goods, channel, state of the report. A report without lines is exported as its totals, so that the amounts
/// add up to the edition's sales. Reads one snapshot and streams it: memory use does not grow with the number of rows.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/sales-lines",
    tag = "sales",
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
) -> Result<HttpResponse, Problem> {
    let header_value = |name: header::HeaderName| req.headers().get(name).and_then(|value| value.to_str().ok());
    let language = Language::from_header(header_value(header::ACCEPT_LANGUAGE));
    let form = query
        .into_result()?
        .format
        .unwrap_or_else(|| Form::from_accept(header_value(header::ACCEPT).unwrap_or_default()));
    let name = format!("{}-sales-lines.{}", streaming::sanitize_file_name(&path), form.extension());
    Ok(streaming::attachment(form.content_type(), &name, |writer| {
        permit.read(move |tx, authorized| {
            let columns = export::COLUMNS.map(|(name, title)| (name, title.localize().get(language).to_owned()));
            let sheet = MessageId("sheet-sales-lines").localize();
            let mut rows = TableWriter::begin(form, sheet.get(language), &columns, writer).map_err(write_error)?;
            export::write_rows(tx, authorized.edition()?, &mut rows)?;
            rows.finish().map_err(write_error)
        })
    }))
}
