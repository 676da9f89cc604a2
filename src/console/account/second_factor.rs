//! `/login/code`: the second step of a login. `/account/second-factor`: setting a second factor up and turning it off.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header::{self, HeaderValue},
    web,
};
use askama::Template;
use base64::{Engine, engine::general_purpose::STANDARD};
use qrcode::{QrCode, render::svg};
use serde::Deserialize;

use super::account_pages::{LoginQuery, redirect_target};
use crate::page_context::{PageContext, render_page};
use hoicho_web::{
    http::{Code, Problem, Query},
    identity::{
        RequestContext, SessionCookie, SignedIn,
        second_factor::{PendingFactor, enrolment, store},
        store::find_account,
    },
};

/// Characters of a group of the key, as authenticator apps show it.
const KEY_GROUP: usize = 4;
/// Smallest size of the QR code, in pixels: two for each module of a code of this length.
const MIN_QR_PX: u32 = 220;

#[derive(Template)]
#[template(path = "account/login_code.html")]
struct LoginCode {
    page: PageContext,
    next: String,
}

/// Form for the second step of a login; without a first step it leads to the login form.
#[get("/login/code")]
pub(super) async fn show_login_code(
    req: HttpRequest,
    page: PageContext,
    context: web::Data<RequestContext>,
    query: Query<LoginQuery>,
) -> Result<HttpResponse, Problem> {
    let next = redirect_target(query);
    if SessionCookie::Challenge.read(&req, context.secure_cookies).is_none() {
        let query = serde_urlencoded::to_string([("next", next.as_str())]).unwrap_or_default();
        return Ok(HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/login?{query}"))).finish());
    }
    render_page(LoginCode { page, next }).await
}

/// The key of an enrolment, to be scanned or typed.
struct Key {
    groups: Vec<String>,
    url: String,
    /// `data:` URL of the QR code.
    picture: String,
}

impl Key {
    fn new(pending: PendingFactor) -> Result<Self, Problem> {
        let PendingFactor { secret, url } = pending;
        let code = QrCode::new(url.as_bytes()).map_err(|error| {
            tracing::error!(%error, "failed to draw a QR code");
            Problem::from(Code::Internal)
        })?;
        let picture = code.render::<svg::Color<'_>>().min_dimensions(MIN_QR_PX, MIN_QR_PX).build();
        let picture = format!("data:image/svg+xml;base64,{}", STANDARD.encode(picture));
        let letters: Vec<char> = secret.chars().collect();
        let groups = letters.chunks(KEY_GROUP).map(|group| group.iter().collect()).collect();
        Ok(Self { groups, url, picture })
    }
}

#[derive(Template)]
#[template(path = "account/second_factor.html")]
struct SecondFactor {
    page: PageContext,
    is_enabled: bool,
    recovery_codes_left: i64,
    key: Option<Key>,
    /// An organiser, or the settings for admins, require it.
    is_required: bool,
}

impl SecondFactor {
    /// The recovery codes that were just made; shown once.
    fn new_codes(&self) -> Option<Vec<&str>> {
        self.page.flash.secret.as_ref().map(|codes| codes.lines().collect())
    }
    /// The new codes as a file, without a script.
    fn file(&self) -> String {
        let codes = self.page.flash.secret.as_deref().unwrap_or_default().replace('\n', "\r\n");
        format!("data:text/plain;charset=utf-8;base64,{}", STANDARD.encode(codes))
    }
}

#[derive(Deserialize)]
struct RequiredQuery {
    /// The page that was asked for needs a second factor.
    #[serde(default)]
    required: bool,
}

/// Sets a second factor up: password, key, code, recovery codes. Or renews the codes and turns it off.
#[get("/account/second-factor")]
pub(super) async fn show_second_factor(
    page: PageContext,
    caller: SignedIn,
    query: Query<RequiredQuery>,
) -> Result<HttpResponse, Problem> {
    let is_required = query.into_result()?.required || !page.require_user()?.need_second_factor.is_empty();
    let (user, session, now) = (caller.user, caller.session, caller.now);
    let found = caller.context.db.read(move |tx| {
        let account = find_account(tx, user)?;
        let pending = enrolment::find_pending(tx, &account, session, now)?;
        Ok::<_, Problem>((store::is_enabled(tx, user)?, store::count_recovery_codes(tx, user)?, pending))
    });
    let (is_enabled, recovery_codes_left, pending) = found.await?;
    let key = pending.map(Key::new).transpose()?;
    let mut response = render_page(SecondFactor { page, is_enabled, recovery_codes_left, key, is_required }).await?;
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    Ok(response)
}
