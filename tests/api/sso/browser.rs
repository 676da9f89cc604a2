//! A browser that follows our redirects by hand, and what the tests of logins through a provider share.
use std::{cell::RefCell, collections::BTreeMap};

use actix_web::test::TestRequest;
use hoicho_core::config::Settings;

use crate::support::{Answer, TestApp};

/// The public URL of the application.
pub const BASE: &str = "http://localhost:8080";
/// Secret of the application at the provider.
pub const SECRET: &str = "a secret/with+signs";
/// Name of the provider.
pub const NAME: &str = "Sở Công Thương";

/// Settings that switch the login through a provider on.
pub fn switch_on(settings: &mut Settings, issuer: &str) {
    settings.server.public_url = BASE.to_owned();
    settings.sso.issuer = issuer.to_owned();
    settings.sso.client_id = "hoicho".to_owned();
    settings.sso.client_secret = SECRET.to_owned().into();
    settings.sso.name = NAME.to_owned();
}

/// Sets the clock of the application, which begins at another time, to that of the providers.
pub fn set_clock(app: &TestApp) {
    app.wait(chrono::Utc::now() - app.context.clock.now().and_utc());
}

/// A browser with its cookies.
pub struct Browser<'a> {
    app: &'a TestApp,
    cookies: RefCell<BTreeMap<String, String>>,
}

/// A response to a browser.
pub struct Page {
    pub status: u16,
    /// Where it leads.
    pub to: String,
    pub text: String,
}

impl<'a> Browser<'a> {
    pub fn new(app: &'a TestApp) -> Self {
        Self { app, cookies: RefCell::default() }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.borrow().get(name).cloned()
    }

    async fn send(&self, request: TestRequest) -> Page {
        let cookies: Vec<String> =
            self.cookies.borrow().iter().map(|(name, value)| format!("{name}={value}")).collect();
        let request = request
            .insert_header(("cookie", cookies.join("; ")))
            .insert_header(("user-agent", "Mozilla/5.0 (X11; Linux) Firefox/131.0"))
            .insert_header(("accept-language", "en"))
            .peer_addr("198.51.100.7:1".parse().unwrap());
        let Answer { status, headers, body } = self.app.call_root(request).await;
        for cookie in headers.get_all("set-cookie") {
            let cookie = cookie.to_str().unwrap();
            let (name, value) = cookie.split(';').next().unwrap().split_once('=').unwrap();
            assert!(
                name == "hoicho_lang" || cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"),
                "{cookie}"
            );
            match value {
                "" => self.cookies.borrow_mut().remove(name),
                value => self.cookies.borrow_mut().insert(name.to_owned(), value.to_owned()),
            };
        }
        let to = headers.get("location").map(|to| to.to_str().unwrap().to_owned()).unwrap_or_default();
        // Askama escapes the apostrophe.
        let text = String::from_utf8_lossy(&body).replace("&#39;", "'");
        Page { status: status.as_u16(), to, text }
    }

    pub async fn get(&self, path: &str) -> Page {
        self.send(TestRequest::get().uri(path)).await
    }

    /// Follows the redirects to our own pages; the first page is at `path`.
    pub async fn open(&self, path: &str) -> Page {
        let mut page = self.get(path).await;
        while page.status == 303 && page.to.starts_with('/') {
            page = self.get(&page.to.clone()).await;
        }
        page
    }

    /// Submits a form of our own page.
    pub async fn submit(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = serde_json::to_value(fields.iter().copied().collect::<BTreeMap<_, _>>()).unwrap();
        let body: BTreeMap<String, String> = serde_json::from_value(body).unwrap();
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(body).finish();
        let request = TestRequest::post()
            .uri(path)
            .insert_header(("sec-fetch-site", "same-origin"))
            .insert_header(("content-type", "application/x-www-form-urlencoded"))
            .set_payload(body);
        self.send(request).await
    }

    /// Begins a login and returns the address at the provider.
    pub async fn begin(&self, path: &str) -> url::Url {
        let page = self.get(path).await;
        assert_eq!(page.status, 303, "{}", page.text);
        page.to.parse().unwrap_or_else(|e| panic!("{}: {e}", page.to))
    }

    /// The access token of the session.
    pub fn token(&self) -> String {
        self.cookie("hoicho_access").expect("there is no session")
    }
}

/// A parameter of an address.
pub fn parameter(url: &url::Url, name: &str) -> String {
    url.query_pairs().find(|(n, _)| n == name).unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}
