//! What a page of the console weighs and how a floor plan moves, measured with Chromium's own tools on the demo, and
//! pictures of the pages: `cargo bench --bench console`. Figures go to `target/figures/console.json`, pictures to
//! `target/screens`; with `-- --docs` those of the README and of docs/console.md are made anew.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
#[path = "../tests/console/browser.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod browser;
#[path = "../tests/cli/server.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod server;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "the tests use the rest")]
mod wait;

use std::path::Path;

use browser::{Browser, DESKTOP, Look, PHONE};
use serde_json::{Value, json};
use server::{Server, free_port};

const DEMO: &str = "ocop-quang-ninh-demo";

/// What a page weighs on its way here, with nothing kept from before: page, stylesheet, scripts, pictures.
const WEIGHT: &str = "const [page] = performance.getEntriesByType('navigation');
     const resources = performance.getEntriesByType('resource').filter((r) => !r.name.includes('/events'));
     const bytes = [page, ...resources].reduce((sum, r) => sum + r.transferSize, 0);
     return { bytes, requests: resources.length + 1, interactive_ms: Math.round(page.domInteractive) }";

/// Moves the plan for three seconds, and how long each frame took.
const FRAMES: &str = "const done = arguments[0];
     const svg = document.querySelector('.plan svg');
     const box = svg.getBoundingClientRect();
     const at = { clientX: box.x + box.width / 2, clientY: box.y + box.height / 2 };
     const pointer = (kind, more) => svg.dispatchEvent(new PointerEvent(kind, { bubbles: true, pointerId: 1, ...more }));
     const times = []; let last = performance.now(); const begun = last;
     svg.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, pointerId: 1, button: 0, isPrimary: true, ...at }));
     const step = (now) => { times.push(now - last); last = now; const t = (now - begun) / 1000;
       if (t > 3) {
         pointer('pointerup', at);
         times.sort((a, b) => a - b);
         const q = (p) => Math.round(times[Math.floor(times.length * p)] * 10) / 10;
         const late = times.filter((d) => d > 34).length;
         return done({ frames: times.length, median_ms: q(0.5), p95_ms: q(0.95), longest_ms: q(0.999), late });
       }
       if (t < 1.5) svg.dispatchEvent(new WheelEvent('wheel', { bubbles: true, cancelable: true, deltaY: t < 0.75 ? -60 : 60, ...at }));
       else pointer('pointermove', { clientX: at.clientX + 120 * Math.sin(t * 6), clientY: at.clientY + 60 * Math.cos(t * 6) });
       requestAnimationFrame(step); };
     requestAnimationFrame(step);";

async fn open(server: &Server, look: Look, who: Option<&str>) -> (Browser, tempfile::TempDir) {
    let profile = tempfile::tempdir().unwrap();
    let browser = Browser::open(server.address().url(), profile.path(), look).await;
    if let Some(email) = who {
        browser.log_in(email, "hoi-cho-ocop").await;
    }
    if look.is_dark {
        browser.go("/look?theme=dark&back=/").await;
    }
    (browser, profile)
}

async fn measure(server: &Server) -> Vec<Value> {
    let mut figures = Vec::new();
    let note = |figures: &mut Vec<Value>, name: &str, value: &Value, unit: &str| {
        figures.push(json!({ "name": name, "value": value, "unit": unit, "baseline": null, "ratio": null }));
    };
    for (name, page, who) in [
        ("first page", "/".to_owned(), None),
        ("public page of the fair of 460 booths", "/fairs/ocop-mien-bac-2018".to_owned(), None),
        ("figures with charts", "/fairs/ocop-quang-ninh-xuan-2018/figures".to_owned(), None),
        (
            "floor plan of 460 booths to work on",
            "/manage/ocop-mien-bac-2018/plan".to_owned(),
            Some("bantochuc@example.vn"),
        ),
        ("sales sheet of 100 booths", format!("/manage/{DEMO}/sales"), Some("bantochuc@example.vn")),
        ("counter at a gate", format!("/gate/{DEMO}"), Some("soatve@example.vn")),
    ] {
        let (browser, _profile) = open(server, PHONE, who).await;
        browser.chromium("Network.clearBrowserCache", json!({})).await;
        browser.go(&page).await;
        browser.until("document.readyState === 'complete'").await;
        let found = browser.script(WEIGHT).await;
        println!("{name:45} {:>8} bytes {:>3} requests", found["bytes"].to_string(), found["requests"].to_string());
        note(&mut figures, &format!("{name}: on the wire"), &found["bytes"], "bytes");
        browser.close().await;
    }
    for (name, slowdown) in [("as it is", 1), ("processor four times slower", 4)] {
        let (browser, _profile) = open(server, DESKTOP, None).await;
        browser.go("/fairs/ocop-mien-bac-2018").await;
        browser.chromium("Emulation.setCPUThrottlingRate", json!({ "rate": slowdown })).await;
        let found = browser.client.execute_async(FRAMES, vec![]).await.unwrap();
        println!("moving 460 booths, {name}: {found}");
        for (key, unit) in [
            ("median_ms", "ms a frame"),
            ("p95_ms", "ms a frame"),
            ("late", "frames over 34 ms"),
            ("frames", "frames in 3 s"),
        ] {
            note(&mut figures, &format!("moving 460 booths, {name}: {key}"), &found[key], unit);
        }
        browser.close().await;
    }
    figures
}

/// Name, page, look, who is logged in.
fn screenshots(server: &Server) -> Vec<(String, String, Look, Option<&'static str>)> {
    let login = json!({ "email": "htx@example.vn", "password": "hoi-cho-ocop" });
    let token = server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned();
    let me = server.get("/me", Some(&token));
    let mine = me["organisations"].as_array().unwrap().last().unwrap()["organisation"].as_str().unwrap().to_owned();
    let booths = server.get(&format!("/editions/{DEMO}/booths?limit=1"), None);
    let booth = booths["items"][0]["id"].as_str().unwrap().to_owned();
    let today = chrono::Utc::now().with_timezone(&chrono_tz::Asia::Ho_Chi_Minh).date_naive();
    let (organiser, seller, gate) = (Some("bantochuc@example.vn"), Some("htx@example.vn"), Some("soatve@example.vn"));
    let pages = [
        ("editions", "/".to_owned(), None),
        ("edition", "/fairs/ocop-mien-bac-2018".to_owned(), None),
        ("search", format!("/fairs/{DEMO}/exhibitors?q=mien+dong"), None),
        ("figures", "/fairs/ocop-quang-ninh-xuan-2018/figures".to_owned(), None),
        ("not-found", "/fairs/khong-co".to_owned(), None),
        ("login", "/login".to_owned(), None),
        ("dashboard", format!("/manage/{DEMO}"), organiser),
        ("setup", format!("/manage/{DEMO}/setup"), organiser),
        ("floor", format!("/manage/{DEMO}/floor"), organiser),
        ("applications", format!("/manage/{DEMO}/applications"), organiser),
        ("plan", format!("/manage/{DEMO}/plan?booth={booth}"), organiser),
        ("plan-sales", "/manage/ocop-mien-bac-2018/plan?colour=sales".to_owned(), organiser),
        ("sales", format!("/manage/{DEMO}/sales"), organiser),
        ("visits", format!("/manage/{DEMO}/visits"), organiser),
        ("reports", format!("/manage/{DEMO}/reports"), organiser),
        ("my-page", format!("/my/{mine}"), seller),
        ("report", format!("/report/{booth}/{today}"), seller),
        ("results", format!("/my/{mine}/results"), seller),
        ("gate", format!("/gate/{DEMO}"), gate),
    ];
    let looks = [
        ("phone-vi-light", PHONE),
        ("phone-en-dark", Look { is_dark: true, language: "en", ..PHONE }),
        ("desk-vi-light", DESKTOP),
        ("desk-en-dark", Look { is_dark: true, language: "en", ..DESKTOP }),
    ];
    let all = pages
        .iter()
        .flat_map(|(name, page, who)| looks.map(|(of, look)| (format!("{name}-{of}"), page.clone(), look, *who)));
    all.collect()
}

async fn save_screenshots(server: &Server, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    let all = screenshots(server);
    let bar = indicatif::ProgressBar::new(u64::try_from(all.len()).unwrap());
    let mut groups: Vec<(&'static str, Option<&'static str>, bool)> = Vec::new();
    for (_, _, look, who) in &all {
        let key = (look.language, *who, look.width < 700);
        if !groups.contains(&key) {
            groups.push(key);
        }
    }
    for (language, who, is_phone) in groups {
        let of: Vec<_> = all
            .iter()
            .filter(|(_, _, l, w)| l.language == language && *w == who && (l.width < 700) == is_phone)
            .collect();
        let (browser, _profile) = open(server, of[0].2, who).await;
        for (name, page, _, _) in of {
            browser.go(page).await;
            browser.until("document.readyState === 'complete'").await;
            if page.starts_with("/gate/") {
                let select = "const gate = document.querySelector('#gate'); gate.selectedIndex = 1;
                     gate.dispatchEvent(new Event('change', { bubbles: true }))";
                browser.script(select).await;
                browser.until("document.querySelector('[data-gate]').dataset.installed").await;
            }
            std::fs::write(into.join(format!("{name}.png")), browser.client.screenshot().await.unwrap()).unwrap();
            bar.inc(1);
        }
        browser.close().await;
    }
    bar.finish();
}

fn main() {
    if !browser::is_installed("the console's measurements") {
        return;
    }
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir().unwrap();
    let limits = [("HOICHO_LIMITS__AUTH_PER_MINUTE", "10000")];
    let server = Server::start_at(free_port(), &folder.path().join("demo"), &["demo"], &limits);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let figures = runtime.block_on(measure(&server));
    let into = root.join("target/figures");
    std::fs::create_dir_all(&into).unwrap();
    std::fs::write(into.join("console.json"), serde_json::to_string_pretty(&figures).unwrap()).unwrap();
    let screens = root.join("target/screens");
    runtime.block_on(save_screenshots(&server, &screens));
    println!("pictures: {}", screens.display());
    if std::env::args().any(|a| a == "--docs") {
        let docs = root.join("docs/screens");
        std::fs::create_dir_all(&docs).unwrap();
        for name in [
            "plan-desk-vi-light",
            "dashboard-desk-en-dark",
            "report-phone-vi-light",
            "gate-phone-vi-light",
            "figures-desk-vi-light",
        ] {
            std::fs::copy(screens.join(format!("{name}.png")), docs.join(format!("{name}.png"))).unwrap();
        }
    }
    server.stop();
}
