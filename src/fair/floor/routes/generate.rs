//! Generates booths from numbering patterns.
use actix_web::post;
use serde::Deserialize;

use super::{
    super::{
        BoothCategory,
        booth_spec::BoothKind,
        numbering::{Arrangement, Corners, MAX_BOOTHS_PER_PATTERN, NumberingPattern},
        store,
    },
    actions::EditFloor,
    booth_view::{self, BoothView},
    zones::require_zones,
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
    /// Zone, category, size and fee of these booths.
    kind: BoothKind,
    /// Whether they stand in one row (default) or in two that face each other, which are labelled `A/1` and `A/2`.
    arrangement: Option<Arrangement>,
    /// `ends`: the first and the last booth of each row are corner booths, with the price of corner booths. Default `as_category`.
    corners: Option<Corners>,
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
///
/// Owners and managers of the organiser. Refused with 409 `already_exists` if one of the codes or places is in use, and
/// `edition_finalised` once the edition is finalised or cancelled; then no booth is created.
#[utoipa::path(
    post,
    path = "/api/v1/editions/{edition}/booths/generate",
    tag = "floor",
    security(("session" = [])),
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
    for (i, GenerateRun { pattern, kind, arrangement, corners }) in runs.into_iter().enumerate() {
        let range = NumberingPattern::parse(&pattern);
        checks.require(
            range.is_some(),
            &format!("/runs/{i}/pattern"),
            FieldCode::Pattern,
            MessageId("error-invalid-booth-pattern").with_number("max", MAX_BOOTHS_PER_PATTERN),
        );
        specs.push((kind, range, arrangement.unwrap_or(Arrangement::OneRow), corners.unwrap_or(Corners::AsCategory)));
    }
    let count: usize =
        specs.iter().filter_map(|(_, range, ..)| range.as_ref()).map(|range| range.places().count()).sum();
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
            let zones = specs.iter().enumerate().map(|(i, (kind, ..))| (format!("/runs/{i}/kind/zone"), kind.zone));
            require_zones(tx, edition.id, zones)?;
            let prices = store::price_list(tx, edition.id)?;
            let mut checks = Validator::default();
            let mut rows = Vec::with_capacity(count);
            for (i, (kind, range, arrangement, corners)) in specs.iter().enumerate() {
                let pointer = format!("/runs/{i}/kind");
                let spec = kind.resolve(&mut checks, &pointer, &prices);
                let corner_spec = match corners {
                    Corners::AsCategory => spec,
                    Corners::Ends => {
                        BoothKind { category: BoothCategory::Corner, ..*kind }.resolve(&mut checks, &pointer, &prices)
                    }
                };
                if let Some(range) = range {
                    rows.extend(range.arrange(*arrangement).into_iter().map(|booth| {
                        let spec = if booth.is_end { corner_spec } else { spec };
                        spec.into_row(edition.id, booth.code, booth.row, booth.place)
                    }));
                }
            }
            checks.finish()?;
            store::insert_booths(tx, &rows)?;
            authorized.record_audit(tx, AuditAction::BoothGenerate, edition.id, None, Some(rows.len()))?;
            let items = rows.into_iter().map(booth_view::from).collect();
            ApiResponse::created(&format!("/editions/{}/booths", edition.id), &Items { items })
        })
        .await
}
