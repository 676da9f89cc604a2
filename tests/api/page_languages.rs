//! Public pages have an address in each language, which search engines find.
use crate::support::{Answer, TestApp, fair::Fair};

fn text(answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    String::from_utf8(answer.body.clone()).unwrap()
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).map(|value| value.to_str().unwrap()).unwrap_or_default()
}

fn language(page: &str) -> &str {
    page.split("<html lang=\"").nth(1).unwrap().split('"').next().unwrap()
}

async fn addresses_with_a_language_are_in_that_language(app: TestApp) {
    let fair = Fair::builder().exhibitors(["mui"]).confirmed(1).build(&app).await;
    let exhibitor = format!("/exhibitors/{}", fair.exhibitors[0].id);
    for path in ["/", "/privacy", "/fairs/hoi-cho", "/fairs/hoi-cho/exhibitors", exhibitor.as_str()] {
        let english = format!("/en{path}");
        for (address, headers, expected) in [
            // As crawlers ask.
            (path, &[][..], "vi"),
            (path, &[("accept-language", "en")], "en"),
            (path, &[("accept-language", "en"), ("cookie", "hoicho_lang=vi")], "vi"),
            (&english, &[], "en"),
            (&english, &[("accept-language", "vi"), ("cookie", "hoicho_lang=vi")], "en"),
        ] {
            let mut request = app.root(address);
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let answer = request.send().await;
            let page = text(&answer);
            assert_eq!(language(&page), expected, "{address} {headers:?}");
            let vary = header(&answer, "vary").to_lowercase();
            assert!(vary.contains("cookie"), "{address}: {vary}");
            assert_eq!(vary.contains("accept-language"), address == path, "{address}: {vary}");
            let base = "http://localhost:8080";
            for link in [
                format!("<link rel=\"canonical\" href=\"{base}{address}\">"),
                format!("<link rel=\"alternate\" hreflang=\"vi\" href=\"{base}{path}\">"),
                format!("<link rel=\"alternate\" hreflang=\"en\" href=\"{base}/en{path}\">"),
                format!("<link rel=\"alternate\" hreflang=\"x-default\" href=\"{base}{path}\">"),
            ] {
                assert_eq!(page.matches(&link).count(), 1, "{address}: {link} in {page}");
            }
            let description = page.split("<meta name=\"description\" content=\"").nth(1).unwrap();
            assert!(description.split('"').next().unwrap().chars().count() > 20, "{address}: {description}");
            // Links to other public pages stay in the language of the address.
            let links = page.split(" href=\"/").skip(1).map(|rest| rest.split('"').next().unwrap());
            let is_public = |link: &&str| {
                ["fairs/", "exhibitors/"].iter().any(|folder| link.trim_start_matches("en/").starts_with(folder))
            };
            for link in links.filter(is_public) {
                assert_eq!(link.starts_with("en/"), address.starts_with("/en"), "{address}: {link}");
            }
        }
    }
}

async fn feeds_do_not_mix_languages(app: TestApp) {
    Fair::builder().exhibitors(["mui"]).confirmed(1).build(&app).await;
    let english = app.root("/en/fairs/hoi-cho/news.atom").header("accept-language", "vi").send().await;
    assert!(text(&english).contains("is at booth"), "{}", text(&english));
    assert_eq!(header(&english, "vary").to_lowercase(), "cookie");
    let negotiated = app.root("/fairs/hoi-cho/news.atom").header("accept-language", "en").send().await;
    assert!(header(&negotiated, "vary").to_lowercase().contains("accept-language"), "{}", text(&negotiated));
}

async fn only_public_pages_have_a_language_in_their_address(app: TestApp) {
    let owner = app.person("owner").await;
    let draft = app.edition(&owner, "nhap").await;
    for path in ["/en/login", "/en/api/v1/editions", "/en/embed/nhap/plan", "/en/en/", "/enx", "/en/fairs/nhap"] {
        let answer = app.root(path).send().await;
        assert_eq!(answer.status, 404, "{path}");
        assert!(!String::from_utf8_lossy(&answer.body).contains("hreflang=\"x-default\""), "{path}");
    }
    assert!(text(&app.root("/en").send().await).contains("<html lang=\"en\""));
    assert!(!text(&app.root("/login").send().await).contains("rel=\"canonical\""));
    app.advance(&owner, "nhap", &["published"]).await;
    // A page by the identifier has the canonical address of the page by the slug.
    let page = text(&app.root(&format!("/en/fairs/{draft}")).send().await);
    assert!(page.contains("<link rel=\"canonical\" href=\"http://localhost:8080/en/fairs/nhap\">"), "{page}");
}

crate::on_both!(
    addresses_with_a_language_are_in_that_language,
    feeds_do_not_mix_languages,
    only_public_pages_have_a_language_in_their_address,
);
