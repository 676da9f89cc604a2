//! Webhooks and e-mails of many organisers at the same time: slow receivers delay nobody else, and each result is recorded.
use std::{
    net::{TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use hoicho::jobs::{BackgroundJobs, deliver_webhooks};
use hoicho_core::config::{MailTransport, Settings, SmtpSecurity};
use hoicho_fair::mail::Mailer;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, receiver::Receiver, wait::wait_until_async};

/// Time within which another organiser's message arrives while slow receivers are tried: their timeout is 15 s.
const MAX_DELAY: Duration = Duration::from_secs(4);

/// An account with an organiser.
struct Organiser {
    token: String,
    path: String,
}

impl Organiser {
    async fn new(app: &TestApp, name: &str) -> Self {
        let token = app.person(name).await;
        let path = format!("/organisers/{}", app.organiser(&token).await);
        Self { token, path }
    }

    /// A new endpoint; its path.
    async fn webhook(&self, app: &TestApp, url: &str) -> String {
        let path = format!("{}/webhooks", self.path);
        let made = app.made(&path, &self.token, json!({ "name": "Siêu thị", "url": url })).await;
        format!("{path}/{made}")
    }

    async fn send_test_event(&self, app: &TestApp, webhook: &str) {
        app.post(&format!("{webhook}/test")).by(&self.token).send().await.expect(202);
    }

    async fn deliveries(&self, app: &TestApp, webhook: &str) -> Vec<Value> {
        let list = app.get(&format!("{webhook}/deliveries")).by(&self.token).send().await.expect(200);
        list["items"].as_array().unwrap().clone()
    }
}

fn mailer(app: &TestApp, smtp_port: Option<u16>) -> Mailer {
    let mut settings = Settings::load(None).unwrap().mail;
    if let Some(port) = smtp_port {
        (settings.transport, settings.smtp_security) = (MailTransport::Smtp, SmtpSecurity::None);
        (settings.smtp_host, settings.smtp_port) = ("127.0.0.1".to_owned(), port);
    }
    Mailer::new(&settings, "https://hoicho.example".to_owned(), &app.folder().join("mail")).unwrap()
}

/// 80 messages to addresses that do not respond, or respond with 200 after a long time, delay another organiser's message neither.
async fn slow_receivers_do_not_delay_other_organisers(app: TestApp) {
    let other = Organiser::new(&app, "other").await;
    let slow = [Organiser::new(&app, "silent").await, Organiser::new(&app, "late").await];
    let (silent, late, prompt) = (Receiver::start(), Receiver::start(), Receiver::start());
    silent.be_silent();
    late.answers_after(Duration::from_secs(13));
    let to_other = other.webhook(&app, &prompt.url()).await;
    let jobs = BackgroundJobs::start(&app.services, mailer(&app, None));
    for (slow, receiver, what) in [(&slow[0], &silent, "no response"), (&slow[1], &late, "a response after 13 s")] {
        // Twenty addresses with four messages each.
        for _ in 0..20 {
            let webhook = slow.webhook(&app, &receiver.url()).await;
            for _ in 0..4 {
                slow.send_test_event(&app, &webhook).await;
            }
        }
        wait_until_async("slow receivers are tried", async || !receiver.messages().is_empty()).await;
        let (before, start) = (prompt.taken().len(), Instant::now());
        other.send_test_event(&app, &to_other).await;
        wait_until_async("the other organiser's message arrives", async || prompt.taken().len() > before).await;
        println!("{what}: the other organiser's message arrived after {:?}", start.elapsed());
        assert!(start.elapsed() < MAX_DELAY, "{what}: {:?}", start.elapsed());
        // The slow one has no more tries at the same time than an organiser may have.
        assert!(receiver.messages().len() <= 8, "{}", receiver.messages().len());
        silent.speak();
    }
    jobs.stop();
}

/// A receiver may refuse a message whose timestamp is more than five minutes old.
async fn each_try_has_its_own_timestamp(app: TestApp) {
    let (organiser, receiver) = (Organiser::new(&app, "owner").await, Receiver::start());
    let webhook = organiser.webhook(&app, &receiver.url()).await;
    for _ in 0..12 {
        organiser.send_test_event(&app, &webhook).await;
    }
    receiver.be_silent();
    let slow_start = async {
        wait_until_async("the first tries are on their way", async || receiver.messages().len() == 4).await;
        app.wait(chrono::Duration::seconds(400));
        receiver.speak();
    };
    let (delivered, ()) = futures_util::join!(deliver_webhooks(&app.services), slow_start);
    assert_eq!((delivered.unwrap(), receiver.taken().len()), (12, 12));
    let now = app.context.clock.now().and_utc().timestamp();
    let sent: Vec<i64> = receiver.taken().iter().map(|m| m.headers["webhook-timestamp"].parse().unwrap()).collect();
    assert_eq!(sent.iter().filter(|at| **at == now).count(), 8, "{sent:?}");
    assert_eq!(sent.iter().filter(|at| **at == now - 400).count(), 4, "{sent:?}");
}

async fn endpoint_deleted_during_a_try_loses_only_its_own_result(app: TestApp) {
    let organiser = Organiser::new(&app, "owner").await;
    let (deleted, kept) = (Receiver::start(), Receiver::start());
    let to_deleted = organiser.webhook(&app, &deleted.url()).await;
    let to_kept = organiser.webhook(&app, &kept.url()).await;
    for webhook in [&to_deleted, &to_kept, &to_deleted, &to_kept] {
        organiser.send_test_event(&app, webhook).await;
    }
    deleted.be_silent();
    let delete = async {
        wait_until_async("it is tried", async || deleted.messages().len() == 2).await;
        app.delete(&to_deleted).by(&organiser.token).header("if-match", "\"v1\"").send().await.expect(204);
        deleted.speak();
    };
    let (delivered, ()) = futures_util::join!(deliver_webhooks(&app.services), delete);
    assert_eq!(delivered.unwrap(), 4, "all were accepted");
    let states: Vec<Value> =
        organiser.deliveries(&app, &to_kept).await.iter().map(|delivery| delivery["state"].clone()).collect();
    assert_eq!(states, ["delivered", "delivered"]);
    // Nothing is sent twice, also when leases end.
    app.wait(chrono::Duration::minutes(10));
    assert_eq!((deliver_webhooks(&app.services).await.unwrap(), kept.messages().len()), (0, 2));
}

/// A mail server that accepts connections and says nothing.
struct SilentMailServer {
    port: u16,
    accepted: Arc<AtomicUsize>,
    connections: Arc<parking_lot::Mutex<Vec<TcpStream>>>,
}

impl SilentMailServer {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let server = Self { port, accepted: Arc::default(), connections: Arc::default() };
        let (accepted, connections) = (server.accepted.clone(), server.connections.clone());
        std::thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                connections.lock().push(connection);
                accepted.fetch_add(1, Ordering::SeqCst);
            }
        });
        server
    }

    fn accepted(&self) -> usize {
        self.accepted.load(Ordering::SeqCst)
    }
}

/// E-mails wait for the mail server, and nothing else does. The many of one organiser leave room for others.
async fn unresponsive_mail_server_delays_neither_jobs_nor_other_senders(app: TestApp) {
    let fair = Fair::builder().exhibitors(["htx"]).build(&app).await;
    let allocation = fair.hold(&app, &fair.owner, 0, 0).await;
    let server = SilentMailServer::start();
    // What was sent while the fair was set up does not wait any more.
    hoicho::jobs::send_emails(&app.services, mailer(&app, None).into()).await.unwrap();
    for n in 0..20 {
        let invite = json!({ "email": format!("nhan-vien-{n}@example.vn"), "role": "viewer" });
        app.post(&format!("/organisers/{}/members", fair.organiser))
            .by(&fair.owner)
            .json(&invite)
            .send()
            .await
            .expect(202);
    }
    let jobs = BackgroundJobs::start(&app.services, mailer(&app, Some(server.port)));
    wait_until_async("the organiser's e-mails are tried", async || server.accepted() == 4).await;
    let start = Instant::now();
    app.post("/auth/password-reset").json(&json!({ "email": "htx@example.vn" })).send().await.expect(202);
    wait_until_async("another e-mail is tried", async || server.accepted() == 5).await;
    assert!(start.elapsed() < MAX_DELAY, "{:?}", start.elapsed());
    // The hold ends meanwhile.
    app.wait(chrono::Duration::days(3));
    let owner = app.login("owner@example.vn").await;
    let state = async || {
        let shown = app.get("/editions/hoi-cho/allocations?limit=500").by(&owner).send().await.expect(200);
        let items = shown["items"].as_array().unwrap().clone();
        items.into_iter().find(|item| item["id"] == allocation.as_str()).map(|item| item["state"].clone())
    };
    wait_until_async("the hold expires", async || state().await != Some(json!("held"))).await;
    assert!(start.elapsed() < Duration::from_secs(20), "after {:?}, before an e-mail times out", start.elapsed());
    server.connections.lock().clear();
    jobs.stop();
}

crate::on_both!(
    slow_receivers_do_not_delay_other_organisers,
    each_try_has_its_own_timestamp,
    endpoint_deleted_during_a_try_loses_only_its_own_result,
    unresponsive_mail_server_delays_neither_jobs_nor_other_senders,
);
