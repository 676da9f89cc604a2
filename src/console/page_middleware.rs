//! Middleware of all pages: error pages, security headers and cache headers.
use actix_web::{
    HttpResponse,
    body::BoxBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderValue},
    },
    middleware::Next,
    web,
};
use askama::Template;

use super::{
    embed,
    flash::{self, Flash},
    page_context::{PageContext, html_response},
    page_language::{LanguageSource, language_source},
};
use hoicho_web::{
    http::{Code, Problem, security_headers},
    identity::RequestContext,
};

#[derive(Template)]
#[template(path = "error.html")]
struct ErrorPage {
    page: PageContext,
    title: String,
    detail: Option<String>,
    is_busy: bool,
}

fn problem_page(page: PageContext, problem: &Problem) -> HttpResponse {
    let language = page.language();
    // Small, and needed when the pool for rendering is full: rendered here.
    let error_page = ErrorPage {
        title: problem.code.title().get(language).to_owned(),
        detail: problem.detail.as_ref().map(|d| d.get(language).to_owned()),
        is_busy: matches!(problem.code, Code::Unavailable | Code::TooManyRequests),
        page,
    };
    let mut response =
        html_response(error_page.render()).unwrap_or_else(|_| HttpResponse::InternalServerError().finish());
    *response.status_mut() = problem.code.status();
    if let Some(seconds) = problem.retry_after_s {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// Renders a problem that arose before the request was routed: as JSON for the API, as a page for the others.
pub fn render_problem(response: ServiceResponse) -> ServiceResponse {
    let req = response.request();
    let problem = response.response().error().and_then(|e| e.as_error::<Problem>()).cloned();
    let context = req.app_data::<web::Data<RequestContext>>().cloned();
    let (Some(problem), Some(context)) = (problem, context) else { return response };
    if req.path().starts_with("/api/") {
        return Problem::localize(response);
    }
    let mut rendered = problem_page(PageContext::anonymous(req, context.clock.now()), &problem);
    security_headers::set_page_headers(rendered.headers_mut(), false);
    rendered.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.into_response(rendered)
}

/// Middleware: renders problems as error pages, redirects unauthenticated GET requests to the login page, and those of people who
/// lack a required second factor to the page that sets it up, and sets the security and cache headers.
pub async fn middleware(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse, actix_web::Error> {
    let Some(context) = req.app_data::<web::Data<RequestContext>>().cloned() else {
        return Ok(req.error_response(Problem::from(Code::Internal)));
    };
    let mut response = next.call(req).await?;
    let problem = response.response().error().and_then(|e| e.as_error::<Problem>()).cloned();
    if let Some(problem) = problem {
        let page = PageContext::anonymous(response.request(), context.clock.now());
        let is_get = response.request().method() == Method::GET;
        let rendered = if problem.code == Code::SecondFactorRequired && is_get {
            HttpResponse::SeeOther().insert_header((header::LOCATION, "/account/second-factor?required=true")).finish()
        } else if problem.code == Code::LoginRequired && is_get {
            let query = serde_urlencoded::to_string([("next", page.path_and_query.as_str())]).unwrap_or_default();
            HttpResponse::SeeOther().insert_header((header::LOCATION, format!("/login?{query}"))).finish()
        } else {
            problem_page(page, &problem)
        };
        response = response.into_response(rendered);
    }
    let is_html = response.headers().get(header::CONTENT_TYPE).is_some_and(|v| v.as_bytes().starts_with(b"text/html"));
    if is_html && Flash::from_request(response.request()).is_some() {
        response.response_mut().add_cookie(&flash::expired_cookie(context.secure_cookies))?;
    }
    let source = language_source(response.request());
    let is_embed = response.request().path().starts_with(embed::EMBED_PREFIX) && response.status().is_success();
    let headers = response.headers_mut();
    security_headers::set_page_headers(headers, is_embed);
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    }
    // A page shows who is logged in; the feed of an edition has drafts for staff only.
    if let Some(source) = source {
        let vary = match source {
            LanguageSource::Address => "Cookie",
            LanguageSource::Headers => "Cookie, Accept-Language",
        };
        headers.insert(header::VARY, HeaderValue::from_static(vary));
    }
    Ok(response)
}
