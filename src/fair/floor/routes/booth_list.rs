//! List endpoint of booths, with incremental synchronization for mirrors.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::{
    super::{
        Occupancy,
        store::{self, BoothRow},
    },
    booth_view::{self, BoothExhibitor, BoothView},
};
use hoicho_core::{
    db::Tx,
    values::ids::{BoothId, EditionId, SubjectId, ZoneId},
};
use hoicho_web::{
    changes::{self, CacheTag, Mirrored, SyncList},
    http::{Problem, Query, fields::Fields, pagination},
    identity::ReadPermit,
};

/// Optional parts of a list of booths.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum BoothPart {
    /// Occupancy and exhibitors of each booth.
    Occupancy,
}

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct BoothQuery {
    /// Filter by zone.
    zone: Option<ZoneId>,
    /// `occupancy` adds the occupancy and exhibitors of each booth.
    include: Option<BoothPart>,
    /// Comma-separated fields to return of each booth.
    fields: Option<String>,
    /// Return only changes since then: `synced` of the previous response.
    updated_since: Option<String>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// Cursor from the previous page.
    cursor: Option<String>,
}

/// The booths of an edition, or of one of its zones.
pub struct Booths {
    pub edition: EditionId,
    /// Filter by zone.
    pub zone: Option<ZoneId>,
    /// Whether to include occupancy and exhibitors.
    pub occupancy: bool,
}

impl Booths {
    fn views(&self, tx: &mut Tx<'_>, rows: Vec<BoothRow>) -> Result<Vec<BoothView>, Problem> {
        let mut views: Vec<BoothView> = rows.into_iter().map(booth_view::from).collect();
        if self.occupancy {
            let ids: Vec<BoothId> = views.iter().map(|v| v.id).collect();
            let mut occupancy = store::occupancies(tx, &ids)?;
            let mut exhibitors = store::exhibitors_on(tx, &ids)?;
            for view in &mut views {
                view.occupancy = Some(occupancy.remove(&view.id).unwrap_or(Occupancy::Free));
                let on_booth = exhibitors.remove(&view.id).unwrap_or_default();
                view.exhibitors = Some(on_booth.into_iter().map(|(id, name)| BoothExhibitor { id, name }).collect());
            }
        }
        Ok(views)
    }
}

impl SyncList for Booths {
    type Row = BoothView;
    const KIND: changes::Kind = changes::Kind::Booth;
    fn edition(&self) -> Option<EditionId> {
        Some(self.edition)
    }
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<BoothView>, Problem> {
        let rows = store::booths_page(tx, self.edition, self.zone, after, limit)?;
        self.views(tx, rows)
    }
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<BoothView>, Problem> {
        let ids: Vec<BoothId> = ids.iter().map(|id| BoothId(id.0)).collect();
        let rows = store::booths_by_ids(tx, self.edition, self.zone, &ids)?;
        self.views(tx, rows)
    }
    fn key(row: &BoothView) -> String {
        row.code.clone()
    }
    fn id(row: &BoothView) -> SubjectId {
        SubjectId(row.id.0)
    }
}

/// Lists the booths of an edition by code, or those that changed.
///
/// Public unless the edition is a draft, which staff of the organiser other than gate staff and API keys with `read:editions`
/// read. Who holds or was offered a booth is not returned, only that it is `reserved`.
#[utoipa::path(
    get,
    path = "/api/v1/editions/{edition}/booths",
    tag = "floor",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(
        ("edition" = String, Path),
        BoothQuery,
    ),
    responses(
        (status = 200, body = Mirrored<BoothView>),
        (status = 404),
    ),
)]
#[get("/editions/{edition}/booths")]
pub(super) async fn list_booths(
    req: HttpRequest,
    permit: ReadPermit,
    query: Query<BoothQuery>,
) -> Result<HttpResponse, Problem> {
    let BoothQuery { zone, include, fields, updated_since, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, selection) = (query.limit()?, changes::parse_request(&query, updated_since.as_deref())?);
    let fields = Fields::parse(fields.as_deref())?;
    let occupancy = include == Some(BoothPart::Occupancy);
    let (edition, page) = permit
        .read(move |tx, authorized| {
            let edition = authorized.edition()?;
            Ok((edition, changes::read_page(tx, &Booths { edition, zone, occupancy }, selection, limit)?))
        })
        .await?;
    Ok(CacheTag::Edition(edition).tag(page.into_response(&req, &fields)?))
}
