//! Generates booths from numbering patterns.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{kind::BoothKind, numbering::Run, store},
    DrawFloor,
    view::{self, BoothView},
};
use crate::editions;
use hoicho_core::i18n::Said;
use hoicho_web::{
    http::{Answer, Body, Checks, Items, Problem},
    identity::Permit,
};

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct GenerateRun {
    /// `A01…A24`.
    pattern: String,
    kind: BoothKind,
}

#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct GenerateBooths {
    /// 1 to 500 patterns, at most 5,000 booths in total.
    runs: Vec<GenerateRun>,
}

/// Maximum number of booths per request.
const MAX_BOOTHS: usize = 5_000;

/// Creates booths from numbering patterns in one transaction.
#[utoipa::path(post, path = "/api/v1/editions/{edition}/booths/generate", tag = "floor", params(("edition" = String, Path)), request_body = GenerateBooths, responses((status = 201, body = Items<BoothView>), (status = 409), (status = 422)))]
#[post("/editions/{edition}/booths/generate")]
pub(super) async fn generate_booths(permit: Permit<DrawFloor>, body: Body<GenerateBooths>) -> Result<Answer, Problem> {
    let runs = body.get()?.runs;
    let mut checks = Checks::default();
    checks.that((1..=500).contains(&runs.len()), "/runs", "length", Said("it-takes-1-to-500-runs"));
    let mut specs = Vec::new();
    for (i, GenerateRun { pattern, kind }) in runs.into_iter().enumerate() {
        let range = Run::parse(&pattern);
        checks.that(
            range.is_some(),
            &format!("/runs/{i}/pattern"),
            "pattern",
            Said("a-pattern-looks-like-a01-a24-and"),
        );
        specs.push((kind, range));
    }
    let count: usize = specs.iter().filter_map(|(_, range)| range.as_ref()).map(|range| range.places().count()).sum();
    checks.that(count <= MAX_BOOTHS, "/runs", "length", Said("at-most-5-000-booths-at-once"));
    checks.done()?;
    permit
        .once(move |tx, granted| {
            let edition = editions::store::open_for_change(tx, granted.edition()?)?;
            let prices = store::categories_of(tx, edition.id)?;
            let mut checks = Checks::default();
            let mut rows = Vec::with_capacity(count);
            for (i, (kind, range)) in specs.iter().enumerate() {
                let spec = kind.settle(&mut checks, &format!("/runs/{i}/kind"), &prices);
                if let Some(range) = range {
                    rows.extend(
                        range.places().map(|(code, place)| spec.booth(edition.id, code, range.row.clone(), place)),
                    );
                }
            }
            checks.done()?;
            store::insert_booths(tx, &rows)?;
            granted.audit(tx, "booth.generate", edition.id, None, Some(rows.len()))?;
            Answer::created(&Items { items: rows.into_iter().map(view::booth).collect() })
        })
        .await
}
