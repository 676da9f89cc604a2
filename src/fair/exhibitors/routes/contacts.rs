//! `/organisers/{organiser}/exhibitors/{exhibitor}/contacts`.
use actix_web::{HttpResponse, get, put};

use super::{
    super::{
        contacts::{self, Contact},
        store::{self, ExhibitorRow},
    },
    actions::{ManageExhibitors, ReadExhibitors},
    exhibitor::ExhibitorPath,
};
use hoicho_core::values::ids::{ExhibitorId, OrganiserId};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, Code, Items, Problem, Validator, etag, etag::IfMatch},
    identity::Permit,
};

/// Lists the contacts of an exhibitor.
///
/// Staff of the organiser other than gate staff. The `ETag` is that of the record.
#[utoipa::path(
    get,
    operation_id = "get_exhibitor_contacts",
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/contacts",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
    ),
    responses(
        (status = 200, body = Items<Contact>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors/{exhibitor}/contacts")]
pub(super) async fn get_contacts(permit: Permit<ReadExhibitors>, path: ExhibitorPath) -> Result<HttpResponse, Problem> {
    let id = path.1;
    let (version, rows) = permit
        .read(move |tx, authorized| {
            let exhibitor = store::find_of_organiser(tx, authorized.organiser()?, id)?;
            Ok((exhibitor.version, store::find_contacts(tx, id)?))
        })
        .await?;
    let items: Vec<Contact> = rows.into_iter().map(Contact::from).collect();
    Ok(HttpResponse::Ok().insert_header(etag::header(version)).json(Items { items }))
}

/// Replaces the contacts of an exhibitor; at most 20. A contact with the `id` of an existing one replaces it.
///
/// Owners and managers of the organiser; `If-Match` with the version of the record is optional. Refused with 409 `illegal_step`
/// for a record that was merged into another.
#[utoipa::path(
    put,
    operation_id = "put_exhibitor_contacts",
    path = "/api/v1/organisers/{organiser}/exhibitors/{exhibitor}/contacts",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ("exhibitor" = ExhibitorId, Path),
        ("If-Match" = Option<String>, Header),
    ),
    request_body = Vec<Contact>,
    responses(
        (status = 200, body = Items<Contact>),
        (status = 403),
        (status = 404),
        (status = 409),
        (status = 412),
        (status = 422),
    ),
)]
#[put("/organisers/{organiser}/exhibitors/{exhibitor}/contacts")]
pub(super) async fn put_contacts(
    permit: Permit<ManageExhibitors>,
    path: ExhibitorPath,
    if_match: IfMatch,
    body: Body<Vec<Contact>>,
) -> Result<ApiResponse, Problem> {
    let list = body.into_result()?;
    let mut checks = Validator::default();
    let list = contacts::validate(&mut checks, "", list);
    checks.finish()?;
    let id = path.1;
    permit
        .write(move |tx, authorized| {
            let exhibitor = store::find_of_organiser(tx, authorized.organiser()?, id)?;
            if_match.check_if_sent(Some(exhibitor.version))?;
            store::require_unmerged(&exhibitor)?;
            let existing = store::find_contacts(tx, id)?;
            let rows = contacts::to_rows(id, list, &existing);
            store::replace_contacts(tx, id, &rows)?;
            let next = ExhibitorRow { version: exhibitor.version + 1, ..exhibitor.clone() };
            if !store::update(tx, &next, exhibitor.version)? {
                return Err(Code::StaleVersion.into());
            }
            let before: Vec<Contact> = existing.into_iter().map(Contact::from).collect();
            let items: Vec<Contact> = rows.into_iter().map(Contact::from).collect();
            authorized.record_audit(tx, AuditAction::ExhibitorContacts, id, Some(&before), Some(&items))?;
            Ok(ApiResponse::ok(&Items { items })?.with_version(next.version))
        })
        .await
}
