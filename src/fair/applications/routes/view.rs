//! JSON view of an application.
use serde::Serialize;

use super::super::{
    products::{self, DeclaredProduct},
    store::ApplicationRow,
    wishes::{self, Wish},
};
use crate::floor::BoothCategory;
use hoicho_core::{
    db::Tx,
    states::ApplicationState,
    values::ids::{ApplicationId, EditionId, ExhibitorId, ProductId},
};
use hoicho_web::http::Problem;

/// An application.
#[derive(Serialize, utoipa::ToSchema)]
pub struct ApplicationView {
    /// Made by the server; sorts by creation.
    pub id: ApplicationId,
    /// The edition applied to.
    pub edition: EditionId,
    /// The organiser's record of who applies; at most one application for an edition.
    pub exhibitor: ExhibitorId,
    /// Name in the organiser's records; only in the organiser's lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exhibitor_name: Option<String>,
    /// `draft` is seen by the exhibitor's members only; `approved` can get booths.
    pub state: ApplicationState,
    /// Number of booths: 1 to 100.
    pub booths_wanted: i32,
    /// Wished category of the booths.
    pub category: BoothCategory,
    /// Other needs as free text; `null` if there are none.
    pub needs: Option<String>,
    /// Whether it needs electric power; allocation runs assign only booths with it.
    pub needs_power: bool,
    /// Whether it needs running water; allocation runs assign only booths with it.
    pub needs_water: bool,
    /// Whether it needs a corner booth; allocation runs assign only those.
    pub needs_corner: bool,
    /// Given with the last transition.
    pub reason: Option<String>,
    /// When it joined the waiting list, RFC 3339 in UTC; `null` unless it is `waitlisted`.
    #[schema(value_type = Option<String>)]
    pub waitlisted_at: Option<chrono::DateTime<chrono::Utc>>,
    /// Best first; omitted in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wishes: Option<Vec<Wish>>,
    /// Products of the linked organisation's catalogue; omitted in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub products: Option<Vec<ProductId>>,
    /// Products declared by name; omitted in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub declared_products: Option<Vec<DeclaredProduct>>,
    /// For `If-Match`: `"v…"`.
    pub version: i32,
}

/// View without wishes and products, for lists.
pub fn view(row: ApplicationRow, exhibitor_name: Option<String>) -> ApplicationView {
    ApplicationView {
        id: row.id,
        edition: row.edition_id,
        exhibitor: row.exhibitor_id,
        exhibitor_name,
        state: row.state,
        booths_wanted: row.booths_wanted,
        category: row.category,
        needs: row.needs,
        needs_power: row.needs_power,
        needs_water: row.needs_water,
        needs_corner: row.needs_corner,
        reason: row.reason,
        waitlisted_at: row.waitlisted_at.map(|at| at.and_utc()),
        wishes: None,
        products: None,
        declared_products: None,
        version: row.version,
    }
}

/// View with wishes and products.
pub(super) fn view_with_wishes(tx: &mut Tx<'_>, row: ApplicationRow) -> Result<ApplicationView, Problem> {
    let (wishes, (products, declared)) = (wishes::find_wishes(tx, row.id)?, products::find(tx, row.id)?);
    Ok(ApplicationView {
        wishes: Some(wishes),
        products: Some(products),
        declared_products: Some(declared),
        ..view(row, None)
    })
}
