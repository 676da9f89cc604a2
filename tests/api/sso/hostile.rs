//! A provider that does not keep to the protocol: forged ID tokens, and answers that are too large, too slow or lead elsewhere.
use std::{
    collections::BTreeMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::Arc,
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use parking_lot::Mutex;
use serde_json::{Value, json};

use super::browser::{self, Browser, NAME, SECRET, parameter, set_clock};
use crate::support::{PASSWORD, TestApp};

/// How a path is answered instead of as usual.
#[derive(Clone)]
enum Reply {
    Json(u16, Value),
    Text(&'static str),
    /// A body of 8 MiB.
    Huge,
    /// A byte of the body every 100 ms.
    Slow,
    Redirect(String),
}

#[derive(Default)]
struct Inner {
    replies: BTreeMap<String, Reply>,
    keys: Vec<(&'static str, SigningKey)>,
    requests: Vec<String>,
}

/// A provider whose answers a test sets; it runs until the test process ends.
#[derive(Clone)]
struct Fake {
    issuer: String,
    inner: Arc<Mutex<Inner>>,
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_bytes(&[seed; 32])
}

impl Fake {
    fn start() -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let issuer = format!("http://127.0.0.1:{}", listener.local_addr().unwrap().port());
        let inner = Arc::new(Mutex::new(Inner { keys: vec![("first", key(1))], ..Inner::default() }));
        let fake = Self { issuer, inner };
        let shared = fake.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let (Ok(stream), fake) = (stream, shared.clone()) else { continue };
                // The client may have gone.
                std::thread::spawn(move || drop(fake.answer(stream)));
            }
        });
        fake
    }

    fn answer(&self, mut stream: std::net::TcpStream) -> std::io::Result<()> {
        let mut reader = BufReader::new(stream.try_clone()?);
        let (mut line, mut length) = (String::new(), 0);
        reader.read_line(&mut line)?;
        let path = line.split(' ').nth(1).unwrap_or_default().to_owned();
        loop {
            line.clear();
            reader.read_line(&mut line)?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            if name.eq_ignore_ascii_case("content-length") {
                length = value.parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body)?;
        let reply = {
            let mut inner = self.inner.lock();
            inner.requests.push(path.clone());
            inner.replies.get(&path).cloned().unwrap_or_else(|| self.usual(&path, &inner.keys))
        };
        let head = |status, kind, length| {
            format!("HTTP/1.1 {status} X\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n")
        };
        match reply {
            Reply::Json(status, value) => {
                let text = value.to_string();
                write!(stream, "{}\r\n{text}", head(status, "application/json", text.len()))
            }
            Reply::Text(text) => write!(stream, "{}\r\n{text}", head(200, "text/html", text.len())),
            Reply::Redirect(to) => write!(stream, "{}location: {to}\r\n\r\n", head(302, "text/html", 0)),
            Reply::Huge => {
                let length = 8 * 1024 * 1024;
                write!(stream, "{}\r\n", head(200, "application/json", length))?;
                stream.write_all(&vec![b' '; length])
            }
            Reply::Slow => {
                write!(stream, "{}\r\n", head(200, "application/json", 100_000))?;
                loop {
                    stream.write_all(b" ")?;
                    std::thread::sleep(Duration::from_millis(100));
                }
            }
        }
    }

    fn usual(&self, path: &str, keys: &[(&'static str, SigningKey)]) -> Reply {
        let at = |path: &str| format!("{}{path}", self.issuer);
        match path {
            "/.well-known/openid-configuration" => Reply::Json(200, self.document()),
            "/jwks" => {
                let jwk = |(kid, key): &(&str, SigningKey)| {
                    let x = URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes());
                    json!({ "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": kid, "x": x })
                };
                Reply::Json(200, json!({ "keys": keys.iter().map(jwk).collect::<Vec<_>>() }))
            }
            _ => Reply::Json(404, json!({ "error": at(path) })),
        }
    }

    fn document(&self) -> Value {
        let at = |path: &str| format!("{}{path}", self.issuer);
        json!({
            "issuer": self.issuer, "authorization_endpoint": at("/auth"), "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["EdDSA", "RS256", "HS256", "none"],
        })
    }

    fn reply(&self, path: &str, reply: Reply) {
        self.inner.lock().replies.insert(path.to_owned(), reply);
    }

    fn count(&self, path: &str) -> usize {
        self.inner.lock().requests.iter().filter(|p| *p == path).count()
    }

    /// The right claims for a login.
    fn claims(&self, url: &url::Url) -> Value {
        let now = chrono::Utc::now().timestamp();
        json!({
            "iss": self.issuer, "sub": "s-1", "aud": "hoicho", "exp": now + 300, "iat": now,
            "nonce": parameter(url, "nonce"), "email": "lan@example.vn", "email_verified": true,
        })
    }

    /// The tokens that the next code is exchanged for.
    fn give(&self, id_token: &str) {
        let tokens = json!({ "access_token": "x", "token_type": "Bearer", "id_token": id_token });
        self.reply("/token", Reply::Json(200, tokens));
    }
}

/// The signed part of a token.
fn signed_part(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

fn sign(kid: &str, key: &SigningKey, claims: &Value) -> String {
    let part = signed_part(&json!({ "alg": "EdDSA", "kid": kid }), claims);
    let signature = URL_SAFE_NO_PAD.encode(key.sign(part.as_bytes()).to_bytes());
    format!("{part}.{signature}")
}

/// Completes a login; returns where it leads and what the login page says then.
async fn come_back(browser: &Browser<'_>, url: &url::Url) -> (String, String) {
    let state = parameter(url, "state");
    let to = browser.get(&format!("/login/sso/callback?code=abc&state={state}")).await.to;
    (to, browser.get("/login").await.text)
}

async fn app_with(fake: &Fake) -> TestApp {
    let app = TestApp::sqlite_with(|settings| browser::switch_on(settings, &fake.issuer)).await;
    set_clock(&app);
    let token = app.person("lan").await;
    app.organiser(&token).await;
    app
}

#[actix_web::test]
async fn forged_id_tokens_are_refused() {
    let fake = Fake::start();
    let app = app_with(&fake).await;
    let invalid = format!("What {NAME} sent back is not valid");
    let attempt = async |change: &dyn Fn(&mut Value)| {
        let browser = Browser::new(&app);
        let url = browser.begin("/login/sso").await;
        let mut claims = fake.claims(&url);
        change(&mut claims);
        fake.give(&sign("first", &key(1), &claims));
        come_back(&browser, &url).await
    };
    assert_eq!(attempt(&|_| {}).await.0, "/login/sso/link");
    assert_eq!(attempt(&|claims| claims["aud"] = json!(["hoicho"])).await.0, "/login/sso/link");
    let now = chrono::Utc::now().timestamp();
    let changes: Vec<(&str, Value)> = vec![
        ("nonce", json!("of another login")),
        ("nonce", Value::Null),
        ("aud", json!("another client")),
        ("aud", json!(["hoicho", "another client"])),
        ("azp", json!("another client")),
        ("iss", json!("https://other.example")),
        ("exp", json!(now - 1)),
        ("iat", json!(now - 660)),
        ("iat", json!(now + 660)),
        ("sub", json!("")),
        ("sub", json!("s".repeat(256))),
        ("sub", json!("s\n1")),
    ];
    for (name, value) in changes {
        let (to, text) = attempt(&|claims| claims[name] = value.clone()).await;
        assert!(to == "/login" && text.contains(&invalid), "{name} {value}: {to} {text}");
    }
    // Signed by somebody else, with the secret that both know, or not at all.
    let browser = Browser::new(&app);
    let forge = |claims: &Value| {
        let symmetric = signed_part(&json!({ "alg": "HS256" }), claims);
        let mut mac = Hmac::<sha2::Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(symmetric.as_bytes());
        let mac = URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes());
        let none = signed_part(&json!({ "alg": "none" }), claims);
        let as_rsa = signed_part(&json!({ "alg": "RS256", "kid": "first" }), claims);
        [
            sign("first", &key(2), claims),
            sign("second", &key(2), claims),
            format!("{symmetric}.{mac}"),
            format!("{none}."),
            format!("{as_rsa}.{mac}"),
        ]
    };
    for n in 0..5 {
        let url = browser.begin("/login/sso").await;
        let forged = forge(&fake.claims(&url)).into_iter().nth(n).unwrap();
        fake.give(&forged);
        let (to, text) = come_back(&browser, &url).await;
        assert!(to == "/login" && text.contains(&invalid), "{n}: {to} {text}");
    }
    // The ID token of one login in another, and an answer in the name of another provider.
    let url = browser.begin("/login/sso").await;
    fake.give(&sign("first", &key(1), &fake.claims(&url)));
    let other = browser.begin("/login/sso").await;
    assert_eq!(come_back(&browser, &other).await.0, "/login");
    let url = browser.begin("/login/sso").await;
    fake.give(&sign("first", &key(1), &fake.claims(&url)));
    let state = parameter(&url, "state");
    let named =
        browser.get(&format!("/login/sso/callback?code=abc&state={state}&iss=https%3A%2F%2Fother.example")).await;
    assert!(named.to == "/login" && browser.get("/login").await.text.contains(&invalid));
}

#[actix_web::test]
async fn new_keys_are_fetched_when_one_is_unknown_but_not_for_every_token() {
    let fake = Fake::start();
    let app = app_with(&fake).await;
    let browser = Browser::new(&app);
    let attempt = async || {
        let url = browser.begin("/login/sso").await;
        fake.give(&sign("second", &key(2), &fake.claims(&url)));
        come_back(&browser, &url).await.0
    };
    for _ in 0..3 {
        assert_eq!(attempt().await, "/login");
    }
    assert_eq!((fake.count("/jwks"), fake.count("/.well-known/openid-configuration")), (1, 1));
    app.wait(chrono::Duration::seconds(60));
    assert_eq!((attempt().await, attempt().await), ("/login".into(), "/login".into()));
    assert_eq!(fake.count("/jwks"), 2);
    fake.inner.lock().keys.push(("second", key(2)));
    app.wait(chrono::Duration::seconds(60));
    assert_eq!((attempt().await, fake.count("/jwks")), ("/login/sso/link".into(), 3));
}

#[actix_web::test]
async fn unusable_answers_end_in_time_and_leave_the_password() {
    let fake = Fake::start();
    let app = app_with(&fake).await;
    let browser = Browser::new(&app);
    let unavailable = format!("{NAME} does not respond");
    let secret = json!({ "secret": "of an internal service" });
    let other = Fake::start();
    other.reply("/latest", Reply::Json(200, secret));
    // The discovery document.
    let with = |name: &str, value: &str| {
        let mut document = fake.document();
        document[name] = json!(value);
        Reply::Json(200, document)
    };
    let documents = [
        Reply::Huge,
        Reply::Text("<html>"),
        Reply::Json(500, json!({})),
        Reply::Redirect(format!("{}/latest", other.issuer)),
        with("issuer", "https://other.example"),
        with("issuer", &format!("{}/", fake.issuer)),
        with("authorization_endpoint", "http://login.example.vn/auth"),
        with("authorization_endpoint", "javascript:alert(1)"),
        with("jwks_uri", "http://login.example.vn/jwks"),
    ];
    for (n, reply) in documents.into_iter().enumerate() {
        fake.reply("/.well-known/openid-configuration", reply);
        assert_eq!(browser.get("/login/sso").await.to, "/login", "{n}");
        assert!(browser.get("/login").await.text.contains(&unavailable), "{n}");
        // A provider that fails is not asked again for ten seconds.
        app.wait(chrono::Duration::seconds(10));
    }
    assert_eq!(other.count("/latest"), 0);
    fake.reply("/.well-known/openid-configuration", Reply::Json(200, fake.document()));
    // The tokens.
    let invalid = format!("What {NAME} sent back is not valid");
    let tokens = [
        (Reply::Huge, &unavailable),
        (Reply::Slow, &unavailable),
        (Reply::Text("<html>"), &unavailable),
        (Reply::Redirect(format!("{}/latest", other.issuer)), &unavailable),
        (Reply::Json(400, json!({ "error": "invalid_grant", "error_description": "\u{1b}[31m" })), &invalid),
        (Reply::Json(200, json!({ "access_token": "x", "token_type": "Bearer" })), &invalid),
    ];
    for (n, (reply, expected)) in tokens.into_iter().enumerate() {
        fake.reply("/token", reply);
        let url = browser.begin("/login/sso").await;
        let (to, text) = come_back(&browser, &url).await;
        assert!(to == "/login" && text.contains(expected), "{n}: {to} {text}");
    }
    assert_eq!(other.count("/latest"), 0);
    let login = [("email", "lan@example.vn"), ("password", PASSWORD), ("_next", "/account")];
    assert_eq!(browser.submit("/form/auth/login", &login).await.to, "/account");
}

/// Wrong passwords at the confirmation count for the lock-out, and a login through the provider is locked out as one by password is.
#[actix_web::test]
async fn confirming_a_link_is_no_way_around_the_lock_out() {
    let fake = Fake::start();
    let app = app_with(&fake).await;
    let browser = Browser::new(&app);
    let pending = async || {
        let url = browser.begin("/login/sso").await;
        fake.give(&sign("first", &key(1), &fake.claims(&url)));
        come_back(&browser, &url).await
    };
    assert_eq!(pending().await.0, "/login/sso/link");
    let (link, from) = (browser.cookie("hoicho_sso").unwrap(), "198.51.100.7:1");
    let confirm = async |password: &str| {
        let body = json!({ "link": link, "password": password });
        app.post("/auth/sso/link").from(from).json(&body).send().await
    };
    for _ in 0..5 {
        confirm("wrong wrong wrong").await.refused(401, "wrong_credentials");
    }
    confirm(PASSWORD).await.refused(429, "too_many_requests");
    assert_eq!(pending().await.0, "/login/sso/link");
    let (link, body) = (browser.cookie("hoicho_sso").unwrap(), |link| json!({ "link": link, "password": PASSWORD }));
    app.post("/auth/sso/link").from(from).json(&body(&link)).send().await.refused(429, "too_many_requests");
    app.post("/auth/sso/link").from("203.0.113.1:1").json(&body(&link)).send().await.expect(200);
    let (to, text) = pending().await;
    assert!(to == "/login" && text.contains("15 minutes"), "{to} {text}");
}
