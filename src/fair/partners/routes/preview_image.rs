//! `GET /editions/{edition}/picture`.
use actix_web::{HttpResponse, get};
use serde::Deserialize;

use super::super::preview_image::{PreviewContent, render};
use crate::{editions, floor, venues};
use hoicho_core::i18n::Language;
use hoicho_web::{
    changes::CacheTag,
    http::{Code, CpuPool, Problem, Query},
    identity::ReadPermit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PictureQuery {
    /// Language of the texts; default `vi`.
    language: Option<Language>,
}

/// Returns the preview image of an edition for social networks, 1,200 × 630 pixels: name, days, place, number of booths
/// taken, and the floor plan.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. A PNG.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/picture",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        PictureQuery,
    ),
    responses(
        (status = 200, content_type = "image/png", body = String),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/picture")]
pub(super) async fn get_picture(permit: ReadPermit, query: Query<PictureQuery>) -> Result<HttpResponse, Problem> {
    let language = query.into_result()?.language.unwrap_or(Language::Vi);
    let facts = permit.read(|tx, authorized| {
        let edition = editions::store::find(tx, authorized.edition()?)?;
        let days = editions::store::list_days(tx, edition.id)?;
        let ids: Vec<_> = edition.venue_id.into_iter().collect();
        let facts = PreviewContent {
            days: days.first().zip(days.last()).map(|(first, last)| (first.day, last.day)),
            place: venues::store::list_by_ids(tx, &ids)?.pop().map(|v| format!("{}, {}", v.name, v.address)),
            floor_plan: floor::floor_plan::load(tx, edition.id)?,
            name: edition.name,
        };
        Ok((edition.id, facts))
    });
    let (edition, facts) = facts.await?;
    let png = CpuPool::shared().run(move || render(&facts, language)).await?.map_err(|error| {
        tracing::error!(%error, "failed to render preview image");
        Problem::from(Code::Internal)
    });
    Ok(CacheTag::Edition(edition).tag(HttpResponse::Ok().content_type("image/png").body(png?)))
}
