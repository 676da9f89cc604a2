//! An application in process for each test, on a database of its own.
pub mod authenticator;
pub mod demo;
pub mod fair;
pub mod json_schema;
pub mod postgres;
pub mod receiver;
pub mod snapshot;
pub mod sqlite_file;
pub mod wait;
pub mod world;

use std::{
    pin::Pin,
    rc::Rc,
    sync::atomic::{AtomicI64, Ordering},
};

use actix_http::Request;
use actix_web::{
    App,
    body::MessageBody,
    dev::ServiceResponse,
    http::{Method, StatusCode},
    test, web,
};
use diesel::{ExpressionMethods, QueryDsl, RunQueryDsl, dsl::max};
use hoicho::app::{self, Services};
use hoicho_core::{
    config::{Password, Settings},
    db::{
        Database, DatabaseUrl, migrate,
        schema::{changes, outbox},
    },
    values::clock::Clock,
};
use hoicho_web::identity::RequestContext;
use serde_json::Value;

/// The time at which every test starts: the evening of 3 March 2026 in Hạ Long.
pub fn now() -> chrono::DateTime<chrono::Utc> {
    "2026-03-03T12:00:00Z".parse().unwrap()
}

/// The lowest cost that Argon2 allows, to keep tests fast.
const LOWEST_COST: Password = Password { memory_kib: 8, iterations: 1, parallelism: 1 };

/// The password of all accounts.
pub const PASSWORD: &str = "mật khẩu dài";

type Answering = Pin<Box<dyn Future<Output = ServiceResponse>>>;

pub struct TestApp {
    service: Rc<dyn Fn(Request) -> Answering>,
    pub db: Database,
    pub context: web::Data<RequestContext>,
    /// What the handlers share.
    pub services: Services,
    clock: &'static AtomicI64,
    folder: tempfile::TempDir,
    /// Dropped last, when no connection is left.
    _database: Option<postgres::DropAtEnd>,
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

/// A request under construction.
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
    /// Adds a line to those of the header, instead of replacing it.
    pub fn another_header(self, name: &'static str, value: &str) -> Self {
        Self { request: self.request.append_header((name, value.to_owned())), ..self }
    }
    pub fn json(self, body: &Value) -> Self {
        Self { request: self.request.set_json(body), ..self }
    }
    pub fn bytes(self, body: impl Into<web::Bytes>) -> Self {
        Self { request: self.request.insert_header(("content-type", "application/json")).set_payload(body), ..self }
    }
    pub fn file(self, content_type: &str, body: &'static [u8]) -> Self {
        Self {
            request: self.request.insert_header(("content-type", content_type.to_owned())).set_payload(body),
            ..self
        }
    }
    pub fn from(self, address: &str) -> Self {
        Self { request: self.request.peer_addr(address.parse().unwrap()), ..self }
    }
    pub fn table(self, csv: &str) -> Self {
        Self { request: self.request.insert_header(("content-type", "text/csv")).set_payload(csv.to_owned()), ..self }
    }
    /// Sends the request without reading the body, for streams that never end.
    pub async fn open(self) -> ServiceResponse {
        (self.app.service)(self.request.to_request()).await
    }
    pub async fn send(self) -> Answer {
        let response = (self.app.service)(self.request.to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::read_body(response).await.to_vec();
        Answer { status, headers, body }
    }
}

/// Content of a migrated SQLite file.
fn migrated() -> &'static [u8] {
    static FILE: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("template.sqlite");
        migrate::run_pending(&DatabaseUrl::Sqlite(file.clone())).unwrap();
        std::fs::read(file).unwrap()
    })
}

impl TestApp {
    /// An application on a migrated database.
    pub async fn on(url: DatabaseUrl, folder: tempfile::TempDir) -> Self {
        Self::with(url, folder, |_| {}).await
    }

    /// An application on a database of PostgreSQL that is dropped with it.
    async fn on_own_database(url: DatabaseUrl) -> Self {
        let app = Self::on(url.clone(), tempfile::tempdir().unwrap()).await;
        Self { _database: Some(postgres::DropAtEnd(url)), ..app }
    }

    /// The same with some settings changed.
    pub async fn with(url: DatabaseUrl, folder: tempfile::TempDir, change: impl FnOnce(&mut Settings)) -> Self {
        let clock: &'static AtomicI64 = Box::leak(Box::new(AtomicI64::new(now().timestamp_micros())));
        Self::at(url, folder, clock, change).await
    }

    /// Another node on the same database with the same clock.
    pub async fn beside(&self, url: DatabaseUrl) -> Self {
        Self::at(url, tempfile::tempdir().unwrap(), self.clock, |_| {}).await
    }

    async fn at(
        url: DatabaseUrl,
        folder: tempfile::TempDir,
        clock: &'static AtomicI64,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let db = Database::open(&url, 8).unwrap();
        let mut settings = Settings::load(None).unwrap();
        settings.password = LOWEST_COST;
        settings.limits = hoicho_core::config::Limits { per_minute: 1_000_000, auth_per_minute: 1_000_000 };
        // Webhook receivers of the tests listen on this machine.
        settings.webhooks = hoicho_core::config::Webhooks { allow_private_addresses: true, allow_plain_http: true };
        change(&mut settings);
        let services = Services::new(&settings, db.clone(), Clock::Manual(clock), folder.path()).unwrap();
        let service = Rc::new(test::init_service(App::new().configure(app::routes(services.clone()))).await);
        let service: Rc<dyn Fn(Request) -> Answering> = Rc::new(move |request| {
            let service = service.clone();
            Box::pin(async move { test::call_service(service.as_ref(), request).await.map_into_boxed_body() })
        });
        Self { service, db, context: services.context.clone(), services, clock, folder, _database: None }
    }

    /// Advances the clock.
    pub fn wait(&self, time: chrono::Duration) {
        self.clock.fetch_add(time.num_microseconds().unwrap(), Ordering::SeqCst);
    }

    /// Waits until every transaction that began before the last change has ended. PostgreSQL numbers the transactions of all
    /// databases of a server together: until then a transaction of another test holds back `synced` in lists, and the
    /// response cache reads changes again that it knows already.
    pub async fn wait_for_older_transactions(&self) {
        wait::wait_until_async("older transactions have ended", async || {
            let settled = self.db.read(|tx| {
                let next = hoicho_web::changes::current_revision(tx)?;
                let last: Option<i64> = changes::table.select(max(changes::revision)).get_result(tx.conn())?;
                Ok::<_, hoicho_web::http::Problem>(last.is_none_or(|last| last < next.0))
            });
            settled.await.unwrap()
        })
        .await;
    }

    /// The application's data folder.
    pub fn folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// `None`, with a message, if PostgreSQL is not installed.
    pub async fn postgres() -> Option<Self> {
        Some(Self::on_own_database(postgres::database()?).await)
    }

    /// The same with some settings changed.
    pub async fn postgres_with(change: impl FnOnce(&mut Settings)) -> Option<Self> {
        let url = postgres::database()?;
        let app = Self::with(url.clone(), tempfile::tempdir().unwrap(), change).await;
        Some(Self { _database: Some(postgres::DropAtEnd(url)), ..app })
    }

    pub async fn sqlite() -> Self {
        Self::sqlite_with(|_| {}).await
    }

    pub async fn sqlite_with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.sqlite");
        std::fs::write(&file, migrated()).unwrap();
        Self::with(DatabaseUrl::Sqlite(file), folder, change).await
    }

    pub fn get(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::get(), path)
    }
    /// A GET request outside `/api/v1`.
    pub fn root(&self, path: &str) -> Call<'_> {
        Call { app: self, request: test::TestRequest::get().uri(path) }
    }
    /// A request of a person outside `/api/v1`.
    pub fn call_by(&self, method: Method, path: &str, token: &str) -> Call<'_> {
        Call { app: self, request: test::TestRequest::default().method(method).uri(path) }.by(token)
    }
    /// Sends a request whose URI is not prefixed.
    pub async fn call_root(&self, request: test::TestRequest) -> Answer {
        Call { app: self, request }.send().await
    }
    pub fn post(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::post(), path)
    }
    pub fn patch(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::patch(), path)
    }
    pub fn delete(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::delete(), path)
    }
    pub fn put(&self, path: &str) -> Call<'_> {
        self.call(test::TestRequest::put(), path)
    }
    pub fn call(&self, request: test::TestRequest, path: &str) -> Call<'_> {
        let path = if path.starts_with("/api") { path.to_owned() } else { format!("/api/v1{path}") };
        Call { app: self, request: request.uri(&path) }
    }

    /// Creates a resource and returns its identifier.
    pub async fn made(&self, path: &str, by: &str, body: Value) -> String {
        let answer = self.post(path).by(by).json(&body).send().await;
        assert!(answer.status.is_success(), "{path}: {}", String::from_utf8_lossy(&answer.body));
        answer.json()["id"].as_str().unwrap().to_owned()
    }

    /// Registers an account, verifies its address and logs in; returns the access token.
    pub async fn person(&self, name: &str) -> String {
        let email = format!("{name}@example.vn");
        let account = serde_json::json!({ "email": email, "password": PASSWORD, "display_name": name });
        self.post("/auth/register").json(&account).send().await.expect(202);
        let token = self.letter_to(&email).await["letter"]["token"].clone();
        let proof = serde_json::json!({ "token": token, "password": PASSWORD });
        self.post("/auth/verify-email").json(&proof).send().await.expect(204);
        self.login(&email).await
    }

    /// Logs in and returns the access token.
    pub async fn login(&self, email: &str) -> String {
        let login = serde_json::json!({ "email": email, "password": PASSWORD });
        self.post("/auth/login").json(&login).send().await.expect(200)["access_token"].as_str().unwrap().to_owned()
    }

    /// Unsent emails of the outbox to an address, oldest first.
    pub async fn letters_to(&self, email: &str) -> Vec<Value> {
        let email = email.to_owned();
        let waiting = self.db.read(|tx| {
            outbox::table
                .filter(outbox::due_at.is_not_null())
                .order(outbox::id)
                .select(outbox::payload)
                .load::<String>(tx.conn())
                .map_err(hoicho_web::http::Problem::from)
        });
        let letters = waiting.await.unwrap();
        letters.iter().map(|l| serde_json::from_str(l).unwrap()).filter(|l: &Value| l["to"] == *email).collect()
    }

    /// The newest unsent email to an address.
    pub async fn letter_to(&self, email: &str) -> Value {
        self.letters_to(email).await.pop().unwrap_or_else(|| panic!("no letter to {email}"))
    }

    /// A new account named after its role, which it has accepted; its access token.
    pub async fn staff(&self, owner: &str, organiser: &str, role: &str) -> String {
        self.staff_named(owner, organiser, role, role).await
    }

    /// A new account that has accepted a role of an organiser; its access token.
    pub async fn staff_named(&self, owner: &str, organiser: &str, name: &str, role: &str) -> String {
        let token = self.person(name).await;
        let email = format!("{name}@example.vn");
        let invited = serde_json::json!({ "email": email, "role": role });
        let path = format!("/organisers/{organiser}/members");
        self.post(&path).by(owner).json(&invited).send().await.expect(202);
        let invitation = serde_json::json!({ "token": self.letter_to(&email).await["letter"]["token"] });
        self.post("/invitations/accept").by(&token).json(&invitation).send().await.expect(200);
        token
    }

    /// A new organiser owned by the account of `token`.
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
        let body = serde_json::json!({ "organiser": organiser, "slug": slug, "name": "Hội chợ OCOP" });
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

    /// A new account and organisation with an approved application: access token and application.
    pub async fn approved_application(&self, owner: &str, edition: &str, name: &str) -> (String, String) {
        let (token, id) = self.submitted_application(edition, name).await;
        self.post(&format!("/applications/{id}/approve")).by(owner).send().await.expect(200);
        (token, id)
    }

    /// The same with a submitted application.
    pub async fn submitted_application(&self, edition: &str, name: &str) -> (String, String) {
        let token = self.person(name).await;
        let organisation =
            serde_json::json!({ "name": format!("HTX {name}"), "legal_form": "co_operative", "locality": "Đầm Hà" });
        let organisation = self.made("/organisations", &token, organisation).await;
        let asked = serde_json::json!({ "organisation": organisation, "booths_wanted": 1, "category": "standard" });
        let made =
            self.post(&format!("/editions/{edition}/applications")).by(&token).json(&asked).send().await.expect(201);
        let id = made["id"].as_str().unwrap().to_owned();
        self.post(&format!("/applications/{id}/submit")).by(&token).send().await.expect(200);
        (token, id)
    }

    /// Takes a step of an allocation: `offer`, `confirm`, `check-in`, `release`, ….
    pub async fn step(&self, token: &str, allocation: &str, step: &str) -> Answer {
        self.post(&format!("/allocations/{allocation}/{step}")).by(token).send().await
    }

    /// Confirms an offer for the exhibitor, which has the booth from this day on.
    pub async fn confirm_from(&self, staff: &str, allocation: &str, day: &str) {
        let body = serde_json::json!({ "from_day": day });
        self.post(&format!("/allocations/{allocation}/confirm")).by(staff).json(&body).send().await.expect(200);
    }

    /// Moves an edition forward through these states and phases. Registration is open from January 2026 on, unless it
    /// is closed; the phase `live` follows from the dates, `reporting` from them or from an early end.
    pub async fn advance(&self, token: &str, edition: &str, steps: &[&str]) {
        let at = format!("/editions/{edition}");
        for step in steps {
            match *step {
                "registration_open" => {
                    let dates = serde_json::json!({
                        "registration_opens_at": "2026-01-01T00:00:00Z", "registration_closes_at": "2099-12-31T00:00:00Z",
                    });
                    self.patch_newest(&at, token, dates).await;
                }
                "registration_closed" => {
                    let dates = serde_json::json!({ "registration_closes_at": "2026-02-28T00:00:00Z" });
                    self.patch_newest(&at, token, dates).await;
                }
                "live" => assert_eq!(self.get(&at).by(token).send().await.expect(200)["phase"], "live"),
                "reporting" => {
                    if self.get(&at).by(token).send().await.expect(200)["phase"] != "reporting" {
                        let end = serde_json::json!({ "reason": "Bão" });
                        self.put(&format!("{at}/end")).by(token).json(&end).send().await.expect(200);
                    }
                }
                to => {
                    let step = serde_json::json!({ "to": to });
                    self.post(&format!("{at}/transitions")).by(token).json(&step).send().await.expect(200);
                }
            }
        }
    }

    /// Replaces the opening days, open from 8 to 21 o'clock.
    pub async fn set_days(&self, token: &str, edition: &str, days: &[&str]) {
        let at = format!("/editions/{edition}");
        let hours = |day: &&str| serde_json::json!({ "day": day, "opens_at": "08:00:00", "closes_at": "21:00:00" });
        let days: Vec<Value> = days.iter().map(hours).collect();
        let version = self.version_of(&at, token).await;
        let put = self.put(&format!("{at}/opening-days")).by(token).header("if-match", &version);
        put.json(&serde_json::json!(days)).send().await.expect(200);
    }

    async fn version_of(&self, path: &str, token: &str) -> String {
        let shown = self.get(path).by(token).send().await;
        shown.headers.get("etag").unwrap().to_str().unwrap().to_owned()
    }

    /// Patches the newest version of a resource.
    pub async fn patch_newest(&self, path: &str, token: &str, change: Value) -> Value {
        let version = self.version_of(path, token).await;
        self.patch(path).by(token).header("if-match", &version).json(&change).send().await.expect(200)
    }
}

/// Sends a request again while the response is 503: with many clients on a slow machine it may wait longer for a connection
/// to the database than the server allows.
pub async fn send_until_available(send: impl AsyncFn() -> Answer) -> Answer {
    let start = std::time::Instant::now();
    loop {
        let response = send().await;
        if response.status != StatusCode::SERVICE_UNAVAILABLE || start.elapsed() > wait::TIMEOUT {
            return response;
        }
    }
}

/// Reads a stream until it contains a text; returns everything read.
pub async fn until(body: &mut (impl MessageBody<Error: std::fmt::Debug> + Unpin), fits: &str) -> String {
    let mut heard = String::new();
    let listen = async {
        while !heard.contains(fits) {
            let chunk = std::future::poll_fn(|cx| std::pin::Pin::new(&mut *body).poll_next(cx)).await;
            heard += std::str::from_utf8(&chunk.expect("the stream ended").unwrap()).unwrap();
        }
    };
    let received = tokio::time::timeout(wait::TIMEOUT, listen).await;
    assert!(received.is_ok(), "timeout waiting for {fits}: {heard}");
    heard
}

/// Generates a test of `async fn name(app: TestApp)` for each database.
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
                if let Some(app) = $crate::support::TestApp::postgres().await { super::$name(app).await; }
            })+
        }
    };
}
