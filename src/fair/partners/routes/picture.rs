//! `/editions/{edition}/picture`.
use actix_web::{HttpResponse, get, web};
use serde::Deserialize;

use super::super::picture::{Facts, draw};
use crate::{editions, floor, venues};
use hoicho_core::i18n::Language;
use hoicho_web::{
    changes::About,
    http::{Code, Problem, Query},
    identity::View,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct PictureQuery {
    /// Of the words on it; `vi` unless told.
    language: Option<Language>,
}

/// A picture of an edition, 1,200 × 630 pixels, for what social networks show beside a link: name, days, place, how many
/// booths are taken, and the floor plan.
#[utoipa::path(get, path = "/api/v1/editions/{edition}/picture", tag = "editions", params(("edition" = String, Path), PictureQuery), responses((status = 200, content_type = "image/png", body = String), (status = 404)))]
#[get("/editions/{edition}/picture")]
#[expect(clippy::disallowed_methods, reason = "drawing takes tens of milliseconds and needs no connection")]
pub(super) async fn get_picture(permit: View, query: Query<PictureQuery>) -> Result<HttpResponse, Problem> {
    let language = query.get()?.language.unwrap_or(Language::Vi);
    let found = permit.read(|tx, granted| {
        let edition = editions::store::find(tx, granted.edition()?)?;
        let days = editions::store::days(tx, edition.id)?;
        let ids: Vec<_> = edition.venue_id.into_iter().collect();
        let facts = Facts {
            days: days.first().zip(days.last()).map(|(first, last)| (first.day, last.day)),
            place: venues::store::by_ids(tx, &ids)?.pop().map(|v| format!("{}, {}", v.name, v.address)),
            plan: floor::store::plan_of(tx, edition.id)?,
            name: edition.name,
        };
        Ok((edition.id, facts))
    });
    let (edition, facts) = found.await?;
    let drawn = web::block(move || draw(&facts, language)).await.map_err(|e| e.to_string());
    let drawn = drawn.and_then(|drawn| drawn.map_err(|e| e.to_string())).map_err(|error| {
        tracing::error!(error, "a picture could not be drawn");
        Problem::from(Code::Internal)
    });
    Ok(About::Edition(edition).mark(HttpResponse::Ok().content_type("image/png").body(drawn?)))
}
