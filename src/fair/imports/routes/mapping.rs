//! Change the column mapping of an import.
use std::collections::BTreeMap;

use actix_web::{HttpRequest, put};
use serde::Deserialize;

use super::{
    super::{
        store,
        stored_import::{find_open, save, stored_table, to_json},
        table::MappingChange,
    },
    actions::ManageImports,
    upload::ImportPath,
    view::{ImportView, Written, view},
};
use hoicho_core::{db::Tx, states::ImportState, values::ids::ImportId};
use hoicho_web::{
    http::{ApiResponse, Body, Problem, preferred_language},
    identity::{Authorized, Permit},
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct PutMapping {
    /// Header row, from 1; 0 if the table has no titles; unchanged if absent.
    header_row: Option<usize>,
    /// Column letters by field; `null` or an empty text removes a field. Absent fields are unchanged.
    columns: BTreeMap<String, Option<String>>,
    /// Names of units by field: those of `fields` in the response. They count instead of what the titles say; `null` or an empty text
    /// removes one. Absent fields are unchanged.
    #[serde(default)]
    units: BTreeMap<String, Option<String>>,
    /// Values for the whole table by field, of fields that are given once for several rows: the zone of booths, the day of sales and
    /// visits, the exhibitor of products. `null` or an empty text removes one. Absent fields are unchanged.
    #[serde(default)]
    values: BTreeMap<String, Option<String>>,
    /// Whether to save the mapping for files with the same titles, in any order.
    #[serde(default)]
    remember: bool,
}

/// Changes the column mapping. The outcome of an earlier check is discarded.
///
/// Owners and managers of the organiser. Refused with 409 `illegal_step` once the import is being applied or undone, was applied
/// or undone, or is `interrupted`, and with 422 `invalid` for a column or unit that does not exist. The state becomes `uploaded`.
#[utoipa::path(
    put,
    path = "/api/v1/editions/{edition}/imports/{import}/mapping",
    tag = "imports",
    security(("session" = [])),
    params(
        ("edition" = String, Path),
        ("import" = ImportId, Path),
    ),
    request_body = PutMapping,
    responses(
        (status = 200, body = ImportView),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[put("/editions/{edition}/imports/{import}/mapping")]
pub(super) async fn put_mapping(
    req: HttpRequest,
    permit: Permit<ManageImports>,
    path: ImportPath,
    body: Body<PutMapping>,
) -> Result<ApiResponse, Problem> {
    let PutMapping { header_row, columns, units, values, remember } = body.into_result()?;
    let (id, language) = (path.1, preferred_language(&req));
    let change = MappingChange { header_row, columns, units, values };
    let plan = move |tx: &mut Tx<'_>, authorized: &Authorized| {
        let mut row = find_open(tx, authorized, id)?;
        let mapped = stored_table(tx, &row)?.with_mapping(&change)?;
        row.mapping = to_json(&mapped.mapping)?;
        (row.state, row.outcome) = (ImportState::Uploaded, None);
        let saved = if remember { Some((mapped.header_hash(), to_json(&mapped.titles_by_field())?)) } else { None };
        let response = ApiResponse::ok(&view(&row, &mapped, Written::default(), language)?)?;
        Ok((row, saved, response))
    };
    permit
        .plan_and_write(plan, |tx, authorized, (row, saved, response)| {
            save(tx, &row)?;
            if let Some((hash, titles)) = saved {
                store::save_mapping(tx, authorized.organiser()?, row.kind, &hash, &titles)?;
            }
            Ok(response)
        })
        .await
}
