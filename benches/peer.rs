//! The same three reads and a booking here and on pretix (PyPI), set up as its own documentation does with PostgreSQL and eight
//! gunicorn workers: `cargo bench --bench peer`. In turn, several times, in one run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
#[path = "../tests/support/cluster.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod cluster;
mod figures;
mod floor;
mod load;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::{
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};

use cluster::Cluster;
use figures::Figures;
use floor::{Floor, over_http};
use hoicho_core::db::DatabaseUrl;
use load::{Served, calls, connect, exchange, get, in_turn, rate, serve_demo};

const PACKAGES: [&str; 2] = ["pretix==2026.8.0", "gunicorn==27.0.1"];
const WORKERS: &str = "8";
const CLIENTS: usize = 16;
const TURN: Duration = Duration::from_secs(4);
const TURNS: usize = 3;

/// An organiser, an event with 50 items that can be ordered, and a token; printed for us to read.
const SEED: &str = r#"
from datetime import timedelta
from decimal import Decimal
from django.utils.timezone import now
from django_scopes import scopes_disabled
from pretix.base.models import Event, Organizer, Team
with scopes_disabled():
    organiser = Organizer.objects.create(name="Fair", slug="fair")
    event = Event.objects.create(
        organizer=organiser, name="Fair", slug="fair", currency="VND", live=True, date_from=now() + timedelta(days=30)
    )
    for n in range(50):
        item = event.items.create(name=f"Booth {n}", default_price=Decimal("1000000"))
        event.quotas.create(name=f"Booth {n}", size=1_000_000).items.add(item)
    team = Team.objects.create(organizer=organiser, name="API", all_events=True)
    for field in Team._meta.get_fields():
        if field.name.startswith(("can_", "all_")) and field.get_internal_type() == "BooleanField":
            setattr(team, field.name, True)
    team.save()
    print("SEEDED", team.tokens.create(name="bench").token, event.items.first().pk)
"#;

/// The peer's processes; dropping it stops them.
struct Peer {
    gunicorn: Child,
    port: u16,
    token: String,
    item: String,
}

impl Drop for Peer {
    fn drop(&mut self) {
        drop(Command::new("kill").arg(self.gunicorn.id().to_string()).status());
        drop(self.gunicorn.wait());
    }
}

/// Installs the peer once; `None` if that fails.
fn installed() -> Option<PathBuf> {
    let at = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/pretix");
    let done = at.join("installed");
    if !done.exists() {
        println!("installing {}", PACKAGES.join(" and "));
        let made = Command::new("python3").args(["-m", "venv"]).arg(&at).status();
        let pip = || Command::new(at.join("bin/pip")).args(["install", "--quiet"]).args(PACKAGES).status();
        if !(made.is_ok_and(|m| m.success()) && pip().is_ok_and(|p| p.success())) {
            return None;
        }
        std::fs::write(done, "").unwrap();
    }
    Some(at.join("bin"))
}

impl Peer {
    fn start(cluster: &Cluster, folder: &Path) -> Option<Self> {
        let bin = installed()?;
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        cluster.run("postgres", "CREATE DATABASE pretix");
        let url = cluster.url("pretix");
        let at = url.split_once("://").unwrap().1.split_once('/').unwrap().0;
        let (user, host) = at.split_once('@').unwrap();
        let (host, database_port) = host.split_once(':').unwrap();
        let data = folder.join("pretix");
        std::fs::create_dir_all(&data).unwrap();
        let settings = folder.join("pretix.cfg");
        let written = format!(
            "[pretix]\ninstance_name=peer\nurl=http://127.0.0.1:{port}\ncurrency=VND\ndatadir={}\nregistration=off\n\
             [database]\nbackend=postgresql\nname=pretix\nuser={}\nhost={host}\nport={database_port}\n",
            data.display(),
            user.split(':').next().unwrap(),
        );
        std::fs::write(&settings, written).unwrap();
        let python = |arguments: &[&str]| {
            let mut command = Command::new(bin.join("python"));
            command.env("PRETIX_CONFIG_FILE", &settings).args(["-m", "pretix"]).args(arguments).stdin(Stdio::null());
            let done = command.output().unwrap();
            assert!(done.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&done.stderr));
            String::from_utf8_lossy(&done.stdout).into_owned()
        };
        println!("setting pretix up");
        python(&["migrate"]);
        let said = python(&["shell", "-c", SEED]);
        let seeded = said.lines().find_map(|line| line.strip_prefix("SEEDED ")).expect("pretix was seeded");
        let (token, item) = seeded.split_once(' ').unwrap();
        let gunicorn = Command::new(bin.join("gunicorn"))
            .env("PRETIX_CONFIG_FILE", &settings)
            .args(["pretix.wsgi", "--name", "pretix", "--workers", WORKERS, "--bind", &format!("127.0.0.1:{port}")])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let peer = Self { gunicorn, port, token: token.to_owned(), item: item.to_owned() };
        while TcpStream::connect(("127.0.0.1", port)).is_err() {
            std::thread::sleep(Duration::from_millis(100));
        }
        Some(peer)
    }

    /// Requests a second; each has a connection of its own: one that waits would keep one of gunicorn's workers waiting.
    fn rate(&self, method: &str, path: &str, body: &str, status: &str) -> f64 {
        let request = format!(
            "{method} /api/v1/organizers/fair/events/fair/{path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nauthorization: Token {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.port,
            self.token,
            body.len()
        );
        calls(CLIENTS, TURN, || {
            let (mut buffer, request) = (Vec::new(), request.as_bytes());
            move || {
                exchange(&mut connect(self.port), request, &mut buffer);
                let heard = String::from_utf8_lossy(&buffer);
                assert!(heard.starts_with(&format!("HTTP/1.1 {status}")), "{heard}");
            }
        })
    }
}

fn read(served: &Served, path: &str) -> f64 {
    let request = get(path, "accept-encoding: gzip, br\r\n");
    rate(CLIENTS, TURN, served.port, |stream, buffer| {
        exchange(stream, &request, buffer);
        assert!(buffer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(buffer));
    })
}

fn compare(figures: &mut Figures, name: &str, ours: impl Fn() -> f64, theirs: impl Fn() -> f64) {
    let (our, their) = in_turn(TURNS, ours, theirs);
    figures.add(format!("{name}; baseline: pretix"), our, "requests/s", Some(their));
}

fn main() {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(&["shared_buffers=256MB"]).expect("PostgreSQL is needed for the peer");
    let peer = Peer::start(&cluster, folder.path()).expect("pretix is installed with Python's pip and venv");
    let embedded = DatabaseUrl::Sqlite(folder.path().join("bench.sqlite"));
    let served = serve_demo(&embedded, folder.path(), 8);
    let edition = "/api/v1/editions/ocop-mien-bac-2018";
    let booths = served.get(&format!("{edition}/booths?limit=50"));
    let booth = format!("{edition}/booths/{}", booths["items"][0]["id"].as_str().unwrap());
    let item = format!("items/{}/", peer.item);
    for (name, ours, theirs) in [
        ("an edition, an event", edition.to_owned(), ""),
        ("50 booths, 50 items", format!("{edition}/booths?limit=50"), "items/"),
        ("a booth, an item", booth, item.as_str()),
    ] {
        compare(&mut figures, name, || read(&served, &ours), || peer.rate("GET", theirs, "", "200"));
    }
    let order = format!(
        r#"{{"email":"a@example.vn","locale":"en","sales_channel":"web","positions":[{{"item":{},"variation":null,"answers":[]}}]}}"#,
        peer.item
    );
    let their_order = || peer.rate("POST", "orders/", &order, "201");
    let floor = Floor::new(&served);
    compare(&mut figures, "a booth held (SQLite), an order", || over_http(&served, &floor, CLIENTS, TURN), their_order);
    let elsewhere = tempfile::tempdir().unwrap();
    let served = serve_demo(&cluster.url("hoicho").parse().unwrap(), elsewhere.path(), 16);
    let floor = Floor::new(&served);
    compare(
        &mut figures,
        "a booth held (PostgreSQL), an order",
        || over_http(&served, &floor, CLIENTS, TURN),
        their_order,
    );
    figures.publish("peer").unwrap();
    // `exit` would skip the destructors that stop both.
    drop((peer, cluster));
    std::process::exit(0);
}
