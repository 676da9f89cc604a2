//! Static assets (stylesheet, scripts, icon), embedded in the binary. Their URLs contain a content digest, so browsers
//! cache them as immutable.
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use sha2::{Digest, Sha256};

use hoicho_web::http::{Code, Problem};

/// Name, type, content.
const FILES: [(&str, &str, &str); 11] = [
    ("console.css", "text/css; charset=utf-8", include_str!("assets/console.css")),
    ("console.js", JS, include_str!("assets/console.js")),
    ("live.js", JS, include_str!("assets/live.js")),
    ("plan.js", JS, include_str!("assets/plan.js")),
    ("plan-view.js", JS, include_str!("assets/plan-view.js")),
    ("grid.js", JS, include_str!("assets/grid.js")),
    ("keypad.js", JS, include_str!("assets/keypad.js")),
    ("passkeys.js", JS, include_str!("assets/passkeys.js")),
    ("typed-values.js", JS, include_str!("assets/typed-values.js")),
    ("gate.js", JS, include_str!("assets/gate.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];
const JS: &str = "text/javascript; charset=utf-8";

/// One digest for all files: they are deployed together, and the modules import each other by relative name.
pub(super) static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    FILES.iter().for_each(|(_, _, content)| digest.update(content));
    digest.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
});

/// URL path of an asset.
pub(super) fn asset_path(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// Serves an asset.
#[get("/assets/{digest}/{name}")]
pub(super) async fn asset(path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (digest, name) = path.into_inner();
    let (_, content_type, content) = FILES.iter().find(|(n, _, _)| *n == name).ok_or(Code::NotFound)?;
    // A page from the previous deployment gets the current file, which must not be cached under the old digest.
    let cache_control = if digest == *DIGEST { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok()
        .content_type(*content_type)
        .insert_header((header::CACHE_CONTROL, cache_control))
        .body(*content))
}

/// Redirects the default icon path to the asset.
#[get("/favicon.ico")]
pub(super) async fn favicon(_: HttpRequest) -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((header::LOCATION, asset_path("icon.svg"))).finish()
}
