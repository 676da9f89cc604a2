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

use flate2::{Compression, write::GzEncoder};
use serde_json::{Value, json};
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    caller::Caller,
    receiver::Receiver,
    server::{Server, login},
    wait::wait_until,
};

/// The longest time that others may wait, and the 99th percentile. Far above what a release build on a quiet machine needs, since this
/// program is not optimised and other tests run beside it, and far below the minute that others waited before there were limits.
const MAX_WAIT: Duration = Duration::from_secs(15);
const MAX_P99: Duration = Duration::from_secs(6);
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

fn connect(server: &Server) -> TcpStream {
    let stream = TcpStream::connect(server.address().url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    stream
}

/// Sends a request; `head` is the method and path, and further headers on lines of their own.
fn send(server: &Server, head: &str, body: &[u8]) -> TcpStream {
    let mut stream = connect(server);
    let length = body.len();
    let (line, headers) = head.split_once("\r\n").unwrap_or((head, ""));
    let head =
        format!("{line} HTTP/1.1\r\n{headers}host: localhost\r\nconnection: close\r\ncontent-length: {length}\r\n");
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

/// A server without rate limits, which sends webhooks to this machine.
fn unlimited(folder: &std::path::Path) -> Server {
    let settings = [
        ("HOICHO_LIMITS__PER_MINUTE", "1000000"),
        ("HOICHO_LIMITS__AUTH_PER_MINUTE", "1000000"),
        ("HOICHO_WEBHOOKS__ALLOW_PRIVATE_ADDRESSES", "true"),
        ("HOICHO_WEBHOOKS__ALLOW_PLAIN_HTTP", "true"),
    ];
    Server::demo(folder, &settings)
}

const EDITION: &str = "/api/v1/editions/ocop-quang-ninh-demo";

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
    let slow: Vec<TcpStream> = (0..8)
        .map(|n| {
            let file = if n % 2 == 0 { "archive" } else { "sales-lines?format=csv" };
            let head =
                format!("GET {EDITION}/{file} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\r\n");
            let mut stream = connect(&server);
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

/// 64 MiB of zeros in 64 KiB.
fn compressed_zeros() -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..64 {
        packed.write_all(&[0; 1 << 20]).unwrap();
    }
    packed.finish().unwrap()
}

#[test]
fn compressed_bodies_delay_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);
    let body = compressed_zeros();
    let bystander = Bystander::start(&server, &token);
    let statuses = at_once(&server, 40, |n| {
        let path = ["auth/login", "auth/register"][n % 2];
        (format!("POST /api/v1/{path}\r\ncontent-encoding: gzip\r\n"), body.clone())
    });
    // A connection that is closed before the body was sent may lose the response.
    assert!(statuses.iter().all(|status| status == "415" || status.is_empty()), "{statuses:?}");
    bystander.stop(&server, "40 compressed bodies of 64 MiB");
    server.stop();
}

/// A workbook with 2,500 merged areas of 20,000 rows each, in a few kilobytes.
fn workbook_of_merged_areas() -> Vec<u8> {
    let main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
    let relations = "http://schemas.openxmlformats.org/package/2006/relationships";
    let office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
    let row = |n: u32| format!(r#"<row r="{n}"><c r="A{n}" t="inlineStr"><is><t>x</t></is></c></row>"#);
    let areas = r#"<mergeCell ref="A1:D20000"/>"#.repeat(2_500);
    let relation = |kind: &str, target: &str| {
        let one = format!(r#"<Relationship Id="r1" Type="{office}/{kind}" Target="{target}"/>"#);
        format!(r#"<Relationships xmlns="{relations}">{one}</Relationships>"#)
    };
    let sheets = r#"<sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets>"#;
    let rows = format!("<sheetData>{}{}</sheetData>", row(1), row(20_000));
    let types = "http://schemas.openxmlformats.org/package/2006/content-types";
    let xml = r#"<Default Extension="xml" ContentType="application/xml"/>"#;
    let parts = [
        ("[Content_Types].xml", format!(r#"<Types xmlns="{types}">{xml}</Types>"#)),
        ("_rels/.rels", relation("officeDocument", "xl/workbook.xml")),
        ("xl/workbook.xml", format!(r#"<workbook xmlns="{main}" xmlns:r="{office}">{sheets}</workbook>"#)),
        ("xl/_rels/workbook.xml.rels", relation("worksheet", "worksheets/sheet1.xml")),
        (
            "xl/worksheets/sheet1.xml",
            format!(r#"<worksheet xmlns="{main}">{rows}<mergeCells count="2500">{areas}</mergeCells></worksheet>"#),
        ),
    ];
    let mut zip = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, xml) in parts {
        zip.start_file(name, SimpleFileOptions::default()).unwrap();
        zip.write_all(xml.as_bytes()).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn workbooks_that_are_slow_to_read_delay_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);
    let workbook = workbook_of_merged_areas();
    let bystander = Bystander::start(&server, &token);
    let statuses = at_once(&server, 4, |_| {
        let head = format!("POST {EDITION}/imports?kind=booths\r\nauthorization: Bearer {token}\r\n");
        (head, workbook.clone())
    });
    assert!(statuses.iter().all(|status| ["422", "503"].contains(&status.as_str())), "{statuses:?}");
    bystander.stop(&server, "4 workbooks with 2,500 merged areas");
    server.stop();
}

#[test]
fn streams_of_one_address_leave_room_for_others() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);
    let bystander = Bystander::start(&server, &token);
    let mut open = Vec::new();
    for _ in 0..1_000 {
        let mut stream = send(&server, &format!("GET {EDITION}/events"), b"");
        let mut status = [0; 12];
        stream.read_exact(&mut status).unwrap();
        match &status {
            b"HTTP/1.1 200" => open.push(stream),
            refused => assert_eq!(refused, b"HTTP/1.1 429", "{}", String::from_utf8_lossy(refused)),
        }
    }
    // Each stream holds a connection, of which a process has few (1,024 files, unless configured otherwise).
    assert_eq!(open.len(), 100);
    bystander.stop(&server, "1,000 event streams");
    drop(open);
    server.stop();
}

#[test]
fn webhooks_that_nobody_answers_delay_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = unlimited(folder.path());
    let token = login(&server);
    let organisers = server.get("/organisers", Some(&token));
    let attacker = organisers["items"][0]["id"].as_str().unwrap();
    let other = server.post("/organisers", &token, &json!({ "name": "Ban tổ chức khác" }));
    let (silent, prompt) = (Receiver::start(), Receiver::start());
    silent.be_silent();
    let webhook = |organiser: &str, receiver: &Receiver| {
        let path = format!("/organisers/{organiser}/webhooks");
        let made = server.post(&path, &token, &json!({ "name": "Siêu thị", "url": receiver.url() }));
        format!("{path}/{}/test", made["id"].as_str().unwrap())
    };
    let to_other = webhook(other["id"].as_str().unwrap(), &prompt);
    let bystander = Bystander::start(&server, &token);
    for _ in 0..20 {
        let to_silent = webhook(attacker, &silent);
        for _ in 0..4 {
            server.address().call("POST", &to_silent, Some(&token), None::<&Value>);
        }
    }
    wait_until("the silent receiver is tried", || !silent.messages().is_empty());
    let began = Instant::now();
    server.address().call("POST", &to_other, Some(&token), None);
    wait_until("the other organiser's message arrives", || !prompt.taken().is_empty());
    println!("80 messages that nobody answers: another organiser's message arrived after {:?}", began.elapsed());
    assert!(began.elapsed() < MAX_WAIT, "{:?}", began.elapsed());
    bystander.stop(&server, "80 messages that nobody answers");
    silent.speak();
    server.stop();
}
