//! Generates booths from numbering patterns.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        booth_spec::BoothKind,
        numbering::{MAX_BOOTHS_PER_PATTERN, NumberingPattern},
        store,
    },
    actions::EditFloor,
    booth_view::{self, BoothView},
};
use crate::editions;
use hoicho_core::i18n::MessageId;
use hoicho_web::{
    audit::AuditAction,
    http::{ApiResponse, Body, FieldCode, Items, Problem, Validator},
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

/// Max booths per request.
const MAX_BOOTHS: usize = 5_000;

/// Creates booths from numbering patterns in one transaction.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/booths/generate",
    tag = "floor",
    params(("edition" = String, Path)),
    request_body = GenerateBooths,
    responses(
        (status = 201, body = Items<BoothView>),
        (status = 409),
        (status = 422),
    ),
)]
#[post("/editions/{edition}/booths/generate")]
pub(super) async fn generate_booths(
    permit: Permit<EditFloor>,
    body: Body<GenerateBooths>,
) -> Result<ApiResponse, Problem> {
    let runs = body.into_result()?.runs;
    let mut checks = Validator::default();
    checks.require((1..=500).contains(&runs.len()), "/runs", FieldCode::Length, MessageId("error-row-list-length"));
    let mut specs = Vec::new();
    for (i, GenerateRun { pattern, kind }) in runs.into_iter().enumerate() {
        let range = NumberingPattern::parse(&pattern);
        checks.require(
            range.is_some(),
            &format!("/runs/{i}/pattern"),
            FieldCode::Pattern,
            MessageId("error-invalid-booth-pattern").with_number("max", MAX_BOOTHS_PER_PATTERN),
        );
        specs.push((kind, range));
    }
    let count: usize = specs.iter().filter_map(|(_, range)| range.as_ref()).map(|range| range.places().count()).sum();
    checks.require(
        count <= MAX_BOOTHS,
        "/runs",
        FieldCode::Length,
        MessageId("error-generated-booth-limit").with_number("max", MAX_BOOTHS),
    );
    checks.finish()?;
    permit
        .write_once(move |tx, authorized| {
            let edition = editions::store::lock_open(tx, authorized.edition()?)?;
            let prices = store::price_list(tx, edition.id)?;
            let mut checks = Validator::default();
            let mut rows = Vec::with_capacity(count);
            for (i, (kind, range)) in specs.iter().enumerate() {
                let spec = kind.resolve(&mut checks, &format!("/runs/{i}/kind"), &prices);
                if let Some(range) = range {
                    rows.extend(
                        range.places().map(|(code, place)| spec.into_row(edition.id, code, range.row.clone(), place)),
                    );
                }
            }
            checks.finish()?;
            store::insert_booths(tx, &rows)?;
            authorized.record_audit(tx, AuditAction::BoothGenerate, edition.id, None, Some(rows.len()))?;
            ApiResponse::created(&Items { items: rows.into_iter().map(booth_view::from).collect() })
        })
        .await
}
