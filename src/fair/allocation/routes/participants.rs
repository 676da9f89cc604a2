//! Co-exhibitors and represented companies on a booth.
use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        participants::{self, ParticipantRole, ParticipantRow},
        store,
    },
    Accept, ReadAllocation,
};
use crate::editions;
use hoicho_core::{
    i18n::Said,
    values::ids::{AllocationId, ExhibitorId, ParticipantId},
};
use hoicho_web::{
    http::{Answer, Body, Checks, Items, Problem},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AddParticipant {
    role: ParticipantRole,
    /// A co-exhibitor's; its name and country come from here.
    exhibitor: Option<ExhibitorId>,
    /// A represented company's; 1 to 200 characters.
    name: Option<String>,
    /// A represented company's: ISO 3166, two capitals.
    country: Option<String>,
}

/// Somebody else on a booth.
#[derive(Serialize, utoipa::ToSchema)]
struct ParticipantView {
    id: ParticipantId,
    role: ParticipantRole,
    exhibitor: Option<ExhibitorId>,
    name: String,
    country: String,
}

fn view(row: ParticipantRow) -> ParticipantView {
    ParticipantView { id: row.id, role: row.role, exhibitor: row.exhibitor_id, name: row.name, country: row.country }
}

type Id = web::Path<AllocationId>;

/// Who is added, as far as it can be told without the database.
enum Named {
    CoExhibitor(ExhibitorId),
    Represented(String, String),
}

fn named(body: AddParticipant) -> Result<Named, Problem> {
    let mut checks = Checks::default();
    let name = body.name.map(|n| checks.text("/name", &n, 200));
    let country = body.country.filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase()));
    let named = match (body.role, body.exhibitor, name, country) {
        (ParticipantRole::CoExhibitor, Some(exhibitor), None, None) => Some(Named::CoExhibitor(exhibitor)),
        (ParticipantRole::Represented, None, Some(name), Some(country)) => Some(Named::Represented(name, country)),
        (_, _, _, _) => None,
    };
    checks.that(named.is_some(), "/role", "unexpected", Said("a-co-exhibitor-needs-exhibitor-alone-a"));
    checks.done()?;
    named.ok_or_else(|| hoicho_web::http::Code::Internal.into())
}

/// Adds a co-exhibitor or a represented company to a booth.
#[utoipa::path(post, path = "/api/v1/allocations/{allocation}/participants", tag = "allocation", params(("allocation" = AllocationId, Path)), request_body = AddParticipant, responses((status = 201, body = ParticipantView), (status = 404), (status = 409), (status = 422)))]
#[post("/allocations/{allocation}/participants")]
pub(super) async fn add_participant(
    permit: Permit<Accept>,
    id: Id,
    body: Body<AddParticipant>,
) -> Result<Answer, Problem> {
    let body = body.get()?;
    let (role, named) = (body.role, named(body)?);
    let id = id.into_inner();
    permit
        .once(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            let allocation = store::find(tx, edition.id, id)?;
            let (exhibitor_id, name, country) = match named {
                Named::CoExhibitor(exhibitor) => {
                    let found = participants::nameable(tx, granted.actor()?, edition.organiser_id, exhibitor)?;
                    let mut checks = Checks::default();
                    checks.that(found.is_some(), "/exhibitor", "unknown", Said("there-is-no-such-exhibitor"));
                    checks.done()?;
                    let (name, country) = found.unwrap_or_default();
                    (Some(exhibitor), name, country)
                }
                Named::Represented(name, country) => (None, name, country),
            };
            let row = ParticipantRow {
                id: ParticipantId::make(),
                edition_id: edition.id,
                allocation_id: allocation.id,
                role,
                exhibitor_id,
                name,
                country,
            };
            participants::insert(tx, &allocation, &row)?;
            let view = view(row);
            granted.audit(tx, "participant.add", view.id, None, Some(&view))?;
            Answer::created(&view)
        })
        .await
}

/// Who else is on a booth, by name.
#[utoipa::path(get, path = "/api/v1/allocations/{allocation}/participants", tag = "allocation", params(("allocation" = AllocationId, Path)), responses((status = 200, body = Items<ParticipantView>), (status = 404)))]
#[get("/allocations/{allocation}/participants")]
pub(super) async fn list_participants(permit: Permit<ReadAllocation>, id: Id) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let rows = permit.read(move |tx, _| Ok(participants::of(tx, id)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// Takes somebody off a booth.
#[utoipa::path(delete, path = "/api/v1/allocations/{allocation}/participants/{participant}", tag = "allocation", params(("allocation" = AllocationId, Path), ("participant" = ParticipantId, Path)), responses((status = 204), (status = 404), (status = 409)))]
#[delete("/allocations/{allocation}/participants/{participant}")]
pub(super) async fn remove_participant(
    permit: Permit<Accept>,
    path: web::Path<(AllocationId, ParticipantId)>,
) -> Result<Answer, Problem> {
    let (allocation, id) = path.into_inner();
    permit
        .write(move |tx, granted| {
            editions::store::hold_open(tx, granted.edition()?)?;
            let before = participants::delete(tx, allocation, id)?;
            granted.audit(tx, "participant.remove", id, Some(view(before)), None)?;
            Ok(Answer::no_content())
        })
        .await
}
