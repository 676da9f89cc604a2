//! `/look`: sets the language and the theme of a browser, stored in cookies for a year.
use actix_web::{
    HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
    get,
    http::header,
    web,
};
use serde::Deserialize;

use crate::{
    page_context::{THEME_COOKIE, is_local_path},
    page_language::LANGUAGE_COOKIE,
};
use hoicho_core::i18n::Language;
use hoicho_web::{
    http::{Problem, Query},
    identity::RequestContext,
};

#[derive(Deserialize)]
struct PreferencesQuery {
    lang: Option<Language>,
    theme: Option<String>,
    back: Option<String>,
}

/// Sets the cookies and redirects back.
#[get("/look")]
pub(super) async fn set_preferences(
    context: web::Data<RequestContext>,
    query: Query<PreferencesQuery>,
) -> Result<HttpResponse, Problem> {
    let PreferencesQuery { lang, theme, back } = query.into_result()?;
    let back = back.filter(|b| is_local_path(b));
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, back.unwrap_or_else(|| "/".to_owned())));
    let build_cookie = |name: &'static str, value: String| {
        let cookie = Cookie::build(name, value).path("/").secure(context.secure_cookies).same_site(SameSite::Lax);
        cookie.http_only(true).max_age(Duration::days(365)).finish()
    };
    if let Some(lang) = lang {
        response.cookie(build_cookie(LANGUAGE_COOKIE, lang.tag().to_owned()));
    }
    if let Some(theme) = theme.filter(|t| t == "light" || t == "dark") {
        response.cookie(build_cookie(THEME_COOKIE, theme));
    }
    Ok(response.finish())
}
