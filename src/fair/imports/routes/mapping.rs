//! Change the column mapping of an import.
use std::collections::BTreeMap;

use actix_web::{HttpRequest, put};
use serde::Deserialize;

use super::{
    super::{
        store::{self, ImportState},
        table,
    },
    At, Import, json, open, table as kept,
    upload::language,
    view::{ImportView, view},
};
use hoicho_core::values::ids::ImportId;
use hoicho_web::{
    http::{Answer, Body, Code, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutMapping {
    /// Header row, from 1; unchanged if absent.
    header_row: Option<usize>,
    /// Column letters by field; `null` removes a field. Absent fields are unchanged.
    columns: BTreeMap<String, Option<String>>,
    /// Whether to save the mapping for files with the same headers.
    #[serde(default)]
    remember: bool,
}

/// Changes the column mapping. The outcome of an earlier check is discarded.
#[utoipa::path(put, path = "/api/v1/editions/{edition}/imports/{import}/mapping", tag = "imports", params(("edition" = String, Path), ("import" = ImportId, Path)), request_body = PutMapping, responses((status = 200, body = ImportView), (status = 403), (status = 404), (status = 409), (status = 422)))]
#[put("/editions/{edition}/imports/{import}/mapping")]
pub(super) async fn put_mapping(
    req: HttpRequest,
    permit: Permit<Import>,
    path: At,
    body: Body<PutMapping>,
) -> Result<Answer, Problem> {
    let PutMapping { header_row, columns, remember } = body.get()?;
    let (id, language) = (path.1, language(&req));
    permit
        .write(move |tx, granted| {
            let mut row = open(tx, &granted, id)?;
            let days = table::days(tx, row.edition_id)?;
            let mapped = kept(&row)?.mapped(header_row, &columns, &days)?;
            row.mapping = json(&mapped.mapping)?;
            (row.state, row.outcome) = (ImportState::Uploaded, None);
            if !store::replace(tx, &row)? {
                return Err(Code::StaleVersion.into());
            }
            if remember {
                store::remember(tx, granted.organiser()?, row.kind, &mapped.titles(), &row.mapping)?;
            }
            Answer::ok(&view(&row, &mapped, None, language)?)
        })
        .await
}
