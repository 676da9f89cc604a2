//! Middleware in front of the router: serves cached responses, and caches tagged ones.
use actix_web::{
    HttpResponse,
    body::{self, BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method, StatusCode,
        header::{self, AcceptEncoding, ContentEncoding, Header, HeaderMap, HeaderValue},
    },
    middleware::Next,
    web,
};

use super::{
    encoding::negotiate,
    store::{CachedResponse, Lookup, ResponseCache},
};
use hoicho_core::metrics::Metrics;

use crate::{
    changes::CacheTag,
    http::{conditional_get, etag},
    identity::RequestContext,
};

/// Clients may store the response, but must revalidate it each time.
const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("public, no-cache");
const VARY: HeaderValue = HeaderValue::from_static("accept-encoding, authorization, cookie");

/// Whether the response is the same for every caller.
fn is_public(req: &ServiceRequest) -> bool {
    req.method() == Method::GET
        && req.path().starts_with("/api/v1/editions")
        && !req.headers().contains_key(header::AUTHORIZATION)
        && !req.headers().contains_key(header::COOKIE)
}

/// Sets the headers that every public response has.
fn set_public_headers(headers: &mut HeaderMap, etag: HeaderValue) {
    headers.insert(header::ETAG, etag);
    headers.insert(header::CACHE_CONTROL, CACHE_CONTROL);
    headers.insert(header::VARY, VARY);
}

fn render(req: ServiceRequest, cached: &CachedResponse) -> ServiceResponse<BoxBody> {
    let unchanged = conditional_get::matches_etag(&req, &cached.etag);
    let mut response = if unchanged {
        HttpResponse::with_body(StatusCode::NOT_MODIFIED, BoxBody::new(()))
    } else {
        HttpResponse::with_body(StatusCode::OK, BoxBody::new(cached.body.clone()))
    };
    let headers = response.headers_mut();
    if !unchanged {
        for (name, header_value) in [
            (header::CONTENT_TYPE, &cached.content_type),
            (header::CONTENT_ENCODING, &cached.encoding),
            (header::LINK, &cached.link),
        ] {
            if let Some(header_value) = header_value {
                headers.insert(name, header_value.clone());
            }
        }
    }
    set_public_headers(headers, cached.etag.clone());
    req.into_response(response)
}

/// Serves a fresh cached response; otherwise calls the handler and caches its response if it is tagged.
pub async fn middleware<B: MessageBody + 'static>(
    mut req: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let shared =
        (req.app_data::<web::Data<RequestContext>>().cloned(), req.app_data::<web::Data<ResponseCache>>().cloned());
    let (Some(context), Some(cache)) = shared else { return Ok(next.call(req).await?.map_into_boxed_body()) };
    if !is_public(&req) {
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let started = std::time::Instant::now();
    let encoding = AcceptEncoding::parse(&req).map_or(ContentEncoding::Identity, |accepted| negotiate(&accepted));
    let key = [encoding.as_str(), req.path(), "?", req.query_string()].concat();
    let now = context.clock.now();
    if !cache.is_fresh(&context.db, now) && cache.refresh(&context.db, now).await.is_err() {
        // The database is unavailable: the handler responds with the error.
        return Ok(next.call(req).await?.map_into_boxed_body());
    }
    let mut lookup = cache.get(&key);
    let mut refill_permit = None;
    if matches!(lookup, Lookup::Stale) {
        refill_permit = cache.lock_refill(&key).await;
        lookup = cache.get(&key);
    }
    if let Lookup::Fresh(entry) = lookup {
        let response = render(req, &entry.response);
        entry.response.request_metrics.record(response.status().as_u16(), started);
        return Ok(response);
    }
    let epoch = cache.epoch();
    req.headers_mut().insert(header::ACCEPT_ENCODING, encoding.to_header_value());
    let response = next.call(req).await?.map_into_boxed_body();
    let response = store(&cache, response, key, epoch).await;
    drop(refill_permit);
    response
}

/// Caches a tagged response with status 200, and adds its ETag, a digest of the bytes.
async fn store(
    cache: &ResponseCache,
    response: ServiceResponse<BoxBody>,
    key: String,
    epoch: u64,
) -> Result<ServiceResponse<BoxBody>, actix_web::Error> {
    let tag = response.response().extensions().get::<CacheTag>().copied();
    let Some(tag) = tag.filter(|_| response.status() == StatusCode::OK) else { return Ok(response) };
    let Some(metrics) = response.request().app_data::<web::Data<Metrics>>().cloned() else { return Ok(response) };
    let route = response.request().match_pattern().unwrap_or_default();
    let (req, response) = response.into_parts();
    let (mut response, body) = response.into_parts();
    let bytes = body::to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    let digest = etag::body_digest(&bytes).await?;
    let etag = HeaderValue::try_from(format!("\"{digest}\"")).map_err(actix_web::error::ErrorInternalServerError)?;
    let unchanged = conditional_get::matches_etag(&req, &etag);
    let header_value = |name| response.headers().get(name).cloned();
    let cached = CachedResponse {
        content_type: header_value(header::CONTENT_TYPE),
        encoding: header_value(header::CONTENT_ENCODING),
        link: header_value(header::LINK),
        etag: etag.clone(),
        body: bytes.clone(),
        request_metrics: metrics.for_route("GET", &route),
    };
    cache.insert(key, tag, epoch, cached);
    let headers = response.headers_mut();
    set_public_headers(headers, etag);
    if unchanged {
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_ENCODING);
        *response.status_mut() = StatusCode::NOT_MODIFIED;
        return Ok(ServiceResponse::new(req, response.set_body(BoxBody::new(()))));
    }
    Ok(ServiceResponse::new(req, response.set_body(BoxBody::new(bytes))))
}
