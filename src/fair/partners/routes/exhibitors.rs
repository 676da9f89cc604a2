//! `GET /editions/{edition}/exhibitors`: exhibitors of an edition with their booths and products.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::{Deserialize, Serialize};

use super::super::store::{self, OccupiedBooth, ShownProduct};
use crate::{exhibitors::store::ExhibitorRow, organisations::LegalForm, products::ProductGroup};
use hoicho_core::{
    db::Tx,
    i18n::MessageId,
    values::{
        clock::Day,
        ids::{BoothId, EditionId, ExhibitorId, SubjectId, ZoneId},
    },
};
use hoicho_web::{
    changes::{self, CacheTag, Mirrored, SyncList},
    http::{Code, Problem, Query, fields::Fields, pagination},
    identity::ReadPermit,
};

/// Optional parts of a list of exhibitors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ExhibitorPart {
    /// Products of each exhibitor.
    Products,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExhibitorQuery {
    /// `products` adds the products of each exhibitor.
    include: Option<ExhibitorPart>,
    /// Comma-separated fields of each exhibitor to return; default all.
    fields: Option<String>,
    /// Only rows changed since then: `synced` of the previous response.
    updated_since: Option<String>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// A booth that an exhibitor stands on.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = StandView)]
pub(super) struct ExhibitorBoothView {
    /// The booth.
    id: BoothId,
    /// Its code, unique in the edition.
    code: String,
    /// The zone that it is in.
    zone: ZoneId,
}

/// A product that an exhibitor shows at an edition.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(super) struct ShownProductView {
    /// Name of the product.
    name: String,
    /// Its group of the OCOP programme.
    product_group: ProductGroup,
    /// OCOP stars, 1 to 5; `null` if it has none.
    stars: Option<i32>,
    /// Number of the OCOP certificate; `null` without one.
    certificate_number: Option<String>,
    /// Last day on which the certificate is valid, which may have passed; `null` without one.
    #[schema(value_type = Option<chrono::NaiveDate>)]
    certificate_expires_on: Option<Day>,
}

impl From<ShownProduct> for ShownProductView {
    fn from(row: ShownProduct) -> Self {
        Self {
            name: row.name,
            product_group: row.group,
            stars: row.stars,
            certificate_number: row.certificate_number,
            certificate_expires_on: row.certificate_expires_on,
        }
    }
}

/// An exhibitor that stands in an edition: the main exhibitor of a booth or a co-exhibitor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
#[schema(as = StandingExhibitor)]
pub(super) struct BoothExhibitorView {
    /// The organiser's record.
    id: ExhibitorId,
    /// Name in the organiser's records.
    name: String,
    /// Legal form in the organiser's records.
    legal_form: LegalForm,
    /// ISO 3166.
    country: String,
    /// Code from `/localities`; `null` if the locality is known by name only.
    locality_code: Option<String>,
    /// Name of the locality.
    locality: String,
    /// By code.
    booths: Vec<ExhibitorBoothView>,
    /// Present with `include=products`.
    #[serde(skip_serializing_if = "Option::is_none")]
    products: Option<Vec<ShownProductView>>,
}

/// Incrementally readable list of the exhibitors standing in an edition.
pub(super) struct ExhibitorList {
    pub edition: EditionId,
    pub products: bool,
}

impl ExhibitorList {
    fn views(&self, tx: &mut Tx<'_>, rows: Vec<ExhibitorRow>) -> Result<Vec<BoothExhibitorView>, Problem> {
        let ids: Vec<ExhibitorId> = rows.iter().map(|r| r.id).collect();
        let mut booths = store::find_booths(tx, self.edition, &ids)?;
        let mut products = if self.products { Some(store::find_products(tx, self.edition, &ids)?) } else { None };
        let view = |row: ExhibitorRow| BoothExhibitorView {
            id: row.id,
            name: row.name,
            legal_form: row.legal_form,
            country: row.country,
            locality_code: row.locality_code,
            locality: row.locality,
            booths: booths
                .remove(&row.id)
                .unwrap_or_default()
                .into_iter()
                .map(|OccupiedBooth { id, code, zone }| ExhibitorBoothView { id, code, zone })
                .collect(),
            products: products
                .as_mut()
                .map(|all| all.remove(&row.id).unwrap_or_default().into_iter().map(ShownProductView::from).collect()),
        };
        Ok(rows.into_iter().map(view).collect())
    }
}

impl SyncList for ExhibitorList {
    type Row = BoothExhibitorView;
    const KIND: changes::Kind = changes::Kind::Exhibitor;
    fn edition(&self) -> Option<EditionId> {
        Some(self.edition)
    }
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<BoothExhibitorView>, Problem> {
        let bad_cursor = |_| Problem::new(Code::BadRequest, MessageId("error-invalid-cursor"));
        let after = if after.is_empty() { None } else { Some(after.parse().map_err(bad_cursor)?) };
        let rows = store::standing_page(tx, self.edition, after, limit)?;
        self.views(tx, rows)
    }
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<BoothExhibitorView>, Problem> {
        let ids: Vec<ExhibitorId> = ids.iter().map(|id| ExhibitorId(id.0)).collect();
        let rows = store::standing_by_ids(tx, self.edition, &ids)?;
        self.views(tx, rows)
    }
    fn key(row: &BoothExhibitorView) -> String {
        row.id.to_string()
    }
    fn id(row: &BoothExhibitorView) -> SubjectId {
        SubjectId(row.id.0)
    }
}

/// Lists the exhibitors and co-exhibitors on the let booths of an edition, or only those changed since `updated_since`.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. Name, legal form and locality are those of the organiser's record; contacts and tax codes are never included.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/exhibitors",
    tag = "exhibitors",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        ExhibitorQuery,
    ),
    responses(
        (status = 200, body = Mirrored<BoothExhibitorView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/exhibitors")]
pub(super) async fn list_edition_exhibitors(
    req: HttpRequest,
    permit: ReadPermit,
    query: Query<ExhibitorQuery>,
) -> Result<HttpResponse, Problem> {
    let ExhibitorQuery { include, fields, updated_since, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, wanted) = (query.limit()?, changes::parse_request(&query, updated_since.as_deref())?);
    let fields = Fields::parse(fields.as_deref())?;
    let products = include == Some(ExhibitorPart::Products);
    let (edition, page) = permit
        .read(move |tx, authorized| {
            let edition = authorized.edition()?;
            Ok((edition, changes::read_page(tx, &ExhibitorList { edition, products }, wanted, limit)?))
        })
        .await?;
    Ok(CacheTag::Edition(edition).tag(page.into_response(&req, &fields)?))
}
