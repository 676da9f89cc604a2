//! Embedded pages, oEmbed, the Atom feed and the sitemap.
use serde_json::json;

use crate::support::{Answer, TestApp, fair::Fair};

async fn fair(app: &TestApp) -> String {
    Fair::builder().exhibitors(["htx"]).confirmed(1).build(app).await.owner
}

trait Page {
    fn expect_page(self, status: u16) -> String;
}
impl Page for Answer {
    #[track_caller]
    fn expect_page(self, status: u16) -> String {
        let text = String::from_utf8(self.body).unwrap();
        assert_eq!(self.status.as_u16(), status, "{text}");
        text
    }
}

async fn embedded_pages_run_no_script_and_only_they_can_be_framed(app: TestApp) {
    let owner = fair(&app).await;
    app.edition(&owner, "nhap").await;
    app.root("/embed/nhap/plan").send().await.expect_page(404);
    for (frame, shows) in [("/embed/hoi-cho/plan", "A01"), ("/embed/hoi-cho/exhibitors", "HTX htx")] {
        let answer = app.root(&format!("{frame}?accent=ff8800&text=112233&lang=en")).send().await;
        let policy = answer.headers.get("content-security-policy").unwrap().to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors *") && !policy.contains("script-src"), "{policy}");
        assert!(!answer.headers.contains_key("set-cookie") && !answer.headers.contains_key("x-frame-options"));
        let page = answer.expect_page(200);
        assert!(page.contains(shows) && !page.contains("<script") && page.contains("lang=\"en\""), "{page}");
        assert!(page.contains("/embed/colours.css?accent=ff8800&#38;text=112233"), "{page}");
    }
    let css = app.root("/embed/colours.css?accent=ff8800").send().await;
    assert_eq!(css.headers.get("content-type").unwrap(), "text/css; charset=utf-8");
    assert!(css.expect_page(200).contains("--brand:#ff8800;"));
    for evil in ["accent=red", "accent=ff8800;}*{display:none", "text=%3C/style%3E", "colour=ffffff"] {
        app.root(&format!("/embed/colours.css?{evil}")).send().await.expect_page(400);
        app.root(&format!("/embed/hoi-cho/plan?{evil}")).send().await.expect_page(400);
    }
    for page in ["/", "/fairs/hoi-cho", "/login"] {
        let policy = app.root(page).send().await;
        let policy = policy.headers.get("content-security-policy").unwrap().to_str().unwrap().to_owned();
        assert!(policy.contains("frame-ancestors 'none'"), "{page}: {policy}");
    }
}

async fn oembed_covers_our_public_pages_only(app: TestApp) {
    let owner = fair(&app).await;
    app.edition(&owner, "nhap").await;
    let base = "http://localhost:8080";
    let ask = async |url: &str, more: &str| app.root(&format!("/oembed?url={url}{more}")).send().await;
    let page = app.root("/fairs/hoi-cho").send().await.expect_page(200);
    let found = page.split("application/json+oembed\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    // An embedding site knows no base for a relative address.
    let found = found.replace("&#38;", "&").replace("&amp;", "&");
    let xml_address = found.replace("format=json", "format=xml");
    assert!(page.contains("text/xml+oembed"), "{page}");
    let path = |address: &str| address.strip_prefix(base).unwrap_or_else(|| panic!("{address}")).to_owned();
    assert!(app.root(&path(&xml_address)).send().await.expect_page(200).starts_with("<?xml"));
    let rich = app.root(&path(&found)).send().await.expect(200);
    assert_eq!((&rich["type"], &rich["version"], &rich["width"]), (&json!("rich"), &json!("1.0"), &json!(800)));
    let html = rich["html"].as_str().unwrap();
    assert!(html.starts_with("<iframe src=\"") && html.contains("/embed/hoi-cho/plan\"") && !html.contains("script"));
    let own = found.split("url=").nth(1).unwrap().split('&').next().unwrap();
    let english = ask(&own.replace("%2Ffairs", "%2Fen%2Ffairs"), "&accent=ff8800").await.expect(200);
    assert!(english["html"].as_str().unwrap().contains("/embed/hoi-cho/plan?accent=ff8800&#38;lang=en\""), "{english}");
    let small = ask(&format!("{own}%2Fexhibitors"), "&maxwidth=300&maxheight=200&accent=ff8800").await.expect(200);
    assert_eq!((&small["width"], &small["height"]), (&json!(300), &json!(200)));
    assert!(small["html"].as_str().unwrap().contains("/embed/hoi-cho/exhibitors?accent=ff8800\""), "{small}");
    let xml = ask(own, "&format=xml").await.expect_page(200);
    assert!(xml.contains("<type>rich</type>") && xml.contains("&#60;iframe"), "{xml}");
    for other in [
        own.replace("hoi-cho", "nhap"),
        own.replace("hoi-cho", "khong-co"),
        format!("{base}.evil.example/fairs/hoi-cho"),
        "x".to_owned(),
    ] {
        ask(&other, "").await.expect_page(404);
    }
}

async fn atom_feed_lists_current_exhibitors_and_sitemap_public_pages(app: TestApp) {
    let owner = fair(&app).await;
    app.edition(&owner, "nhap").await;
    let feed = app.root("/fairs/hoi-cho/news.atom").header("accept-language", "en").send().await;
    assert_eq!(feed.headers.get("content-type").unwrap(), "application/atom+xml; charset=utf-8");
    let feed = feed.expect_page(200);
    let titles = |feed: &str| -> Vec<String> {
        let entries = feed.split("<entry>").skip(1);
        entries.map(|entry| entry.split("<title>").nth(1).unwrap().split('<').next().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(&feed), ["HTX htx is at booth A01", "Hội chợ OCOP has been announced"], "{feed}");
    app.root("/fairs/nhap/news.atom").send().await.expect_page(404);
    let map = app.root("/sitemap.xml").send().await.expect_page(200);
    assert!(map.contains("/fairs/hoi-cho</loc>") && map.contains("/exhibitors/") && !map.contains("nhap"), "{map}");
    assert!(map.contains("/en/fairs/hoi-cho</loc>"), "{map}");
    for page in map.split("<url>").skip(1).filter(|page| !page.contains("/privacy")) {
        let at = page.split("<lastmod>").nth(1).unwrap_or_else(|| panic!("{page}")).split('<').next().unwrap();
        let age = chrono::Utc::now() - at.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
        assert!((-1..600).contains(&age.num_seconds()), "{page}");
    }
    assert!(app.root("/robots.txt").send().await.expect_page(200).contains("/sitemap.xml"));

    let allocations = app.get("/editions/hoi-cho/allocations").by(&owner).send().await.expect(200);
    let at = format!("/allocations/{}/release", allocations["items"][0]["id"].as_str().unwrap());
    app.post(&at).by(&owner).send().await.expect(200);
    let feed = app.root("/fairs/hoi-cho/news.atom").send().await.expect_page(200);
    assert_eq!(titles(&feed), ["Hội chợ OCOP đã được công bố"], "{feed}");
    app.advance(&owner, "hoi-cho", &["registration_closed", "live", "reporting", "finalised"]).await;
    let feed = app.root("/fairs/hoi-cho/news.atom").header("accept-language", "en").send().await.expect_page(200);
    assert!(feed.contains("Final figures of Hội chợ OCOP"), "{feed}");
}

async fn feed_of_an_edition_says_what_became_known(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    app.set_days(&owner, "hoi-cho", &["2026-04-01", "2026-04-02"]).await;
    let cancel = json!({ "to": "cancelled", "reason": "Bão số 3" });
    app.post("/editions/hoi-cho/transitions").by(&owner).json(&cancel).send().await.expect(200);
    let feed = app.root("/en/fairs/hoi-cho/news.atom").send().await.expect_page(200);
    let position = |text: &str| feed.find(text).unwrap_or_else(|| panic!("{text}: {feed}"));
    let titles = ["Hội chợ OCOP is cancelled", "New opening days of Hội chợ OCOP", "Hội chợ OCOP has been announced"];
    assert!(titles.map(position).is_sorted(), "{feed}");
    assert!(feed.contains("Before: 1 Mar – 5 Mar 2026. Now: 1 Apr – 2 Apr 2026."), "{feed}");
    assert_eq!(feed.matches("<entry>").count(), 3, "the days of the draft are no news: {feed}");
    assert!(!feed.contains("Bão"), "the reason is for the audit log: {feed}");
    assert!(feed.contains("xml:lang=\"en\"") && feed.contains("/en/fairs/hoi-cho/news.atom"), "{feed}");
}

async fn sitemap_is_split_where_there_are_many_pages(app: TestApp) {
    let owner = app.person("owner").await;
    app.edition(&owner, "hoi-cho").await;
    app.advance(&owner, "hoi-cho", &["published"]).await;
    let editions = 5_001_usize;
    app.db
        .write(move |tx| {
            let id = on_either_id(tx);
            let insert = format!(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {editions})
                 INSERT INTO editions (id, organiser_id, slug, name, state, time_zone, currency, version, created_at)
                 SELECT {id}, organiser_id, 'ky-' || i, name, state, time_zone, currency, version, created_at
                 FROM editions CROSS JOIN n WHERE slug = 'hoi-cho'"
            );
            diesel::RunQueryDsl::execute(diesel::sql_query(insert), tx.conn())?;
            Ok::<(), hoicho_web::http::Problem>(())
        })
        .await
        .unwrap();
    let index = app.root("/sitemap.xml").send().await.expect_page(200);
    let files: Vec<String> =
        index.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()).collect();
    assert_eq!(files.len(), 2, "{index}");
    let mut addresses = std::collections::BTreeSet::new();
    for file in files {
        let map = app.root(file.strip_prefix("http://localhost:8080").unwrap()).send().await.expect_page(200);
        let count = map.matches("<loc>").count();
        assert!(count <= 50_000 && count > 0, "{count}");
        addresses.extend(map.split("<loc>").skip(1).map(|rest| rest.split('<').next().unwrap().to_owned()));
    }
    // Start page, privacy, and two pages for each edition; each in two languages.
    assert_eq!(addresses.len(), 2 * (2 + 2 * (editions + 1)));
    for none in ["/sitemap-0.xml", "/sitemap-3.xml", "/sitemap-99999999999999999999.xml", "/sitemap-x.xml"] {
        app.root(none).send().await.expect_page(404);
    }
}

/// An expression for a new identifier.
fn on_either_id(tx: &mut hoicho_core::db::Tx<'_>) -> &'static str {
    match tx.conn() {
        hoicho_core::db::Conn::Sqlite(_) => "randomblob(16)",
        hoicho_core::db::Conn::Postgres(_) => "gen_random_uuid()",
    }
}

async fn pages_have_linked_data_with_picture_description_and_offers(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).confirmed(1).build(&app).await;
    let linked_data = async |path: &str| -> serde_json::Value {
        let page = app.root(path).send().await.expect_page(200);
        let script =
            page.split("<script type=\"application/ld+json\">").nth(1).unwrap().split("</script>").next().unwrap();
        serde_json::from_str(script).unwrap()
    };
    let base = "http://localhost:8080";
    let english = linked_data("/en/fairs/hoi-cho").await;
    assert_eq!(english["@type"], "ExhibitionEvent");
    assert_eq!(english["url"], format!("{base}/en/fairs/hoi-cho"));
    assert_eq!(english["image"], json!([format!("{base}/api/v1/editions/hoi-cho/picture?language=en")]));
    assert!(english["description"].as_str().unwrap().contains("Floor plan"), "{english}");
    let offers = &english["offers"];
    assert_eq!((&offers["@type"], &offers["priceCurrency"]), (&json!("AggregateOffer"), &json!("VND")), "{english}");
    assert_eq!((&offers["lowPrice"], &offers["highPrice"]), (&json!("0"), &json!("0")), "{english}");
    assert_eq!(offers["url"], format!("{base}/apply/hoi-cho"));
    assert_eq!(offers["availability"], "https://schema.org/InStock", "{english}");
    assert_eq!(linked_data("/fairs/hoi-cho").await["url"], format!("{base}/fairs/hoi-cho"));
    let exhibitor = linked_data(&format!("/exhibitors/{}", fair.exhibitors[0].id)).await;
    assert!(exhibitor["description"].as_str().unwrap().contains("HTX htx"), "{exhibitor}");
    app.advance(&fair.owner, "hoi-cho", &["registration_closed"]).await;
    assert_eq!(linked_data("/fairs/hoi-cho").await["offers"]["availability"], "https://schema.org/SoldOut");
}

async fn links_do_not_lead_to_the_host_that_a_request_names(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mui"]).confirmed(1).build(&app).await;
    let exhibitor = &fair.exhibitors[0].id;
    let paths = [
        "/sitemap.xml".to_owned(),
        "/robots.txt".to_owned(),
        "/fairs/hoi-cho".to_owned(),
        "/fairs/hoi-cho/news.atom".to_owned(),
        format!("/exhibitors/{exhibitor}"),
        "/api/v1/editions/hoi-cho/calendar".to_owned(),
    ];
    for path in &paths {
        for header in ["host", "x-forwarded-host"] {
            let page = app.root(path).header(header, "evil.example").header("x-forwarded-proto", "https").send().await;
            let text = String::from_utf8_lossy(&page.body).into_owned();
            assert!(page.status.is_success() && !text.contains("evil.example"), "{path} {header}: {text}");
            assert!(!format!("{:?}", page.headers).contains("evil.example"), "{path} {header}");
        }
    }
    // In a local network the address by which the server was reached is right.
    let near = app.root("/sitemap.xml").header("host", "192.168.1.7:8080").send().await;
    assert!(String::from_utf8_lossy(&near.body).contains("http://192.168.1.7:8080/fairs/hoi-cho"));
    let header =
        |name: &str| near.headers.get(name).map(|value| value.to_str().unwrap().to_owned()).unwrap_or_default();
    assert_eq!(header("cache-control"), "no-store");
    assert!(header("vary").to_lowercase().contains("host"), "{}", header("vary"));
}

#[actix_web::test]
async fn sitemap_is_cached_where_its_links_are_those_of_every_request() {
    let app =
        TestApp::sqlite_with(|settings| settings.server.public_url = "https://hoicho.example.vn".to_owned()).await;
    let map = app.root("/sitemap.xml").header("host", "evil.example").send().await;
    assert_eq!(map.headers.get("cache-control").unwrap(), "public, max-age=3600");
    assert!(String::from_utf8_lossy(&map.body).contains("https://hoicho.example.vn/"));
}

crate::on_both!(
    embedded_pages_run_no_script_and_only_they_can_be_framed,
    oembed_covers_our_public_pages_only,
    atom_feed_lists_current_exhibitors_and_sitemap_public_pages,
    feed_of_an_edition_says_what_became_known,
    sitemap_is_split_where_there_are_many_pages,
    pages_have_linked_data_with_picture_description_and_offers,
    links_do_not_lead_to_the_host_that_a_request_names,
);
