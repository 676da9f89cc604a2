//! Endpoints of participants: co-exhibitors and represented companies.
use actix_web::{HttpResponse, delete, get, post, web};
use serde::{Deserialize, Serialize};

use super::{
    super::{
        audited::AuditedParticipant,
        occupancies,
        participants::{self, ParticipantRole, ParticipantRow},
        store,
    },
    actions::{ReadAllocation, RespondToOffer},
};
use crate::editions;
use hoicho_core::{
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{AllocationId, ExhibitorId, ParticipantId},
    },
};
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Items, Problem, Validator, limits::NameText},
    identity::Permit,
};

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct AddParticipant {
    /// Decides which of the other fields are required: `exhibitor`, or `name` and `country`.
    role: ParticipantRole,
    /// Only for co-exhibitors: a record of the organiser; name and country are taken from it.
    exhibitor: Option<ExhibitorId>,
    /// Only for represented companies; 1 to 200 characters.
    #[schema(value_type = Option<NameText>)]
    name: Option<String>,
    /// Only for represented companies; ISO 3166-1 alpha-2, upper case.
    country: Option<String>,
    /// First day on the booth. Default: the first day of the main exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    first_day: Option<Day>,
    /// Last day on the booth. Default: the last day of the main exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    last_day: Option<Day>,
}

/// A participant of a booth.
#[derive(Serialize, utoipa::ToSchema)]
struct ParticipantView {
    /// Made by the server; names the participant in the path.
    id: ParticipantId,
    /// Whether it stands on the booth itself or only its products do.
    role: ParticipantRole,
    /// The record of a co-exhibitor; `null` for a represented company.
    exhibitor: Option<ExhibitorId>,
    /// As it was when the participant was added: of the record, or as typed.
    name: String,
    /// ISO 3166-1 alpha-2, upper case.
    country: String,
    /// First day on the booth; `null`: from the first day of the main exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    first_day: Option<Day>,
    /// Last day on the booth; `null`: to the last day of the main exhibitor.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    last_day: Option<Day>,
}

fn view(row: ParticipantRow) -> ParticipantView {
    ParticipantView {
        id: row.id,
        role: row.role,
        exhibitor: row.exhibitor_id,
        name: row.name,
        country: row.country,
        first_day: row.first_day,
        last_day: row.last_day,
    }
}

type AllocationPath = web::Path<AllocationId>;

/// The participant to add, validated without the database.
enum NewParticipant {
    CoExhibitor(ExhibitorId),
    Represented(String, String),
}

fn validate(body: AddParticipant) -> Result<NewParticipant, Problem> {
    let mut checks = Validator::default();
    let name = body.name.map(|n| checks.require_text::<NameText>("/name", &n));
    let country = body.country.filter(|c| c.len() == 2 && c.bytes().all(|b| b.is_ascii_uppercase()));
    let participant = match (body.role, body.exhibitor, name, country) {
        (ParticipantRole::CoExhibitor, Some(exhibitor), None, None) => Some(NewParticipant::CoExhibitor(exhibitor)),
        (ParticipantRole::Represented, None, Some(name), Some(country)) => {
            Some(NewParticipant::Represented(name, country))
        }
        (_, _, _, _) => None,
    };
    let in_order = body.first_day.zip(body.last_day).is_none_or(|(first, last)| first <= last);
    checks.require(in_order, "/last_day", FieldCode::Range, MessageId("error-last-day-before-first"));
    checks.require(participant.is_some(), "/role", FieldCode::Unexpected, MessageId("error-participant-fields"));
    checks.finish()?;
    participant.ok_or_else(|| hoicho_web::http::Code::Internal.into())
}

/// Adds a co-exhibitor or a represented company to a booth.
///
/// Members of the organisation of the main exhibitor, or owners and managers of the organiser on its behalf. Refused with 409
/// `illegal_step` if the allocation has ended or has 200 participants, and `already_exists` if the participant is on it already.
/// Webhooks get `allocation.changed`.
#[utoipa::path(
    post,
    path = "/api/v1/allocations/{allocation}/participants",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    request_body = AddParticipant,
    responses(
        (status = 201, body = ParticipantView),
        (status = 404),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/allocations/{allocation}/participants")]
pub(super) async fn add_participant(
    permit: Permit<RespondToOffer>,
    id: AllocationPath,
    body: Body<AddParticipant>,
) -> Result<ApiResponse, Problem> {
    let body = body.into_result()?;
    let (role, first_day, last_day) = (body.role, body.first_day, body.last_day);
    let participant = validate(body)?;
    let id = id.into_inner();
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let allocation = store::find(tx, edition.id, id)?;
            let (exhibitor_id, name, country) = match participant {
                NewParticipant::CoExhibitor(exhibitor) => {
                    let exhibitor_data = participants::find_addable_exhibitor(tx, &authorized, exhibitor)?;
                    let mut checks = Validator::default();
                    checks.require(
                        exhibitor_data.is_some(),
                        "/exhibitor",
                        FieldCode::Unknown,
                        MessageId("error-unknown-exhibitor"),
                    );
                    checks.finish()?;
                    let (name, country) = exhibitor_data.unwrap_or_default();
                    (Some(exhibitor), name, country)
                }
                NewParticipant::Represented(name, country) => (None, name, country),
            };
            let row = ParticipantRow {
                id: ParticipantId::make(),
                organiser_id: edition.organiser_id,
                edition_id: edition.id,
                allocation_id: allocation.id,
                role,
                exhibitor_id,
                name,
                country,
                first_day,
                last_day,
            };
            participants::insert(tx, &allocation, &row)?;
            let added = AuditedParticipant::from(&row);
            authorized.record_audit(tx, AuditAction::ParticipantAdd, row.id, None, Some(added))?;
            let view = view(row);
            ApiResponse::created(&format!("/allocations/{}/participants/{}", allocation.id, view.id), &view)
        })
        .await
}

/// Lists the participants of a booth by name.
///
/// Members of the organisation of the main exhibitor, and staff of the organiser other than gate staff; at most 200.
#[utoipa::path(
    get,
    path = "/api/v1/allocations/{allocation}/participants",
    tag = "allocation",
    security(("session" = [])),
    params(("allocation" = AllocationId, Path)),
    responses(
        (status = 200, body = Items<ParticipantView>),
        (status = 404),
    ),
)]
#[get("/allocations/{allocation}/participants")]
pub(super) async fn list_participants(
    permit: Permit<ReadAllocation>,
    id: AllocationPath,
) -> Result<HttpResponse, Problem> {
    let id = id.into_inner();
    let rows = permit.read(move |tx, _| Ok(participants::list(tx, id)?)).await?;
    Ok(HttpResponse::Ok().json(Items { items: rows.into_iter().map(view).collect() }))
}

/// Removes a participant from a booth. One that was there on an opening day stays listed, with the last such day.
///
/// Members of the organisation of the main exhibitor, or owners and managers of the organiser on its behalf. Refused with 409
/// `edition_finalised` once the edition is finalised or cancelled. Webhooks get `allocation.changed`.
#[utoipa::path(
    delete,
    path = "/api/v1/allocations/{allocation}/participants/{participant}",
    tag = "allocation",
    security(("session" = [])),
    params(
        ("allocation" = AllocationId, Path),
        ("participant" = ParticipantId, Path),
    ),
    responses(
        (status = 204),
        (status = 404),
        (status = 409),
    ),
)]
#[delete("/allocations/{allocation}/participants/{participant}")]
pub(super) async fn remove_participant(
    permit: Permit<RespondToOffer>,
    path: web::Path<(AllocationId, ParticipantId)>,
) -> Result<ApiResponse, Problem> {
    let (allocation, id) = path.into_inner();
    permit
        .write(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let before = participants::find(tx, allocation, id)?;
            let next = occupancies::effective_day(tx, &edition, authorized.now, None)?;
            match occupancies::last_day_before(tx, allocation, next)? {
                Some(day) if before.first_day.is_none_or(|first| first <= day) => {
                    participants::set_last_day(tx, id, before.last_day.map_or(day, |last| last.min(day)))?;
                }
                Some(_) | None => participants::delete(tx, allocation, id)?,
            }
            let removed = AuditedParticipant::from(&before);
            authorized.record_audit(tx, AuditAction::ParticipantRemove, id, Some(removed), None)?;
            Ok(ApiResponse::no_content())
        })
        .await
}
