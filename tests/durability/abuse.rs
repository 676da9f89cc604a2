//! Callers that want to use the server up: it stays small, and everybody else is served.
use std::{
    io::{Read, Write},
    net::TcpStream,
    time::{Duration, Instant},
};

use serde_json::json;

use crate::{
    caller::Caller,
    server::{Server, login},
};

/// Memory in MiB that no abuse may add.
const MOST_MIB: u64 = 150;

fn connect(server: &Server) -> TcpStream {
    let address = server.address();
    let stream = TcpStream::connect(address.url().trim_start_matches("http://")).unwrap();
    // A server that neither reads nor answers is left alone: what it keeps is measured.
    stream.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    stream.set_write_timeout(Some(Duration::from_secs(1))).unwrap();
    stream
}

/// What is answered until the server hangs up, or nothing more comes.
fn heard(stream: &mut TcpStream) -> String {
    let (mut answer, mut buffer) = (Vec::new(), [0; 4_096]);
    while let Ok(n @ 1..) = stream.read(&mut buffer) {
        answer.extend_from_slice(&buffer[..n]);
        if answer.len() > 65_536 {
            break;
        }
    }
    String::from_utf8_lossy(&answer).into_owned()
}

fn is_served(server: &Server, token: &str) {
    let begun = Instant::now();
    Caller::new(server.address().url(), token).get("/me");
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
}

#[test]
fn five_thousand_idle_connections_cost_little_and_hinder_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["demo"], &[]);
    let token = login(&server);
    let before = server.resident_mib();
    let idle: Vec<TcpStream> = (0..5_000).map(|_| connect(&server)).collect();
    is_served(&server, &token);
    let grown = server.resident_mib().saturating_sub(before);
    println!("{} idle connections: {grown} MiB", idle.len());
    assert!(grown < MOST_MIB, "{grown} MiB");
    drop(idle);
    is_served(&server, &token);
    server.stop();
}

#[test]
fn a_request_that_trickles_in_is_cut_off() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["demo"], &[]);
    let token = login(&server);
    let mut slow: Vec<TcpStream> = (0..200).map(|_| connect(&server)).collect();
    let begun = Instant::now();
    let head = b"GET /api/v1/editions HTTP/1.1\r\nhost: localhost\r\nx-slow: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    let mut cut_off = 0;
    for byte in head {
        for stream in &mut slow {
            cut_off += usize::from(stream.write_all(&[*byte]).is_err());
        }
        if cut_off > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    assert!(cut_off > 0 || heard(&mut slow[0]).starts_with("HTTP/1.1 408"));
    is_served(&server, &token);
    server.stop();
}

#[test]
fn a_body_that_trickles_in_is_cut_off_and_one_that_flows_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["demo"], &[("HOICHO_SERVER__BODY_TIMEOUT_S", "2")]);
    let token = login(&server);
    let begun = Instant::now();
    let post = format!(
        "POST /api/v1/organisers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\ncontent-type: application/json\r\n"
    );
    let body = json!({ "name": "Ban tổ chức chậm" }).to_string();
    let trickle = |head: String, pause: Duration| {
        let mut stream = connect(&server);
        stream.write_all(head.as_bytes()).unwrap();
        for byte in body.as_bytes() {
            std::thread::sleep(pause);
            if stream.write_all(&[*byte]).is_err() {
                break;
            }
        }
        heard(&mut stream)
    };
    // With and without an Idempotency-Key: the body is read in another place then.
    for more in ["", "idempotency-key: cham-1\r\n"] {
        let head = format!("{post}{more}content-length: {}\r\n\r\n", body.len());
        let answer = trickle(head, Duration::from_millis(300));
        assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    let head = format!("{post}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    let answer = trickle(head, Duration::from_millis(5));
    assert!(answer.starts_with("HTTP/1.1 201"), "{answer}");
    let names = server.get("/organisers", Some(&token));
    assert_eq!(names["items"].as_array().unwrap().iter().filter(|o| o["name"] == "Ban tổ chức chậm").count(), 1);
    server.stop();
}

#[test]
fn floods_of_headers_and_bodies_are_refused_and_not_kept() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["demo"], &[]);
    let token = login(&server);
    let before = server.resident_mib();
    let chunk = vec![b'a'; 65_536];
    let flood = |head: &str, most: usize, framed: bool| {
        let mut stream = connect(&server);
        stream.write_all(head.as_bytes()).unwrap();
        for _ in 0..most {
            let sent = if framed {
                stream
                    .write_all(b"10000\r\n")
                    .and_then(|()| stream.write_all(&chunk))
                    .and_then(|()| stream.write_all(b"\r\n"))
            } else {
                stream.write_all(&chunk)
            };
            if sent.is_err() {
                break;
            }
        }
        heard(&mut stream)
    };
    let post = "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    for _ in 0..6 {
        // One header without an end: 16 MiB of it.
        let answer = flood("GET /api/v1/editions HTTP/1.1\r\nhost: localhost\r\nx-big: ", 256, false);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        // A body of 10 GB that is announced, and one of chunks without an end.
        let answer = flood(&format!("{post}content-length: 10000000000\r\n\r\n"), 256, false);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
        let answer = flood(&format!("{post}transfer-encoding: chunked\r\n\r\n"), 256, true);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    }
    let grown = server.resident_mib().saturating_sub(before);
    println!("18 floods: {grown} MiB");
    assert!(grown < MOST_MIB, "{grown} MiB");
    is_served(&server, &token);
    server.stop();
}
