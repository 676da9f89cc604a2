//! Clients that try to exhaust the server: its memory is bounded, and others are served.
use std::{
    io::{ErrorKind, Read, Write},
    net::TcpStream,
    time::Duration,
};

use serde_json::json;

use crate::{
    caller::Caller,
    server::{Server, login},
    wait::{TIMEOUT, wait_until},
};

/// Maximum memory in MiB that a test may add.
const MAX_MIB: u64 = 150;

fn connect(server: &Server) -> TcpStream {
    connect_with(server, TIMEOUT)
}

fn connect_with(server: &Server, timeout: Duration) -> TcpStream {
    let address = server.address();
    let stream = TcpStream::connect(address.url().trim_start_matches("http://")).unwrap();
    stream.set_read_timeout(Some(timeout)).unwrap();
    stream.set_write_timeout(Some(timeout)).unwrap();
    stream
}

/// The head of the response; empty if the server closes the connection or sends nothing until the timeout.
fn response_head(stream: &mut TcpStream) -> String {
    let (mut head, mut buffer) = (Vec::new(), [0; 4_096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n")
        && let Ok(n @ 1..) = stream.read(&mut buffer)
    {
        head.extend_from_slice(&buffer[..n]);
    }
    String::from_utf8_lossy(&head).into_owned()
}

/// Whether the server has sent something or closed the connection.
fn has_response(stream: &TcpStream) -> bool {
    stream.set_nonblocking(true).unwrap();
    let peeked = stream.peek(&mut [0]);
    stream.set_nonblocking(false).unwrap();
    !peeked.is_err_and(|error| error.kind() == ErrorKind::WouldBlock)
}

fn is_served(server: &Server, token: &str) {
    Caller::new(server.address().url(), token).get("/me");
}

#[test]
fn idle_connections_use_little_memory() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path(), &[]);
    let token = login(&server);
    let before = server.resident_mib();
    let idle: Vec<TcpStream> = (0..5_000).map(|_| connect(&server)).collect();
    is_served(&server, &token);
    let grown = server.resident_mib().saturating_sub(before);
    println!("{} idle connections: {grown} MiB", idle.len());
    assert!(grown < MAX_MIB, "{grown} MiB");
    drop(idle);
    is_served(&server, &token);
    server.stop();
}

#[test]
fn slow_request_head_times_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path(), &[]);
    let token = login(&server);
    let mut slow: Vec<TcpStream> = (0..200).map(|_| connect(&server)).collect();
    // The last header never ends.
    let head = b"GET /api/v1/editions HTTP/1.1\r\nhost: localhost\r\nx-slow: ";
    let mut bytes = head.iter().copied().chain(std::iter::repeat(b'a'));
    wait_until("the server closes the connections", || {
        let byte = [bytes.next().unwrap()];
        slow.iter_mut()
            .map(|stream| stream.write_all(&byte).is_err() || has_response(stream))
            .filter(|over| *over)
            .count()
            > 0
    });
    let response = slow.iter_mut().find(|stream| has_response(stream)).map(response_head).unwrap_or_default();
    assert!(response.is_empty() || response.starts_with("HTTP/1.1 408"), "{response}");
    is_served(&server, &token);
    server.stop();
}

#[test]
fn slow_request_body_times_out() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path(), &[("HOICHO_SERVER__BODY_TIMEOUT_S", "2")]);
    let token = login(&server);
    let request = |token: &str| {
        format!(
            "POST /api/v1/organisers HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
             content-type: application/json\r\n"
        )
    };
    let post = request(&token);
    let body = json!({ "name": "Ban tổ chức chậm" }).to_string();
    // With and without an Idempotency-Key, because the body is read in different places.
    for more in ["", "idempotency-key: cham-1\r\n"] {
        let mut stream = connect(&server);
        // More bytes are announced than are sent until the test gives up.
        write!(stream, "{post}{more}content-length: 4000\r\n\r\n").unwrap();
        let mut bytes = body.bytes().chain(std::iter::repeat(b' '));
        wait_until("the server responds", || {
            stream.write_all(&[bytes.next().unwrap()]).is_err() || has_response(&stream)
        });
        let response = response_head(&mut stream);
        assert!(response.starts_with("HTTP/1.1 408"), "{response}");
    }
    server.stop();
    // A body in small pieces within the default timeout is accepted.
    let server = Server::demo(folder.path(), &[]);
    let token = login(&server);
    let post = request(&token);
    let mut stream = connect(&server);
    write!(stream, "{post}content-length: {}\r\nconnection: close\r\n\r\n", body.len()).unwrap();
    for byte in body.as_bytes() {
        std::thread::sleep(Duration::from_millis(5));
        stream.write_all(&[*byte]).unwrap();
    }
    let response = response_head(&mut stream);
    assert!(response.starts_with("HTTP/1.1 201"), "{response}");
    let names = server.get("/organisers", Some(&token));
    assert_eq!(names["items"].as_array().unwrap().iter().filter(|o| o["name"] == "Ban tổ chức chậm").count(), 1);
    server.stop();
}

#[test]
fn oversized_heads_and_bodies_are_rejected_without_buffering() {
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(folder.path(), &[]);
    let token = login(&server);
    let before = server.resident_mib();
    let chunk = vec![b'a'; 65_536];
    let flood = |head: &str, max_chunks: usize, framed: bool| {
        // A server that neither reads nor responds is left alone: the memory it uses is measured.
        let mut stream = connect_with(&server, Duration::from_secs(1));
        stream.write_all(head.as_bytes()).unwrap();
        for _ in 0..max_chunks {
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
        response_head(&mut stream)
    };
    let post = "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n";
    for _ in 0..6 {
        // An endless header: 16 MiB of it.
        let answer = flood("GET /api/v1/editions HTTP/1.1\r\nhost: localhost\r\nx-big: ", 256, false);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 4"), "{answer}");
        // An announced body of 10 GB, and an endless chunked one.
        let answer = flood(&format!("{post}content-length: 10000000000\r\n\r\n"), 256, false);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
        let answer = flood(&format!("{post}transfer-encoding: chunked\r\n\r\n"), 256, true);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");
    }
    let grown = server.resident_mib().saturating_sub(before);
    println!("18 floods: {grown} MiB");
    assert!(grown < MAX_MIB, "{grown} MiB");
    is_served(&server, &token);
    server.stop();
}
