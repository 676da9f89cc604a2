//! An application of its own for each test, on a database of its own, called in process.
pub mod postgres;

use std::{pin::Pin, rc::Rc};

use actix_http::Request;
use actix_web::{App, dev::ServiceResponse, http::StatusCode, test, web};
use hoicho::{
    app::{self, State},
    config::Settings,
    db::{DatabaseUrl, Db, migrate},
    values::clock::Clock,
};
use serde_json::Value;

/// The moment of every test: the evening of 3 March 2026 in Hạ Long.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-03-03T12:00:00Z".parse().unwrap()
}

type Answering = Pin<Box<dyn Future<Output = ServiceResponse>>>;

pub struct TestApp {
    service: Rc<dyn Fn(Request) -> Answering>,
    pub db: Db,
    _folder: tempfile::TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub headers: actix_web::http::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|e| panic!("no JSON ({e}): {}", String::from_utf8_lossy(&self.body)))
    }
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.body));
        if self.body.is_empty() { Value::Null } else { self.json() }
    }
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Value {
        let problem = self.expect(status);
        assert_eq!(problem["code"], code, "{problem}");
        problem
    }
}

/// What a test wants to send.
pub struct Call<'a> {
    app: &'a TestApp,
    request: test::TestRequest,
}

impl Call<'_> {
    pub fn by(self, token: &str) -> Self {
        Self { request: self.request.insert_header(("authorization", format!("Bearer {token}"))), ..self }
    }
    pub fn header(self, name: &'static str, value: &str) -> Self {
        Self { request: self.request.insert_header((name, value.to_owned())), ..self }
    }
    pub fn json(self, body: &Value) -> Self {
        Self { request: self.request.set_json(body), ..self }
    }
    pub fn bytes(self, body: impl Into<web::Bytes>) -> Self {
        Self { request: self.request.insert_header(("content-type", "application/json")).set_payload(body), ..self }
    }
    pub async fn send(self) -> Answer {
        let response = (self.app.service)(self.request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::read_body(response).await.to_vec();
        Answer { status, headers, body }
    }
}

impl TestApp {
    pub async fn on(url: DatabaseUrl, folder: tempfile::TempDir) -> Self {
        migrate::up(&url).unwrap();
        let db = Db::open(&url, 8).unwrap();
        let mut settings = Settings::load(None).unwrap();
        // The cheapest argon2 allows: the tests protect rules, not passwords.
        settings.password = hoicho::config::Password { memory_kib: 8, passes: 1, lanes: 1 };
        let state = web::Data::new(State::new(&settings, db.clone(), Clock::Fixed(now()), folder.path()).unwrap());
        let service = Rc::new(test::init_service(App::new().configure(app::routes(state))).await);
        let service: Rc<dyn Fn(Request) -> Answering> = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move { test::call_service(service.as_ref(), request).await.map_into_boxed_body() })
        });
        Self { service, db, _folder: folder }
    }

    pub async fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = DatabaseUrl::Sqlite(folder.path().join("test.sqlite"));
        Self::on(url, folder).await
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::get(), path)
    }
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::post(), path)
    }
    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::put(), path)
    }
    pub fn call(&self, request: test::TestRequest, path: &str) -> Call<'_> {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        Call { app: self, request: request.uri(&path) }
    }

    /// Registers somebody and logs them in.
    pub async fn person(&self, name: &str) -> String {
        let email = format!("{name}@example.vn");
        let account = serde_json::json!({ "email": email, "password": "mật khẩu dài", "display_name": name });
        self.post("/auth/register").json(&account).send().await.expect(201);
        let login = serde_json::json!({ "email": email, "password": "mật khẩu dài" });
        self.post("/auth/login").json(&login).send().await.expect(200)["access_token"].as_str().unwrap().to_owned()
    }

    /// An organiser owned by `token`.
    pub async fn organiser(&self, token: &str) -> String {
        let made = self
            .post("/organisers")
            .by(token)
            .json(&serde_json::json!({ "name": "Ban tổ chức" }))
            .send()
            .await
            .expect(201);
        made["id"].as_str().unwrap().to_owned()
    }

    /// A draft edition with five opening days and the booths A01…A10.
    pub async fn edition(&self, token: &str, slug: &str) -> String {
        let organiser = self.organiser(token).await;
        let body =
            serde_json::json!({ "organiser": organiser, "slug": slug, "name": "Hội chợ OCOP", "venue": "Hạ Long" });
        let edition =
            self.post("/editions").by(token).json(&body).send().await.expect(201)["id"].as_str().unwrap().to_owned();
        let days: Vec<_> = (1..=5)
            .map(|d| serde_json::json!({ "day": format!("2026-03-0{d}"), "opens_at": "08:00:00", "closes_at": "21:00:00" }))
            .collect();
        let days = serde_json::json!(days);
        self.put(&format!("/editions/{edition}/opening-days"))
            .by(token)
            .header("if-match", "\"v1\"")
            .json(&days)
            .send()
            .await
            .expect(200);
        let zone = serde_json::json!({ "code": "OCOP", "name": "Khu OCOP" });
        let zone =
            self.post(&format!("/editions/{edition}/zones")).by(token).json(&zone).send().await.expect(201)["id"]
                .clone();
        let kind = serde_json::json!({ "zone": zone, "category": "standard", "area_dm2": 900, "fee": 0 });
        let runs = serde_json::json!({ "runs": [{ "pattern": "A01…A10", "kind": kind }] });
        self.post(&format!("/editions/{edition}/booths/generate")).by(token).json(&runs).send().await.expect(201);
        edition
    }

    /// A person whose new exhibitor has an approved application: their token and its identifier.
    pub async fn approved_application(&self, owner: &str, edition: &str, name: &str) -> (String, String) {
        let token = self.person(name).await;
        let exhibitor =
            serde_json::json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality": "Đầm Hà" });
        let exhibitor = self.post("/exhibitors").by(&token).json(&exhibitor).send().await.expect(201)["id"].clone();
        let asked = serde_json::json!({ "exhibitor": exhibitor, "booths_wanted": 1, "category": "standard" });
        let made =
            self.post(&format!("/editions/{edition}/applications")).by(&token).json(&asked).send().await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        self.post(&format!("/applications/{id}/submit")).by(&token).send().await.expect(200);
        self.post(&format!("/applications/{id}/approve")).by(owner).send().await.expect(200);
        (token, id)
    }

    /// Moves an edition forward to `state`.
    pub async fn advance(&self, token: &str, edition: &str, states: &[&str]) {
        for to in states {
            let step = serde_json::json!({ "to": to });
            self.post(&format!("/editions/{edition}/transitions")).by(token).json(&step).send().await.expect(200);
        }
    }
}

/// Makes a test of `async fn name(app: TestApp)` on each database.
#[macro_export]
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[actix_web::test]
            async fn $name() { super::$name($crate::support::TestApp::sqlite().await).await; })+
        }
        mod postgres {
            $(#[actix_web::test]
            async fn $name() {
                if let Some(app) = $crate::support::postgres::app().await { super::$name(app).await; }
            })+
        }
    };
}
