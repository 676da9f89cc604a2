//! `/login/sso`: login through the OpenID provider. `/account/sso`: linking the own account with one there. Whatever the provider sends
//! back is answered with a redirect, so that no address with a code stays in the browser.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, HeaderValue},
    web,
};
use askama::Template;
use serde::Deserialize;

use super::account_pages::{LoginQuery, redirect_target};
use crate::{
    flash::Flash,
    page_context::{PageContext, is_local_path, render_page},
    session_middleware::{challenge_cookie, session_cookies, sso_cookie},
};
use hoicho_core::values::ids::UserId;
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::{
        RequestContext, SessionCookie, SignedIn,
        sso::{self, Begun, Completed, Outcome, PendingLink, ProviderAnswer},
    },
};

/// Where an attempt is begun again.
const LOGIN: &str = "/login";
const ACCOUNT: &str = "/account";
const LINK: &str = "/login/sso/link";

fn redirect(to: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((header::LOCATION, to))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .finish()
}

/// Shows what went wrong on a page from which the person can go on.
fn redirect_with_error(
    page: &PageContext,
    context: &RequestContext,
    (to, problem): (&str, &Problem),
) -> Result<HttpResponse, Problem> {
    let text = problem.detail.as_ref().map(|detail| detail.get(page.language()).to_owned());
    let error = text.unwrap_or_else(|| problem.code.title().get(page.language()).to_owned());
    let flash = Flash { path: to.to_owned(), errors: vec![error], ..Flash::default() };
    with_cookies(redirect(to), [flash.cookie(context.secure_cookies)])
}

fn with_cookies(
    mut response: HttpResponse,
    cookies: impl IntoIterator<Item = actix_web::cookie::Cookie<'static>>,
) -> Result<HttpResponse, Problem> {
    for cookie in cookies {
        response.add_cookie(&cookie).map_err(|error| {
            tracing::error!(%error, "failed to set a cookie");
            Problem::from(Code::Internal)
        })?;
    }
    Ok(response)
}

/// Sends the browser to the provider, or with an error back to the page `from`.
async fn redirect_to_provider(
    (req, page, context): (&HttpRequest, &PageContext, &web::Data<RequestContext>),
    (user, next): (Option<UserId>, String),
    from: &str,
) -> Result<HttpResponse, Problem> {
    match sso::begin(context, &context.base_url(req), (user, next)).await {
        Ok(Begun { url, cookie }) => with_cookies(redirect(&url), [sso_cookie(context, Some(&cookie))]),
        Err(problem) if problem.code == Code::NotFound => Err(problem),
        Err(problem) => redirect_with_error(page, context, (from, &problem)),
    }
}

/// Begins a login at the provider.
#[get("/login/sso")]
pub(super) async fn begin_login(
    req: HttpRequest,
    page: PageContext,
    context: web::Data<RequestContext>,
    query: Query<LoginQuery>,
) -> Result<HttpResponse, Problem> {
    redirect_to_provider((&req, &page, &context), (None, redirect_target(query)), LOGIN).await
}

/// Begins to link the own account with one at the provider. Nothing is linked before the password is entered.
#[get("/account/sso")]
pub(super) async fn begin_link(req: HttpRequest, page: PageContext, caller: SignedIn) -> Result<HttpResponse, Problem> {
    redirect_to_provider((&req, &page, &caller.context), (Some(caller.user), ACCOUNT.to_owned()), ACCOUNT).await
}

/// What the provider adds to the address. It may add more, which is ignored.
#[derive(Deserialize)]
struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    iss: Option<String>,
    error: Option<String>,
}

/// The provider sends the browser back to here.
#[get("/login/sso/callback")]
pub(super) async fn complete(
    req: HttpRequest,
    page: PageContext,
    context: web::Data<RequestContext>,
    query: Query<CallbackQuery>,
) -> Result<HttpResponse, Problem> {
    let answer =
        query.into_result().map(|CallbackQuery { code, state, iss, error }| ProviderAnswer { code, state, iss, error });
    let caller = hoicho_web::identity::identify_caller(&req, &context)?.user;
    // Somebody who is logged in began on the page of their account.
    let begun_at = if caller.is_some() { ACCOUNT } else { LOGIN };
    let Completed { outcome, next } = match sso::complete(&context, &req, caller, answer.unwrap_or_default()).await {
        Ok(completed) => completed,
        Err(problem) if problem.code == Code::NotFound => return Err(problem),
        Err(problem) => return redirect_with_error(&page, &context, (begun_at, &problem)),
    };
    let next = if is_local_path(&next) { next.as_str() } else { "/home" };
    let over = sso_cookie(&context, None);
    match outcome {
        Outcome::LoggedIn(tokens) => {
            let [access, refresh] = session_cookies(&context, &tokens);
            with_cookies(redirect(next), [access, refresh, over])
        }
        Outcome::SecondStep(challenge) => {
            let query = serde_urlencoded::to_string([("next", next)]).unwrap_or_default();
            let challenge = challenge_cookie(&context, Some(&challenge));
            with_cookies(redirect(&format!("/login/code?{query}")), [challenge, over])
        }
        Outcome::ToBeLinked(cookie) => with_cookies(redirect(LINK), [sso_cookie(&context, Some(&cookie))]),
        Outcome::IsLinked => {
            let done = Some("done-sso-is-linked".to_owned());
            let flash = Flash { path: ACCOUNT.to_owned(), success: done, ..Flash::default() };
            with_cookies(redirect(ACCOUNT), [flash.cookie(context.secure_cookies), over])
        }
    }
}

#[derive(Template)]
#[template(path = "account/sso_link.html")]
struct SsoLink {
    page: PageContext,
    provider: String,
    pending: Option<PendingLink>,
}

impl SsoLink {
    /// The page after the link, if it is one of ours.
    fn next(&self) -> &str {
        self.pending.as_ref().map(|link| link.next.as_str()).filter(|next| is_local_path(next)).unwrap_or("/home")
    }
}

/// Asks the owner of an account for its password before an account at the provider is linked with it.
#[get("/login/sso/link")]
pub(super) async fn show_link(
    req: HttpRequest,
    page: PageContext,
    context: web::Data<RequestContext>,
) -> Result<HttpResponse, Problem> {
    let provider = context.sso.as_ref().ok_or(Code::NotFound)?.name().to_owned();
    let (cookie, now) = (SessionCookie::Sso.read(&req, context.secure_cookies).unwrap_or_default(), page.now);
    let pending = context.db.read(move |tx| sso::find_pending(tx, &cookie, now)).await?;
    let mut response = render_page(SsoLink { page, provider, pending }).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
