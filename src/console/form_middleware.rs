//! Form middleware: rewrites a form submission to `/form/…` into a JSON request to the operation at `/api/v1/…`, so that
//! validation, authorization, versions and audit are those of the API. Redirects to the next page on success, or back
//! to the form with the errors.
//!
//! Fields that begin with `_` control this module:
//! - `_method`: HTTP method; the default is `POST`.
//! - `_next`: page after success; `{id}` and `{slug}` are replaced with those of the response.
//! - `_back`: page after an error; the default is the referrer.
//! - `_seen`: version that the page showed, sent as `If-Match`.
//! - `_once`: idempotency key, generated with the page.
//! - `_done`: key of the success message.
//! - `_show`: property of the response to show once, e.g. a new secret or a list of them.
//! - `_type`: content type of a file, or of `_text`, which is then sent as the body unchanged.
//! - `_file_name`: query parameter that receives the file name.
//! - `_ask`: question before a step that cannot be undone; `_confirmed`: it was answered (see `confirmation`).
use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody, to_bytes_limited},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::{self, Bytes},
};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::{
    confirmation,
    flash::Flash,
    form_schema::{FieldErrors, RequestSchemas},
    multipart, page_context, page_language, session_middleware,
    submitted_form::{FORM_PREFIX, SubmittedForm},
};
use hoicho_core::i18n::{Language, LocalizedText, Localizer, MessageId};
use hoicho_web::{
    http::{
        Code, Problem,
        size_limits::{MAX_BUFFERED_BYTES, MAX_JSON_BYTES, MIB},
    },
    identity::{RequestContext, session::Tokens},
};

/// Max size of an API response that is parsed, in bytes.
const MAX_RESPONSE_BYTES: usize = 4 * MIB;
/// Operation that completes a login by the second factor.
const SECOND_STEP_PATH: &str = "/api/v1/auth/second-factor";

/// Reads a form, URL-encoded or multipart.
async fn read_form(req: &mut ServiceRequest) -> Result<SubmittedForm, Problem> {
    let is_multipart = multipart::content_type_header(req.headers()).is_some();
    let max_bytes = if is_multipart { MAX_BUFFERED_BYTES } else { MAX_JSON_BYTES };
    let mut payload = req.take_payload();
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Code::BadRequest)?;
        if body.len() + chunk.len() > max_bytes {
            return Err(Problem::new(Code::TooLarge, MessageId("error-form-too-large")));
        }
        body.extend_from_slice(&chunk);
    }
    if let Some(boundary) = multipart::content_type_header(req.headers()) {
        return multipart::parse(boundary, body.freeze()).await;
    }
    let fields = serde_urlencoded::from_bytes(&body).map_err(|_| Code::BadRequest)?;
    Ok(SubmittedForm { fields, file: None })
}

/// Why a form is not sent to the API.
enum Refusal {
    Problem(Problem),
    /// Values that are not understood.
    Fields(FieldErrors),
}

impl From<Code> for Refusal {
    fn from(code: Code) -> Self {
        Self::Problem(code.into())
    }
}

/// Rewrites the request into the API request of the form.
fn rewrite_to_api(
    req: &mut ServiceRequest,
    sent: &SubmittedForm,
    bodies: &RequestSchemas,
    language: Language,
) -> Result<(), Refusal> {
    let rest = req.path().strip_prefix(FORM_PREFIX).unwrap_or_default();
    let path = format!("/api/v1/{rest}");
    let method = match sent.control_field("_method") {
        Some("PUT") => Method::PUT,
        Some("PATCH") => Method::PATCH,
        Some("DELETE") => Method::DELETE,
        Some(_) | None => Method::POST,
    };
    let set = |headers: &mut HeaderMap, name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    let body = match (&sent.file, sent.control_field("_type")) {
        (Some(file), content_type) => Some((content_type.unwrap_or(&file.content_type).to_owned(), file.bytes.clone())),
        (None, Some(content_type)) => {
            Some((content_type.to_owned(), Bytes::from(sent.control_field("_text").unwrap_or_default().to_owned())))
        }
        (None, None) => {
            let json = bodies.build_body(method.as_str(), &path, &sent.user_fields()).map_err(Refusal::Fields)?;
            json.map(|value| ("application/json".to_owned(), Bytes::from(value.to_string())))
        }
    };
    // The body is the file itself, so the other fields go to the query.
    let query = match &sent.file {
        Some(file) => {
            let name = sent.control_field("_file_name").map(|field| (field.to_owned(), file.name.clone()));
            let fields: Vec<_> = sent.user_fields().into_iter().chain(name).collect();
            serde_urlencoded::to_string(fields).unwrap_or_default()
        }
        None => req.query_string().to_owned(),
    };
    let uri = if query.is_empty() { path } else { format!("{path}?{query}") };
    let uri: Uri = uri.parse().map_err(|_| Code::NotFound)?;
    req.match_info_mut().get_mut().update(&uri);
    let head = req.head_mut();
    (head.uri, head.method) = (uri, method.clone());
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::TRANSFER_ENCODING, header::ACCEPT_ENCODING] {
        head.headers.remove(name);
    }
    set(&mut head.headers, header::ACCEPT_LANGUAGE, language.tag());
    set(&mut head.headers, header::ACCEPT, "application/json");
    if let Some(version) = sent.control_field("_seen") {
        set(&mut head.headers, header::IF_MATCH, &format!("\"v{version}\""));
    }
    if let Some(key) = sent.control_field("_once").filter(|_| method == Method::POST) {
        set(&mut head.headers, HeaderName::from_static("idempotency-key"), key);
    }
    if let Some((content_type, bytes)) = body {
        set(&mut head.headers, header::CONTENT_TYPE, &content_type);
        req.set_payload(Payload::Stream { payload: Box::pin(stream::once(async { Ok(bytes) })) });
    }
    Ok(())
}

/// Properties of a response that the next page may be named by: identifiers. Others can be secret, such as tokens.
const PLACEHOLDERS: [&str; 2] = ["id", "slug"];

/// Replaces `{id}` and `{slug}` in the path of the next page with those of the response.
fn fill_placeholders(next: &str, response: &Value) -> String {
    let mut path = next.to_owned();
    for name in PLACEHOLDERS {
        if let Some(value) = response.get(name).and_then(Value::as_str) {
            path = path.replace(&format!("{{{name}}}"), &urlencode(value));
        }
    }
    path
}

fn urlencode(text: &str) -> String {
    serde_urlencoded::to_string([("", text)]).unwrap_or_default().trim_start_matches('=').to_owned()
}

/// A text, or the lines of a list of texts.
fn shown_once(value: &Value) -> Option<String> {
    let lines = || value.as_array()?.iter().map(Value::as_str).collect::<Option<Vec<_>>>();
    value.as_str().map(str::to_owned).or_else(|| lines().map(|lines| lines.join("\n")))
}

fn strip_query(url: &str) -> &str {
    url.split(['?', '#']).next().unwrap_or(url)
}

/// Converts an API error into a flash message. Errors of fields that the form does not have become general errors.
fn error_flash(localizer: Localizer, status: u16, problem: &Value, sent: &SubmittedForm, back: &str) -> Flash {
    let text = |key: &str| problem.get(key).and_then(Value::as_str).map(str::to_owned);
    let mut field_errors = BTreeMap::new();
    let mut errors: Vec<String> = Vec::new();
    let names: Vec<&String> = sent.fields.iter().map(|(name, _)| name).collect();
    for error in problem.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let member = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = member("pointer").trim_start_matches('/').replace('/', ".");
        if names.iter().any(|n| **n == name) {
            field_errors.insert(name, member("detail").to_owned());
        } else {
            errors.push(member("detail").to_owned());
        }
    }
    if status == 412 {
        // The page shows the current version together with the submitted values.
        errors = vec![localizer.localize("form-stale")];
    }
    if errors.is_empty() {
        let message = text("detail").or_else(|| text("title"));
        errors.extend(message.or_else(|| Some(localizer.localize_with("form-failed", "status", status))));
    }
    // Secrets are not stored in the cookie. `current` and `new` are the fields of the change-password form.
    let is_secret = |name: &str| {
        ["password", "token", "one_time_code"].iter().any(|secret| name.contains(secret))
            || ["current", "new"].contains(&name)
    };
    let mut submitted: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in sent.user_fields().into_iter().filter(|(name, _)| !is_secret(name)) {
        submitted.entry(name).or_default().push(value);
    }
    Flash { path: strip_query(back).to_owned(), errors, field_errors, submitted, ..Flash::default() }
}

fn redirect(to: &str, flash: Option<Flash>, context: &RequestContext) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to)).insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(flash) = flash {
        response.cookie(flash.cookie(context.secure_cookies));
    }
    response.finish()
}

/// Middleware: rewrites form submissions to API requests; passes other requests through.
pub async fn handle_form<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if req.method() != Method::POST || !req.path().starts_with(FORM_PREFIX) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let data =
        req.app_data::<web::Data<RequestContext>>().cloned().zip(req.app_data::<web::Data<RequestSchemas>>().cloned());
    let Some((context, bodies)) = data else { return Ok(req.error_response(Problem::from(Code::Internal))) };
    let language = page_language::request_language(req.request());
    let referer = req.headers().get(header::REFERER).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<Uri>().ok());
    let referer = referer.as_ref().and_then(|uri| uri.path_and_query()).map(|p| p.as_str().to_owned());
    let referer = referer.filter(|path| page_context::is_local_path(path));
    let sent = match read_form(&mut req).await {
        Ok(sent) => sent,
        Err(problem) => return Ok(req.error_response(problem)),
    };
    let back = sent.local_path("_back").map(str::to_owned).or(referer).unwrap_or_else(|| "/".to_owned());
    if confirmation::ask_first(&mut req, &sent, &back, Localizer(language)) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    match rewrite_to_api(&mut req, &sent, &bodies, language) {
        Ok(()) => {}
        Err(Refusal::Problem(problem)) => return Ok(req.error_response(problem)),
        Err(Refusal::Fields(errors)) => {
            let error = |(name, text): (String, LocalizedText)| {
                let pointer = format!("/{}", name.replace('.', "/"));
                serde_json::json!({ "pointer": pointer, "detail": text.get(language) })
            };
            let problem = serde_json::json!({ "errors": errors.into_iter().map(error).collect::<Vec<_>>() });
            let flash = error_flash(Localizer(language), 422, &problem, &sent, &back);
            return Ok(req.into_response(redirect(&back, Some(flash), &context)));
        }
    }
    let is_second_step = req.path() == SECOND_STEP_PATH;
    let response = next.call(req).await?;
    let (req, response) = response.into_parts();
    let status = response.status();
    let bytes = to_bytes_limited(response.into_body(), MAX_RESPONSE_BYTES).await;
    let bytes = bytes.ok().and_then(Result::ok).unwrap_or_default();
    let body: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if !status.is_success() {
        let is_expired = body.get("code").is_some_and(|code| code == "login_required");
        if is_expired && is_second_step {
            // The time for the second step is over: log in again, and then go where the login was to lead.
            let back = format!("/login?next={}", urlencode(sent.local_path("_next").unwrap_or("/home")));
            let flash = error_flash(Localizer(language), status.as_u16(), &body, &sent, &back);
            return Ok(ServiceResponse::new(req, redirect(&back, Some(flash), &context)));
        }
        let flash = error_flash(Localizer(language), status.as_u16(), &body, &sent, &back);
        // After the session has expired: log in, then return to the form.
        let to = match status.as_u16() {
            401 if is_expired => format!("/login?next={}", urlencode(&back)),
            _ => back,
        };
        return Ok(ServiceResponse::new(req, redirect(&to, Some(flash), &context)));
    }
    let challenge = body.get("challenge").and_then(Value::as_str).filter(|_| status == StatusCode::ACCEPTED);
    if let Some(challenge) = challenge {
        let to = format!("/login/code?next={}", urlencode(sent.local_path("_next").unwrap_or("/home")));
        let mut response = redirect(&to, None, &context);
        response.add_cookie(&session_middleware::challenge_cookie(&context, Some(challenge)))?;
        return Ok(ServiceResponse::new(req, response));
    }
    let to = fill_placeholders(sent.local_path("_next").unwrap_or(&back), &body);
    let warnings = body.get("warnings").and_then(Value::as_array).into_iter().flatten();
    let warnings: Vec<String> =
        warnings.filter_map(|w| w.get("detail").and_then(Value::as_str).map(str::to_owned)).collect();
    let secret = sent.control_field("_show").and_then(|name| body.get(name)).and_then(shown_once);
    let summary = body.get("summary").and_then(Value::as_str).map(str::to_owned);
    let flash = sent.control_field("_done").map(|key| Flash {
        secret,
        summary,
        path: strip_query(&to).to_owned(),
        success: Some(key.to_owned()),
        warnings,
        ..Flash::default()
    });
    let mut response = redirect(&to, flash, &context);
    if let (Some(access), Some(refresh)) = (body.get("access_token"), body.get("refresh_token")) {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let tokens = Tokens {
            access_token: text(access),
            expires_in: context.tokens.access_ttl_s(),
            refresh_token: text(refresh),
        };
        for cookie in session_middleware::session_cookies(&context, &tokens) {
            response.add_cookie(&cookie)?;
        }
        if is_second_step {
            response.add_cookie(&session_middleware::challenge_cookie(&context, None))?;
        }
    }
    Ok(ServiceResponse::new(req, response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn redirects_to_other_origins_are_rejected() {
        for url in [
            "//elsewhere.example",
            "https://elsewhere.example",
            "/\\elsewhere",
            "/x\r\nSet-Cookie: a=b",
            "javascript:x",
            "/\t/elsewhere.example/x",
            "/\u{b}/elsewhere.example",
            "/\0/elsewhere.example",
            "///elsewhere.example",
            "elsewhere",
            "",
        ] {
            let sent = SubmittedForm { fields: vec![("_next".into(), url.into())], file: None };
            assert_eq!(sent.local_path("_next"), None, "{url}");
        }
    }

    #[test]
    fn next_page_is_filled_from_the_response() {
        let response = serde_json::json!({ "slug": "hội chợ", "id": "7", "refresh_token": "secret" });
        let path = fill_placeholders("/manage/{slug}/{id}/{refresh_token}", &response);
        assert_eq!(path, "/manage/h%E1%BB%99i+ch%E1%BB%A3/7/{refresh_token}");
    }
}
