//! What everybody reads, beside a bare actix handler that returns as many bytes: `cargo bench --bench reads`. The two are
//! measured in turn, several times, in one run; figures go to `target/figures/reads.json`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that breaks should say where")]
mod figures;

use std::{
    io::{Read, Write},
    net::TcpStream,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::{Duration, Instant},
};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use figures::Figures;
use hoicho::{
    app::{self, State},
    config::{self, Settings},
    db::{DatabaseUrl, Db, migrate},
    demo,
    identity::password::Passwords,
    values::clock::Clock,
};

/// Connections that ask as fast as they are answered.
const CLIENTS: usize = 16;
/// How long each side is asked at a time.
const TURN: Duration = Duration::from_millis(1_500);
/// Turns of each side; the first is to warm up.
const TURNS: usize = 7;

/// One exchange on a connection that stays open; the bytes of the answer.
fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> usize {
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

/// Requests a second.
fn load(port: u16, request: &[u8]) -> f64 {
    let (over, answered) = (AtomicBool::new(false), AtomicU64::new(0));
    let began = Instant::now();
    std::thread::scope(|scope| {
        for _ in 0..CLIENTS {
            scope.spawn(|| {
                let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
                stream.set_nodelay(true).unwrap();
                let mut buffer = Vec::new();
                let mut n = 0;
                while !over.load(Ordering::Relaxed) {
                    exchange(&mut stream, request, &mut buffer);
                    n += 1;
                }
                answered.fetch_add(n, Ordering::Relaxed);
            });
        }
        std::thread::sleep(TURN);
        over.store(true, Ordering::Relaxed);
    });
    f64::from(u32::try_from(answered.load(Ordering::Relaxed)).unwrap()) / began.elapsed().as_secs_f64()
}

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn request(path: &str, headers: &str) -> Vec<u8> {
    format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1\r\n{headers}\r\n").into_bytes()
}

/// The bare handler: a body, or no more than a header, of as many bytes as asked.
async fn bare(req: HttpRequest, size: web::Path<(u16, usize)>, bodies: web::Data<web::Bytes>) -> HttpResponse {
    let (status, size) = size.into_inner();
    let _ = req;
    if status == 304 {
        let pad = actix_web::http::header::HeaderValue::from_bytes(&bodies[..size]).unwrap();
        return HttpResponse::NotModified().insert_header(("x-pad", pad)).finish();
    }
    HttpResponse::Ok().content_type("application/json").body(bodies.slice(..size))
}

fn start(folder: &std::path::Path) -> (u16, u16) {
    let url = DatabaseUrl::Sqlite(folder.join("bench.sqlite"));
    migrate::up(&url).unwrap();
    let db = Db::open(&url, 8).unwrap();
    let mut settings = Settings::load(None).unwrap();
    settings.limits = config::Limits { per_minute: u32::MAX, auth_per_minute: u32::MAX };
    settings.password = config::Password { memory_kib: 8, passes: 1, lanes: 1 };
    let passwords = Passwords::new(settings.password).unwrap();
    db.write_now(|tx| demo::fill(tx, &passwords, Clock::System.now(), |_| {})).unwrap();
    let state = State::new(&settings, db, Clock::System, folder).unwrap();
    let (sender, ports) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let state = web::Data::new(state);
            let ours = HttpServer::new(move || App::new().configure(app::routes(state.clone())))
                .workers(2)
                .bind(("127.0.0.1", 0))
                .unwrap();
            let bodies = web::Data::new(web::Bytes::from(vec![b'x'; 4 << 20]));
            let bare_one = HttpServer::new(move || {
                App::new().app_data(bodies.clone()).route("/bare/{status}/{size}", web::get().to(bare))
            })
            .workers(2)
            .bind(("127.0.0.1", 0))
            .unwrap();
            sender.send((ours.addrs()[0].port(), bare_one.addrs()[0].port())).unwrap();
            let (a, b) = futures_util::join!(ours.run(), bare_one.run());
            a.and(b).unwrap();
        });
    });
    ports.recv().unwrap()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let (ours, bare) = start(folder.path());
    let mut figures = Figures::default();
    let edition = "/api/v1/editions/ocop-mien-bac-2018".to_owned();
    let list = format!("{edition}/booths?limit=500");
    let packed = "accept-encoding: gzip, deflate, br\r\n";
    for (name, path, headers) in [
        ("an edition", &edition, ""),
        ("an edition, packed", &edition, packed),
        ("460 booths", &list, ""),
        ("460 booths, packed", &list, packed),
        ("statistics, final", &format!("{edition}/statistics"), ""),
        ("an edition at once", &format!("{edition}/page"), packed),
    ] {
        for if_none_match in [false, true] {
            let mut buffer = Vec::new();
            let mut stream = TcpStream::connect(("127.0.0.1", ours)).unwrap();
            let mut headers = headers.to_owned();
            if if_none_match {
                exchange(&mut stream, &request(path, &headers), &mut buffer);
                let head = String::from_utf8_lossy(&buffer).into_owned();
                let tag = head.lines().find_map(|l| l.strip_prefix("etag: ")).unwrap().to_owned();
                headers += &format!("if-none-match: {tag}\r\n");
            }
            let mine = request(path, &headers);
            let bytes = exchange(&mut stream, &mine, &mut buffer);
            let status = if if_none_match { 304 } else { 200 };
            assert!(buffer.starts_with(format!("HTTP/1.1 {status}").as_bytes()));
            // As many bytes: what our headers have more is added to the other's body, or to its one header.
            let theirs = |size: usize| request(&format!("/bare/{status}/{size}"), &headers);
            let mut other = TcpStream::connect(("127.0.0.1", bare)).unwrap();
            let mut size = bytes - exchange(&mut other, &theirs(0), &mut buffer);
            let got = exchange(&mut other, &theirs(size), &mut buffer);
            size = size + bytes - got;
            assert_eq!(exchange(&mut other, &theirs(size), &mut buffer), bytes);
            let (mut our_rates, mut bare_rates) = (Vec::new(), Vec::new());
            for turn in 0..TURNS {
                let (a, b) = (load(ours, &mine), load(bare, &theirs(size)));
                if turn > 0 {
                    our_rates.push(a);
                    bare_rates.push(b);
                }
            }
            let name = format!("{name}{}, {bytes} bytes", if if_none_match { ", unchanged (304)" } else { "" });
            figures.add(name, median(our_rates).round(), "requests/s", Some(median(bare_rates).round()));
        }
    }
    figures.publish("reads").unwrap();
    std::process::exit(0);
}
