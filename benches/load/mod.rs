//! A server in this process, and closed-loop clients.
use std::{
    io::{Read, Write},
    net::TcpStream,
    path::Path,
    sync::{
        atomic::{AtomicBool, AtomicU64, Ordering},
        mpsc,
    },
    time::{Duration, Instant},
};

use actix_web::{App, HttpServer};
use hoicho::{
    app::{self, Services},
    sample_data,
};
use hoicho_core::{
    config::{self, Settings},
    db::{Database, DatabaseUrl, migrate},
    values::clock::Clock,
};
use hoicho_web::identity::passwords::PasswordHasher;
use serde_json::{Value, json};

/// Worker threads of the server.
const WORKERS: usize = 2;
/// The demo's live edition.
pub const EDITION: &str = "/api/v1/editions/ocop-quang-ninh-demo";

/// A server's address and database.
pub struct Served {
    pub port: u16,
    pub db: Database,
    token: String,
}

/// One request on a keep-alive connection; returns the response's bytes.
pub fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> usize {
    stream.write_all(request).unwrap();
    let mut filled = 0;
    loop {
        if buffer.len() < filled + 65_536 {
            buffer.resize(filled + 262_144, 0);
        }
        let n = stream.read(&mut buffer[filled..]).unwrap();
        assert!(n > 0, "the server hung up");
        filled += n;
        let Some(end) = buffer[..filled].windows(4).position(|w| w == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end]).unwrap();
        let length = head
            .lines()
            .find_map(|l| {
                l.to_ascii_lowercase().strip_prefix("content-length:").map(|n| n.trim().parse::<usize>().unwrap())
            })
            .unwrap_or(0);
        while filled < end + 4 + length {
            if buffer.len() < filled + 65_536 {
                buffer.resize(filled + 262_144, 0);
            }
            filled += stream.read(&mut buffer[filled..]).unwrap();
        }
        return filled;
    }
}

/// A connection to a local server.
pub fn connect(port: u16) -> TcpStream {
    let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    stream.set_nodelay(true).unwrap();
    stream
}

/// Calls of `once` per second by `clients` threads with a connection each, for a duration.
pub fn rate(clients: usize, lasts: Duration, port: u16, once: impl Fn(&mut TcpStream, &mut Vec<u8>) + Sync) -> f64 {
    calls(clients, lasts, || {
        let (mut stream, mut buffer) = (connect(port), Vec::new());
        let once = &once;
        move || once(&mut stream, &mut buffer)
    })
}

/// The same with closures made by `caller`, one per thread.
pub fn calls<C: FnMut()>(clients: usize, lasts: Duration, caller: impl Fn() -> C + Sync) -> f64 {
    let (over, done) = (AtomicBool::new(false), AtomicU64::new(0));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..clients {
            scope.spawn(|| {
                let (mut call, mut n) = (caller(), 0);
                while !over.load(Ordering::Relaxed) {
                    call();
                    n += 1;
                }
                done.fetch_add(n, Ordering::Relaxed);
            });
        }
        std::thread::sleep(lasts);
        over.store(true, Ordering::Relaxed);
    });
    number(done.load(Ordering::Relaxed)) / began.elapsed().as_secs_f64()
}

/// Medians of two alternating measurements, after one warm-up.
pub fn in_turn(turns: usize, one: impl Fn() -> f64, other: impl Fn() -> f64) -> (f64, f64) {
    let (ones, others) = (0..=turns).map(|_| (one(), other())).skip(1).unzip();
    (median(ones).round(), median(others).round())
}

/// Executes statements in one transaction.
pub fn execute_all(db: &Database, steps: impl IntoIterator<Item = impl AsRef<str>>) {
    let carried_out = db.write_blocking(|tx| {
        for step in steps {
            diesel::RunQueryDsl::execute(diesel::sql_query(step.as_ref()), tx.conn())?;
        }
        Ok::<_, hoicho_core::db::DatabaseError>(())
    });
    carried_out.unwrap();
}

/// A count as a fraction.
pub fn number(n: u64) -> f64 {
    f64::from(u32::try_from(n).unwrap())
}

/// The median.
pub fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

/// A GET request.
pub fn get(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n").into_bytes()
}

/// Serves the demo from a database with a pool of `connections`.
pub fn serve_demo(url: &DatabaseUrl, folder: &Path, connections: u32) -> Served {
    migrate::run_pending(url).unwrap();
    let db = Database::open(url, connections).unwrap();
    let mut settings = Settings::load(None).unwrap();
    settings.limits = config::Limits { per_minute: u32::MAX, auth_per_minute: u32::MAX };
    settings.password = config::Password { memory_kib: 8, iterations: 1, parallelism: 1 };
    let passwords = PasswordHasher::new(settings.password).unwrap();
    db.write_blocking(|tx| sample_data::fill(tx, &passwords, Clock::System.now(), |_| {})).unwrap();
    let services = Services::new(&settings, db.clone(), Clock::System, folder).unwrap();
    let (sender, ports) = mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let server = HttpServer::new(move || App::new().configure(app::routes(services.clone())))
                .workers(WORKERS)
                .bind(("127.0.0.1", 0))
                .unwrap();
            sender.send(server.addrs()[0].port()).unwrap();
            server.run().await.unwrap();
        });
    });
    let mut served = Served { port: ports.recv().unwrap(), db, token: String::new() };
    let login = json!({ "email": "bantochuc@example.vn", "password": "hoi-cho-ocop" });
    served.token = served.post("/api/v1/auth/login", &login)["access_token"].as_str().unwrap().to_owned();
    served
}

impl Served {
    /// The authorization header of the demo's organiser; empty before the login.
    pub fn login(&self) -> String {
        let token = &self.token;
        if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") }
    }

    /// A request with that header.
    pub fn request(&self, method: &str, path: &str, body: &str) -> Vec<u8> {
        let (login, length) = (self.login(), body.len());
        format!(
            "{method} {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{login}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .into_bytes()
    }

    fn call(&self, method: &str, path: &str, body: &str) -> Value {
        let mut buffer = Vec::new();
        let n = exchange(&mut connect(self.port), &self.request(method, path, body), &mut buffer);
        let answer = std::str::from_utf8(&buffer[..n]).unwrap();
        assert!(answer.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
        serde_json::from_str(answer.split_once("\r\n\r\n").unwrap().1).unwrap()
    }

    /// A GET request of the organiser.
    pub fn get(&self, path: &str) -> Value {
        self.call("GET", path, "")
    }

    /// A POST request of the organiser.
    pub fn post(&self, path: &str, body: &Value) -> Value {
        self.call("POST", path, &body.to_string())
    }
}
