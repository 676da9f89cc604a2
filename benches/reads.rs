//! What everybody reads, beside a bare actix handler that returns as many bytes: `cargo bench --bench reads`. The two are
//! measured in turn, several times, in one run; figures go to `target/figures/reads.json`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that breaks should say where")]
mod figures;
#[expect(dead_code, reason = "other measurements use the rest")]
mod load;

use std::{net::TcpStream, time::Duration};

use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use figures::Figures;
use hoicho::db::DatabaseUrl;
use load::{exchange, get, median, rate, serve_demo};

/// Connections that ask as fast as they are answered.
const CLIENTS: usize = 16;
/// How long each side is asked at a time.
const TURN: Duration = Duration::from_millis(1_500);
/// Turns of each side; the first is to warm up.
const TURNS: usize = 7;

/// Requests a second.
fn load(port: u16, request: &[u8]) -> f64 {
    rate(CLIENTS, TURN, port, |stream, buffer| {
        exchange(stream, request, buffer);
    })
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

/// A server of its own for the bare handler.
fn serve_bare() -> u16 {
    let (sender, ports) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let bodies = web::Data::new(web::Bytes::from(vec![b'x'; 4 << 20]));
            let server = HttpServer::new(move || {
                App::new().app_data(bodies.clone()).route("/bare/{status}/{size}", web::get().to(bare))
            })
            .workers(2)
            .bind(("127.0.0.1", 0))
            .unwrap();
            sender.send(server.addrs()[0].port()).unwrap();
            server.run().await.unwrap();
        });
    });
    ports.recv().unwrap()
}

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let served = serve_demo(&DatabaseUrl::Sqlite(folder.path().join("bench.sqlite")), folder.path(), 8);
    let (ours, bare) = (served.port, serve_bare());
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
                exchange(&mut stream, &get(path, &headers), &mut buffer);
                let head = String::from_utf8_lossy(&buffer).into_owned();
                let tag = head.lines().find_map(|l| l.strip_prefix("etag: ")).unwrap().to_owned();
                headers += &format!("if-none-match: {tag}\r\n");
            }
            let mine = get(path, &headers);
            let bytes = exchange(&mut stream, &mine, &mut buffer);
            let status = if if_none_match { 304 } else { 200 };
            assert!(buffer.starts_with(format!("HTTP/1.1 {status}").as_bytes()));
            // As many bytes: what our headers have more is added to the other's body, or to its one header.
            let theirs = |size: usize| get(&format!("/bare/{status}/{size}"), &headers);
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
