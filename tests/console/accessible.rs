//! Checks all pages with axe-core (WCAG 2.2 AA), in the light and the dark theme, on a phone and a desktop.
use std::{path::PathBuf, process::Command};

use serde_json::{Value, json};

use super::{
    browser::{self, Browser, DESKTOP, Look, PHONE},
    server::Server,
};

/// Runs axe-core; the promise is of its violations as JSON.
const RUN_AXE: &str = "(() => {
     const tags = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
     const shown = (node) => node.html.slice(0, 200) + ' ' + (node.any[0]?.message ?? '');
     const violation = ({ id, help, nodes }) => ({ id, help, nodes: nodes.slice(0, 3).map(shown) });
     return axe.run({ runOnly: tags }).then((result) => JSON.stringify(result.violations.map(violation)));
     })()";

/// How many pixels the page is wider than the window.
const OVERFLOW: &str = "const visible = (element) => getComputedStyle(element).overflowX === 'visible';
     const right = (element) => Math.max(element.scrollWidth * visible(element), element.getBoundingClientRect().right);
     const elements = [...document.querySelectorAll('body, body > *, .bar > *, main > *')];
     return Math.max(0, ...elements.map(right)) - document.documentElement.clientWidth;";

/// The source of axe-core, installed into the target folder.
fn axe() -> Option<String> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("axe");
    let file = folder.join("node_modules/axe-core/axe.min.js");
    if !file.exists() {
        let npm = browser::program(&["npm"])?;
        std::fs::create_dir_all(&folder).unwrap();
        let installed = Command::new(npm)
            .args(["install", "--no-save", "--no-audit", "--no-fund", "--ignore-scripts", "axe-core@4.11"])
            .current_dir(&folder)
            .output()
            .ok()?;
        if !installed.status.success() {
            return None;
        }
    }
    std::fs::read_to_string(file).ok()
}

/// Paths of the demo's pages for an account, or for a visitor.
fn pages(server: &Server, email: Option<&str>) -> Vec<String> {
    let demo = "ocop-quang-ninh-demo";
    let public = [
        "/",
        "/fairs/ocop-quang-ninh-demo",
        "/fairs/ocop-quang-ninh-demo/exhibitors?q=mien",
        "/fairs/ocop-quang-ninh-xuan-2018/figures",
        "/fairs/ocop-quang-ninh-v-2017/figures",
        "/fairs/khong-co",
        "/login",
        "/login/sso/link",
        "/register",
        "/check-mail",
        "/privacy",
        "/verify-email",
        "/forgot",
        "/reset-password",
        "/invitation",
    ];
    let Some(email) = email else { return public.map(str::to_owned).to_vec() };
    let login = serde_json::json!({ "email": email, "password": "hoi-cho-ocop" });
    let token = server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned();
    let me = server.get("/me", Some(&token));
    let mut pages: Vec<String> =
        ["/home", "/account", "/account/second-factor", "/new-organisation"].map(str::to_owned).to_vec();
    if let Some(organiser) = me["organisers"].as_array().unwrap().first() {
        let organiser = organiser["organiser"].as_str().unwrap();
        let booths = server.get(&format!("/editions/{demo}/booths?limit=1"), Some(&token));
        let booth = booths["items"][0]["id"].as_str().unwrap();
        let applications = server.get(&format!("/editions/{demo}/applications?limit=1&state=submitted"), Some(&token));
        let application = applications["items"][0]["id"].as_str().unwrap();
        let day = super::fair::today() - chrono::Duration::days(1);
        for page in [
            "",
            "/setup",
            "/floor",
            "/applications",
            "/plan",
            "/plan?colour=sales",
            "/plan?colour=locality",
            "/allocation-runs",
            "/sales",
            "/deals",
            "/visits",
            "/reports",
            "/finalise",
        ] {
            pages.push(format!("/manage/{demo}{page}"));
        }
        pages.push(format!("/manage/{demo}/booths/{booth}"));
        pages.push(format!("/manage/{demo}/plan?booth={booth}"));
        let run = json!({ "policy": "space_draw", "order": "date", "limit_s": 1 });
        let run = server.post(&format!("/editions/{demo}/allocation-runs"), &token, &run);
        pages.push(format!("/manage/{demo}/allocation-runs/{}", run["id"].as_str().unwrap()));
        pages.push(format!("/manage/{demo}/applications/{application}"));
        pages.push(format!("/report/{booth}/{day}"));
        pages.push(format!("/gate/{demo}"));
        let records = server.get(&format!("/organisers/{organiser}/exhibitors?limit=2"), Some(&token));
        let record = |n: usize| records["items"][n]["id"].as_str().unwrap().to_owned();
        let merge = format!("/exhibitors/{}/merge?exhibitor={}", record(0), record(1));
        let record = format!("/exhibitors/{}", record(0));
        for page in
            ["", "/new-edition", "/staff", "/keys", "/webhooks", "/places", "/audit", "/exhibitors", &record, &merge]
        {
            pages.push(format!("/organisers/{organiser}{page}"));
        }
    }
    pages.push("/link-invitations".to_owned());
    if let Some(organisation) = me["organisations"].as_array().unwrap().last() {
        let organisation = organisation["organisation"].as_str().unwrap();
        let first =
            |list: &str| server.get(&format!("/organisations/{organisation}/{list}"), Some(&token))["items"][0].clone();
        let product = first("products?limit=1")["id"].as_str().unwrap().to_owned();
        let application = first("applications");
        for page in ["", "/results", "/products", "/profile", "/members", "/links"] {
            pages.push(format!("/my/{organisation}{page}"));
        }
        pages.push(format!("/my/{organisation}/products/{product}"));
        pages.push(format!("/my-application/{}?step=check", application["id"].as_str().unwrap()));
        pages.push(format!("/exhibitors/{}", application["exhibitor"].as_str().unwrap()));
        pages.push(format!("/apply/{demo}"));
    }
    pages
}

#[tokio::test]
async fn pages_have_no_axe_violations_and_no_horizontal_scrolling() {
    let Some(_turn) = browser::turn("accessibility").await else { return };
    let Some(axe) = axe() else {
        assert!(std::env::var_os("HOICHO_TEST_REQUIRE_CHROMIUM").is_none(), "axe-core cannot be installed");
        eprintln!("SKIPPED accessibility: axe-core cannot be installed (npm is needed once)");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(
        &folder.path().join("demo"),
        &[
            ("HOICHO_LIMITS__AUTH_PER_MINUTE", "10000"),
            // Offered on the pages; it is not asked.
            ("HOICHO_SSO__ISSUER", "http://127.0.0.1:9"),
            ("HOICHO_SSO__CLIENT_ID", "hoicho"),
        ],
    );
    let address = server.address();
    // Added to the demo: a draft application, and a platform admin.
    let token = |email: &str| {
        let login = serde_json::json!({ "email": email, "password": "hoi-cho-ocop" });
        server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned()
    };
    let seller = token("htx@example.vn");
    super::fair::fair(&address, &token("bantochuc@example.vn"), "hoi-cho-moi", 4, 3);
    let me = server.get("/me", Some(&seller));
    let mine = me["organisations"].as_array().unwrap().last().unwrap()["organisation"].clone();
    let draft = serde_json::json!({ "organisation": mine, "booths_wanted": 1, "category": "standard" });
    let draft = server.post("/editions/hoi-cho-moi/applications", &seller, &draft);
    let draft = draft["id"].as_str().unwrap().to_owned();
    let output = super::server::hoicho(folder.path())
        .args(["grant-admin", "bantochuc@example.vn", "--data-dir"])
        .arg(folder.path().join("demo"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", super::server::shown(&output.stderr));
    let mut faults: Vec<String> = Vec::new();
    let mut looked = 0;
    for (look, who) in [
        (PHONE, None),
        (DESKTOP, Some("bantochuc@example.vn")),
        (Look { is_dark: true, ..PHONE }, Some("bantochuc@example.vn")),
        (Look { is_dark: true, language: "en", ..DESKTOP }, Some("htx@example.vn")),
        (PHONE, Some("htx@example.vn")),
        (Look { is_dark: true, language: "en", ..DESKTOP }, None),
    ] {
        let profile = tempfile::tempdir().unwrap();
        let browser = Browser::open(address.url(), profile.path(), look).await;
        if let Some(email) = who {
            browser.log_in(email, "hoi-cho-ocop").await;
        }
        if look.is_dark {
            browser.go("/look?theme=dark&back=/").await;
        }
        let mut all = pages(&server, who);
        if who == Some("htx@example.vn") {
            for step in ["booths", "wishes", "products", "papers", "check"] {
                all.push(format!("/my-application/{draft}?step={step}"));
            }
            all.push("/apply/hoi-cho-moi".to_owned());
        } else if who.is_some() {
            let more = ["/admin", "/manage/hoi-cho-moi", "/manage/hoi-cho-moi/floor", "/manage/hoi-cho-moi/sales"];
            all.extend(more.map(str::to_owned));
        }
        for page in all {
            browser.go(&page).await;
            // Through the DevTools protocol, because the content security policy of our pages blocks the script.
            browser.chromium("Runtime.evaluate", serde_json::json!({ "expression": axe })).await;
            let run = serde_json::json!({ "expression": RUN_AXE, "awaitPromise": true, "returnByValue": true });
            let answer = browser.chromium("Runtime.evaluate", run).await;
            let found = answer["result"]["value"].as_str().unwrap_or_else(|| panic!("{page}: {answer}"));
            let found: Vec<Value> = serde_json::from_str(found).unwrap();
            faults.extend(found.iter().map(|fault| format!("{page} ({}): {fault}", look.width)));
            let over = browser.script(OVERFLOW).await;
            if over.as_i64().unwrap() > 0 {
                faults.push(format!("{page} ({}) scrolls sideways by {over} px", look.width));
            }
            looked += 1;
        }
        browser.close().await;
    }
    assert!(looked > 90, "{looked}");
    assert!(faults.is_empty(), "{} faults on {looked} pages:\n{}", faults.len(), faults.join("\n"));
    server.stop();
}
