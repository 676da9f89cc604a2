//! The stylesheet, scripts and icons, compiled in. Their addresses hold a digest of what is in them, so that a browser
//! keeps them for ever and never an old one.
use std::sync::LazyLock;

use actix_web::{HttpRequest, HttpResponse, get, http::header, web};
use sha2::{Digest, Sha256};

use hoicho_web::http::{Code, Problem};

/// Name, type, content.
const FILES: [(&str, &str, &str); 9] = [
    ("console.css", "text/css; charset=utf-8", include_str!("assets/console.css")),
    ("console.js", JS, include_str!("assets/console.js")),
    ("live.js", JS, include_str!("assets/live.js")),
    ("plan.js", JS, include_str!("assets/plan.js")),
    ("plan-view.js", JS, include_str!("assets/plan-view.js")),
    ("grid.js", JS, include_str!("assets/grid.js")),
    ("keypad.js", JS, include_str!("assets/keypad.js")),
    ("gate.js", JS, include_str!("assets/gate.js")),
    ("icon.svg", "image/svg+xml", include_str!("assets/icon.svg")),
];
const JS: &str = "text/javascript; charset=utf-8";

/// One digest of all of them: they are published together, and modules import each other by name.
pub(super) static DIGEST: LazyLock<String> = LazyLock::new(|| {
    let mut digest = Sha256::new();
    FILES.iter().for_each(|(_, _, content)| digest.update(content));
    digest.finalize().iter().take(8).map(|b| format!("{b:02x}")).collect()
});

/// Where a file is.
pub(super) fn address(name: &str) -> String {
    format!("/assets/{}/{name}", *DIGEST)
}

/// A file of the console.
#[get("/assets/{digest}/{name}")]
pub(super) async fn asset(path: web::Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let (digest, name) = path.into_inner();
    let (_, kind, content) = FILES.iter().find(|(n, _, _)| *n == name).ok_or(Code::NotFound)?;
    // An old page on a new server gets the new file, which must not be kept as the old one.
    let keep = if digest == *DIGEST { "public, max-age=31536000, immutable" } else { "no-cache" };
    Ok(HttpResponse::Ok().content_type(*kind).insert_header((header::CACHE_CONTROL, keep)).body(*content))
}

/// The icon where browsers look for it.
#[get("/favicon.ico")]
pub(super) async fn favicon(_: HttpRequest) -> HttpResponse {
    HttpResponse::MovedPermanently().insert_header((header::LOCATION, address("icon.svg"))).finish()
}
