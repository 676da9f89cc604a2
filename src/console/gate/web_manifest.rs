//! Progressive web app: web manifests and the service worker that caches the counter for offline use.
use actix_web::{HttpResponse, get, http::header, web};
use serde_json::json;

use crate::{assets, page_context::PageContext};

/// Serves the service worker. `no-cache`, so that browsers detect updates.
#[get("/gate/worker.js")]
pub(super) async fn worker() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(include_str!("../assets/worker.js").replace("VERSION", &assets::DIGEST))
}

fn manifest_response(page: &PageContext, name: String, start: &str) -> HttpResponse {
    let icon =
        json!({ "src": assets::asset_path("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any" });
    let body = json!({
        "name": name, "short_name": name, "lang": page.lang(), "start_url": start, "scope": "/", "id": start,
        "display": "standalone", "background_color": "#f7f6f1", "theme_color": "#0b6e4f", "icons": [icon],
    });
    HttpResponse::Ok().content_type("application/manifest+json").body(body.to_string())
}

/// Manifest of the console.
#[get("/manifest.webmanifest")]
pub(super) async fn manifest(page: PageContext) -> HttpResponse {
    manifest_response(&page, "hoicho".to_owned(), "/home")
}

/// Manifest of the counter of an edition.
#[get("/gate/{edition}/manifest.webmanifest")]
pub(super) async fn gate_manifest(page: PageContext, path: web::Path<String>) -> HttpResponse {
    let mut start = String::from("/gate/");
    start.extend(path.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-'));
    manifest_response(&page, page.t("gate-app-name"), &start)
}
