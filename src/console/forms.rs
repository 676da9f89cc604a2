//! The console's way to the API: a form is sent to `/form/…`, becomes the JSON body of the operation at `/api/v1/…` and
//! runs through it like any other call, with the same checks, permits, versions and audit. Whoever sent it is led on to
//! the next page, or back to the form with what was wrong.
//!
//! Fields that begin with `_` are for this module: `_method`, `_next` and `_back` (pages; `{name}` in `_next` is
//! replaced from the answer), `_seen` (the version the person saw), `_once` (made with the page, so that sending a form
//! twice does its work once), `_done` (the message that says it is done), `_show` (what of the answer is shown once), `_type` (of a file or a text that is sent as it is), `_file_name` (which
//! parameter says what a file is called).
use std::collections::BTreeMap;

use actix_web::{
    HttpMessage, HttpResponse,
    body::{BoxBody, MessageBody, to_bytes_limited},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        Method, Uri,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::{self, Bytes},
};
use futures_util::{StreamExt, stream};
use serde_json::Value;

use super::{flash::Flash, multipart, schema::Bodies, session, shell};
use hoicho_core::i18n::{Language, Said, Words};
use hoicho_web::identity::RequestContext;
use hoicho_web::{
    http::{Code, Problem, body::BODY_LIMIT},
    identity::session::Tokens,
};

/// Where forms are sent.
pub(super) const PREFIX: &str = "/form/";
/// Bytes a form with a file may have.
const FILE_LIMIT: usize = 11 * 1024 * 1024;
/// Bytes of an answer that are looked at.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// A file of a form.
#[derive(Debug)]
pub(super) struct SentFile {
    /// As it is called where it comes from.
    pub name: String,
    /// MIME, as the browser says.
    pub kind: String,
    pub bytes: Bytes,
}

/// A form as it was sent.
#[derive(Debug, Default)]
pub(super) struct Sent {
    /// Names and values in the order of the page.
    pub fields: Vec<(String, String)>,
    /// A file.
    pub file: Option<SentFile>,
}

impl Sent {
    fn control(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(n, v)| n == name && !v.is_empty()).map(|(_, v)| v.as_str())
    }
    /// A page of ours, and nothing else: who sends a form must not be led away.
    fn page(&self, name: &str) -> Option<&str> {
        self.control(name).filter(|page| shell::is_ours(page))
    }
    fn typed(&self) -> Vec<(String, String)> {
        self.fields.iter().filter(|(name, _)| !name.starts_with('_')).cloned().collect()
    }
}

/// Reads a form, of either kind that browsers send.
async fn read(req: &mut ServiceRequest) -> Result<Sent, Problem> {
    let is_multipart = multipart::boundary(req.headers()).is_some();
    let most = if is_multipart { FILE_LIMIT } else { BODY_LIMIT };
    let mut payload = req.take_payload();
    let mut body = web::BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Code::BadRequest)?;
        if body.len() + chunk.len() > most {
            return Err(Problem::new(Code::TooLarge, Said("the-file-or-the-form-is-too")));
        }
        body.extend_from_slice(&chunk);
    }
    if let Some(boundary) = multipart::boundary(req.headers()) {
        return multipart::read(boundary, body.freeze()).await;
    }
    let fields = serde_urlencoded::from_bytes(&body).map_err(|_| Code::BadRequest)?;
    Ok(Sent { fields, file: None })
}

/// Changes the request into the API call that the form stands for.
fn aim(req: &mut ServiceRequest, sent: &Sent, bodies: &Bodies, language: Language) -> Result<(), Problem> {
    let rest = req.path().strip_prefix(PREFIX).unwrap_or_default();
    let path = format!("/api/v1/{rest}");
    let method = match sent.control("_method") {
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
    let body = match (&sent.file, sent.control("_type")) {
        (Some(file), told) => Some((told.unwrap_or(&file.kind).to_owned(), file.bytes.clone())),
        (None, Some(kind)) => {
            Some((kind.to_owned(), Bytes::from(sent.control("_text").unwrap_or_default().to_owned())))
        }
        (None, None) => {
            let made = bodies.body(method.as_str(), &path, &sent.typed());
            made.map(|value| ("application/json".to_owned(), Bytes::from(value.to_string())))
        }
    };
    // What comes with a file is said in the query: the body is the file itself.
    let query = match &sent.file {
        Some(file) => {
            let name = sent.control("_file_name").map(|field| (field.to_owned(), file.name.clone()));
            let fields: Vec<_> = sent.typed().into_iter().chain(name).collect();
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
    if let Some(seen) = sent.control("_seen") {
        set(&mut head.headers, header::IF_MATCH, &format!("\"v{seen}\""));
    }
    if let Some(once) = sent.control("_once").filter(|_| method == Method::POST) {
        set(&mut head.headers, HeaderName::from_static("idempotency-key"), once);
    }
    if let Some((kind, bytes)) = body {
        set(&mut head.headers, header::CONTENT_TYPE, &kind);
        req.set_payload(Payload::Stream { payload: Box::pin(stream::once(async { Ok(bytes) })) });
    }
    Ok(())
}

/// Puts what the answer says into the address of the next page.
fn filled(next: &str, answer: &Value) -> String {
    let mut page = next.to_owned();
    for (name, value) in answer.as_object().into_iter().flatten() {
        let value = match value {
            Value::String(text) => text.clone(),
            Value::Number(number) => number.to_string(),
            Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => continue,
        };
        page = page.replace(&format!("{{{name}}}"), &urlencode(&value));
    }
    page
}

fn urlencode(text: &str) -> String {
    serde_urlencoded::to_string([("", text)]).unwrap_or_default().trim_start_matches('=').to_owned()
}

fn path_of(page: &str) -> &str {
    page.split(['?', '#']).next().unwrap_or(page)
}

/// What the API said is wrong, for the page the form is on.
fn refusal(words: Words, status: u16, answer: &Value, sent: &Sent, back: &str) -> Flash {
    let text = |at: &str| answer.get(at).and_then(Value::as_str).map(str::to_owned);
    let mut fields = BTreeMap::new();
    let mut wrong: Vec<String> = Vec::new();
    let named: Vec<&String> = sent.fields.iter().map(|(name, _)| name).collect();
    for error in answer.get("errors").and_then(Value::as_array).into_iter().flatten() {
        let at = |key: &str| error.get(key).and_then(Value::as_str).unwrap_or_default();
        let name = at("pointer").trim_start_matches('/').replace('/', ".");
        if named.iter().any(|n| **n == name) {
            fields.insert(name, at("detail").to_owned());
        } else {
            wrong.push(at("detail").to_owned());
        }
    }
    if status == 412 {
        // The page shows it as it is now, and what was typed beside the new version.
        wrong = vec![words.say("form-stale")];
    }
    if wrong.is_empty() {
        let said = text("detail").or_else(|| text("title"));
        wrong.extend(said.or_else(|| Some(words.fill("form-refused", "status", status))));
    }
    // A secret is typed again.
    // `current` and `new` are the passwords of the form that changes one.
    let is_secret =
        |name: &str| name.contains("password") || name.contains("token") || ["current", "new"].contains(&name);
    let mut typed: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (name, value) in sent.typed().into_iter().filter(|(name, _)| !is_secret(name)) {
        typed.entry(name).or_default().push(value);
    }
    Flash { page: path_of(back).to_owned(), wrong, fields, typed, ..Flash::default() }
}

fn lead(to: &str, flash: Option<Flash>, context: &RequestContext) -> HttpResponse {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((header::LOCATION, to)).insert_header((header::CACHE_CONTROL, "no-store"));
    if let Some(flash) = flash {
        response.cookie(flash.cookie(context.secure_cookies));
    }
    response.finish()
}

/// Carries forms to the API; everything else passes.
pub async fn carry<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    if req.method() != Method::POST || !req.path().starts_with(PREFIX) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let data = req.app_data::<web::Data<RequestContext>>().cloned().zip(req.app_data::<web::Data<Bodies>>().cloned());
    let Some((context, bodies)) = data else { return Ok(req.error_response(Problem::from(Code::Internal))) };
    let language = shell::language(req.request());
    let referer = req.headers().get(header::REFERER).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<Uri>().ok());
    let referer = referer.as_ref().and_then(|uri| uri.path_and_query()).map(|p| p.as_str().to_owned());
    let sent = match read(&mut req).await {
        Ok(sent) => sent,
        Err(problem) => return Ok(req.error_response(problem)),
    };
    let back = sent.page("_back").map(str::to_owned).or(referer).unwrap_or_else(|| "/".to_owned());
    if let Err(problem) = aim(&mut req, &sent, &bodies, language) {
        return Ok(req.error_response(problem));
    }
    let response = next.call(req).await?;
    let (req, response) = response.into_parts();
    let status = response.status();
    let bytes = to_bytes_limited(response.into_body(), ANSWER_LIMIT).await;
    let bytes = bytes.ok().and_then(Result::ok).unwrap_or_default();
    let answer: Value = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
    if !status.is_success() {
        let flash = refusal(Words(language), status.as_u16(), &answer, &sent, &back);
        // Who has been logged out meanwhile logs in, and finds the page again.
        let to = match status.as_u16() {
            401 if answer.get("code").is_some_and(|code| code == "login_required") => {
                format!("/login?next={}", urlencode(&back))
            }
            _ => back,
        };
        return Ok(ServiceResponse::new(req, lead(&to, Some(flash), &context)));
    }
    let to = filled(sent.page("_next").unwrap_or(&back), &answer);
    let warnings = answer.get("warnings").and_then(Value::as_array).into_iter().flatten();
    let warned: Vec<String> =
        warnings.filter_map(|w| w.get("detail").and_then(Value::as_str).map(str::to_owned)).collect();
    let shown = sent.control("_show").and_then(|name| answer.get(name)).and_then(Value::as_str).map(str::to_owned);
    let done = sent.control("_done").map(|key| Flash {
        shown,
        page: path_of(&to).to_owned(),
        done: Some(key.to_owned()),
        warned,
        ..Flash::default()
    });
    let mut response = lead(&to, done, &context);
    if let (Some(access), Some(refresh)) = (answer.get("access_token"), answer.get("refresh_token")) {
        let text = |v: &Value| v.as_str().unwrap_or_default().to_owned();
        let tokens =
            Tokens { access_token: text(access), expires_in: context.tokens.access_s(), refresh_token: text(refresh) };
        for cookie in session::cookies(&context, &tokens) {
            response.add_cookie(&cookie)?;
        }
    }
    Ok(ServiceResponse::new(req, response))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_led_to_another_site() {
        for page in [
            "//elsewhere.example",
            "https://elsewhere.example",
            "/\\elsewhere",
            "/x\r\nSet-Cookie: a=b",
            "javascript:x",
        ] {
            let sent = Sent { fields: vec![("_next".into(), page.into())], file: None };
            assert_eq!(sent.page("_next"), None, "{page}");
        }
    }

    #[test]
    fn the_next_page_is_named_by_the_answer() {
        let answer = serde_json::json!({ "slug": "hội chợ", "id": 7, "x": null });
        assert_eq!(filled("/manage/{slug}/{id}/{x}", &answer), "/manage/h%E1%BB%99i+ch%E1%BB%A3/7/{x}");
    }
}
