//! `/editions`: the list of editions, which other sites mirror.
use actix_web::{HttpRequest, HttpResponse, get, web};
use serde::Deserialize;

use super::{
    super::store::{self, Visibility},
    view::{EditionView, load_views},
};
use hoicho_core::{
    db::Tx,
    values::{
        clock::Instant,
        ids::{EditionId, OrganiserId, SubjectId},
    },
};
use hoicho_web::{
    changes::{self, CacheTag, Mirrored, SyncList},
    http::{Problem, Query, fields::Fields, pagination},
    identity::{Caller, RequestContext, api_keys, find_organiser_role, identify_caller},
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct EditionQuery {
    /// Only editions of this organiser; its staff, and keys with `read:editions`, also receive drafts.
    organiser: Option<OrganiserId>,
    /// Fields to return of each edition, separated by commas.
    fields: Option<String>,
    /// Only changes since `synced` of an earlier response; never drafts.
    updated_since: Option<String>,
    /// Rows per page: 1 to 500; default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

struct Editions {
    listed: Visibility,
    now: Instant,
}

impl SyncList for Editions {
    type Row = EditionView;
    const KIND: changes::Kind = changes::Kind::Edition;
    fn edition(&self) -> Option<EditionId> {
        None
    }
    fn page(&self, tx: &mut Tx<'_>, after: &str, limit: i64) -> Result<Vec<EditionView>, Problem> {
        let rows = store::list_page(tx, self.listed.clone(), after, limit)?;
        load_views(tx, rows, self.now)
    }
    fn by_ids(&self, tx: &mut Tx<'_>, ids: &[SubjectId]) -> Result<Vec<EditionView>, Problem> {
        let ids: Vec<EditionId> = ids.iter().map(|id| EditionId(id.0)).collect();
        let rows = store::list_by_ids(tx, self.listed.clone(), &ids)?;
        load_views(tx, rows, self.now)
    }
    fn key(row: &EditionView) -> String {
        row.slug.clone()
    }
    fn id(row: &EditionView) -> SubjectId {
        SubjectId(row.id.0)
    }
}

/// What a caller sees of an organiser's editions.
fn find_visibility(tx: &mut Tx<'_>, caller: Caller, organiser: OrganiserId) -> Result<Visibility, Problem> {
    if let Some(key) = caller.key {
        return Ok(match api_keys::find_listed_editions(tx, key, caller.now, organiser)? {
            Some(editions) if editions.is_empty() => Visibility::Staff(organiser),
            Some(editions) => Visibility::Drafts(organiser, editions),
            None => Visibility::Public(Some(organiser)),
        });
    }
    let role = match caller.user_session() {
        Some(user) => find_organiser_role(tx, user, organiser, None)?,
        None => None,
    };
    Ok(role.map_or(Visibility::Public(Some(organiser)), |_| Visibility::Staff(organiser)))
}

/// Public editions ordered by slug, or those that changed; with `organiser` also the drafts of the caller's organiser.
///
/// Everything but drafts is public. Drafts are listed for people with a role for all editions of the organiser, and for API keys with
/// `read:editions` as far as their editions go. With `updated_since` there are no drafts: an edition that became a draft again is in
/// `deleted`.
#[utoipa::path(
    get,
    path = "/api/v1/editions",
    tag = "editions",
    security((), ("session" = []), ("api_key" = ["read:editions"])),
    params(EditionQuery),
    responses((status = 200, body = Mirrored<EditionView>)),
)]
#[get("/editions")]
pub(super) async fn list_editions(
    req: HttpRequest,
    context: web::Data<RequestContext>,
    query: Query<EditionQuery>,
) -> Result<HttpResponse, Problem> {
    let EditionQuery { organiser, fields, updated_since, limit, cursor } = query.into_result()?;
    let query = pagination::PageQuery { limit, cursor };
    let (limit, request) = (query.limit()?, changes::parse_request(&query, updated_since.as_deref())?);
    let fields = Fields::parse(fields.as_deref())?;
    let (caller, now) = (identify_caller(&req, &context)?, context.clock.now());
    let mirrored = context.db.read(move |tx| {
        let listed = match (organiser, updated_since) {
            (Some(organiser), None) => find_visibility(tx, caller, organiser)?,
            (organiser, _) => Visibility::Public(organiser),
        };
        changes::read_page(tx, &Editions { listed, now }, request, limit)
    });
    Ok(CacheTag::Editions.tag(mirrored.await?.into_response(&req, &fields)?))
}
