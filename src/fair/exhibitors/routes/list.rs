//! `GET /organisers/{organiser}/exhibitors`: list and search.
use actix_web::{HttpRequest, HttpResponse, get};
use serde::Deserialize;

use super::{
    super::{
        find_by_words, search,
        store::{self, ExhibitorRow},
    },
    actions::ReadExhibitors,
    view::{ExhibitorView, views},
};
use hoicho_core::{
    i18n::MessageId,
    values::ids::{ExhibitorId, OrganiserId},
};
use hoicho_web::{
    http::{
        Code, Problem, Query,
        pagination::{self, Page, PageQuery},
    },
    identity::Permit,
};

#[derive(Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct ExhibitorListQuery {
    /// Only exhibitors that have a word beginning with each word of this text: in the name without accents, the tax code, or a
    /// phone number. In the order of the words found.
    q: Option<String>,
    /// Only exhibitors with this tag. Not together with `q`.
    tag: Option<String>,
    /// Rows per page: 1 to 500, default 50.
    limit: Option<u16>,
    /// `next_cursor` of the previous page.
    cursor: Option<String>,
}

/// Parses a cursor: sort key and identifier.
fn parse_cursor(key: &str) -> Result<Option<(String, ExhibitorId)>, Problem> {
    if key.is_empty() {
        return Ok(None);
    }
    let parsed = key.rsplit_once('|').and_then(|(word, id)| Some((word.to_owned(), id.parse().ok()?)));
    parsed.map(Some).ok_or_else(|| Problem::new(Code::BadRequest, MessageId("error-invalid-cursor")))
}

/// Lists an organiser's exhibitors by name, or searches them.
///
/// Staff of the organiser other than gate staff. `q` together with `tag` is refused with 400 `bad_request`. Merged records are
/// left out.
#[utoipa::path(
    get,
    path = "/api/v1/organisers/{organiser}/exhibitors",
    tag = "exhibitors",
    security(("session" = [])),
    params(
        ("organiser" = OrganiserId, Path),
        ExhibitorListQuery,
    ),
    responses(
        (status = 200, body = Page<ExhibitorView>),
        (status = 403),
        (status = 404),
    ),
)]
#[get("/organisers/{organiser}/exhibitors")]
pub(super) async fn list_exhibitors(
    req: HttpRequest,
    permit: Permit<ReadExhibitors>,
    query: Query<ExhibitorListQuery>,
) -> Result<HttpResponse, Problem> {
    let ExhibitorListQuery { q, tag, limit, cursor } = query.into_result()?;
    if q.is_some() && tag.is_some() {
        return Err(Problem::new(Code::BadRequest, MessageId("error-search-with-tag")));
    }
    if tag.as_ref().is_some_and(|tag| tag.contains('\0')) {
        return Err(Code::BadRequest.into());
    }
    let query = PageQuery { limit, cursor };
    let (limit, after) = (query.limit()?, parse_cursor(&query.decode_cursor()?)?);
    let page = permit.read(move |tx, authorized| {
        let organiser = authorized.organiser()?;
        let mut rows: Vec<(String, ExhibitorRow)> = match q {
            Some(typed) => find_by_words(tx, organiser, &search::terms(&typed), after.as_ref(), limit + 1)?,
            None => {
                let rows = store::page(tx, organiser, tag.as_deref(), after.as_ref(), limit + 1)?;
                rows.into_iter().map(|row| (row.name_search.clone(), row)).collect()
            }
        };
        let has_more = pagination::truncate(&mut rows, limit);
        let last = rows.last().filter(|_| has_more).map(|(word, row)| format!("{word}|{}", row.id));
        let next_cursor = last.as_deref().map(pagination::encode_cursor);
        Ok(Page { items: views(tx, rows.into_iter().map(|(_, row)| row).collect())?, next_cursor })
    });
    Ok(page.await?.into_response(&req))
}
