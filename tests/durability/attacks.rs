//! Requests that cost the sender little and the server much: others do not wait for them. The figures are printed:
//! `cargo test --release --test durability attacks -- --nocapture`.
use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    caller::Caller,
    server::{Server, login},
};

/// The longest time that others may wait, and the 99th percentile, in a program that is not optimised and on a machine that also runs
/// other tests. Before the limits the longest were a minute.
const MAX_WAIT: Duration = Duration::from_secs(5);
const MAX_P99: Duration = Duration::from_secs(2);
/// Max memory of the server in MiB.
const MAX_MIB: u64 = 400;

/// Somebody who asks for `/healthz` and writes, again and again.
struct Bystander {
    is_over: Arc<AtomicBool>,
    waits: thread::JoinHandle<Vec<Duration>>,
}

impl Bystander {
    fn start(server: &Server, token: &str) -> Self {
        let is_over = Arc::new(AtomicBool::new(false));
        let (caller, root) = (Caller::new(server.address().url(), token), server.address().url().to_owned());
        let over = is_over.clone();
        let waits = thread::spawn(move || {
            let mut waits = Vec::new();
            while !over.load(Ordering::Relaxed) {
                let began = Instant::now();
                ureq::get(format!("{root}/healthz")).call().unwrap();
                waits.push(began.elapsed());
                let began = Instant::now();
                let (status, body) = caller.send("PATCH", "/me", &json!({ "language": "vi" }), None).unwrap();
                assert_eq!(status, 200, "{body}");
                waits.push(began.elapsed());
                thread::sleep(Duration::from_millis(10));
            }
            waits
        });
        Self { is_over, waits }
    }

    fn stop(self, server: &Server, attack: &str) {
        self.is_over.store(true, Ordering::Relaxed);
        let mut waits = self.waits.join().unwrap();
        waits.sort_unstable();
        let (max, p99) = (waits[waits.len() - 1], waits[waits.len() * 99 / 100]);
        let memory = server.resident_mib();
        println!("{attack}: {} requests of others, p99 {p99:?}, max {max:?}; {memory} MiB", waits.len());
        assert!(max < MAX_WAIT && p99 < MAX_P99, "{attack}: p99 {p99:?}, max {max:?}");
        assert!(memory < MAX_MIB, "{attack}: {memory} MiB");
    }
}

fn send(server: &Server, head: &str, body: &[u8]) -> TcpStream {
    let mut stream = TcpStream::connect(server.address().url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let length = body.len();
    let head = format!("{head} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n");
    // The server may respond and close before the body is sent.
    let _ = stream.write_all(format!("{head}content-type: application/json\r\n\r\n").as_bytes());
    let _ = stream.write_all(body);
    stream
}

/// Sends all requests at once and waits for the responses; returns their statuses.
fn at_once(server: &Server, count: usize, request: impl Fn(usize) -> (String, Vec<u8>)) -> Vec<String> {
    let streams: Vec<TcpStream> = (0..count)
        .map(|n| {
            let (head, body) = request(n);
            send(server, &head, &body)
        })
        .collect();
    let status = |mut stream: TcpStream| {
        let mut response = Vec::new();
        let _ = stream.read_to_end(&mut response);
        String::from_utf8_lossy(&response).chars().skip(9).take(3).collect()
    };
    streams.into_iter().map(status).collect()
}

fn unlimited(folder: &std::path::Path) -> Server {
    let limits = [("HOICHO_LIMITS__PER_MINUTE", "1000000"), ("HOICHO_LIMITS__AUTH_PER_MINUTE", "1000000")];
    Server::demo(folder, &limits)
}

#[test]
fn passwords_that_are_slow_to_rate_or_verify_delay_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);

    let bystander = Bystander::start(&server, &token);
    let leet = "4@8({[<369&#!1/|0$5+7%2".repeat(3);
    let rated = at_once(&server, 60, |n| {
        let body = json!({ "email": format!("a{n}@example.vn"), "password": leet, "display_name": "A" });
        ("POST /api/v1/auth/register".to_owned(), body.to_string().into_bytes())
    });
    assert!(rated.iter().all(|status| ["202", "422", "503"].contains(&status.as_str())), "{rated:?}");
    bystander.stop(&server, "60 passwords that are slow to rate");

    let bystander = Bystander::start(&server, &token);
    let verified = at_once(&server, 600, |n| {
        let body = json!({ "email": format!("b{n}@example.vn"), "password": "mat khau sai" });
        ("POST /api/v1/auth/login".to_owned(), body.to_string().into_bytes())
    });
    assert!(verified.iter().all(|status| ["401", "429", "503"].contains(&status.as_str())), "{verified:?}");
    assert!(verified.iter().any(|status| status == "401"), "{verified:?}");
    bystander.stop(&server, "600 logins");
    server.stop();
}

#[test]
fn downloads_that_nobody_reads_delay_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);
    let bystander = Bystander::start(&server, &token);
    let edition = "/api/v1/editions/ocop-quang-ninh-demo";
    let slow: Vec<TcpStream> = (0..8)
        .map(|n| {
            let file = if n % 2 == 0 { "archive" } else { "sales-lines?format=csv" };
            let head =
                format!("GET {edition}/{file} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
            let mut stream = TcpStream::connect(server.address().url().trim_start_matches("http://")).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            stream
        })
        .collect();
    thread::sleep(Duration::from_secs(3));
    // Another download of the same organiser is sent meanwhile.
    let reports = Caller::new(server.address().url(), &token);
    assert_eq!(reports.get_status("/editions/ocop-quang-ninh-demo/sales-lines?format=csv"), Some(200));
    bystander.stop(&server, "8 downloads that nobody reads");
    drop(slow);
    server.stop();
}
