//! What makes a page an installed one: the manifest, and the worker that keeps the counter on the device.
use actix_web::{HttpResponse, get, http::header, web};
use serde_json::json;

use crate::{assets, shell::Shell};

/// The worker. It is asked for anew at every visit, so that an update arrives.
#[get("/gate/worker.js")]
pub(super) async fn worker() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/javascript; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(include_str!("../assets/worker.js").replace("VERSION", &assets::DIGEST))
}

fn answer(s: &Shell, name: String, start: &str) -> HttpResponse {
    let icon = json!({ "src": assets::address("icon.svg"), "sizes": "any", "type": "image/svg+xml", "purpose": "any" });
    let body = json!({
        "name": name, "short_name": name, "lang": s.lang(), "start_url": start, "scope": "/", "id": start,
        "display": "standalone", "background_color": "#f7f6f1", "theme_color": "#0b6e4f", "icons": [icon],
    });
    HttpResponse::Ok().content_type("application/manifest+json").body(body.to_string())
}

/// The console as an installed page.
#[get("/manifest.webmanifest")]
pub(super) async fn manifest(s: Shell) -> HttpResponse {
    answer(&s, "hoicho".to_owned(), "/home")
}

/// The counter of one edition as an installed page.
#[get("/gate/{edition}/manifest.webmanifest")]
pub(super) async fn gate_manifest(s: Shell, path: web::Path<String>) -> HttpResponse {
    let mut start = String::from("/gate/");
    start.extend(path.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-'));
    answer(&s, s.t("gate-app-name"), &start)
}
