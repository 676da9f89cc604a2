//! Binary size, start time, memory and demo setup: `cargo bench --bench footprint`.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a measurement that breaks should say where")]
mod figures;
mod memory;

use std::{
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use figures::Figures;
use memory::resident_mib;

const TURNS: usize = 5;

fn median(mut all: Vec<f64>) -> f64 {
    all.sort_by(f64::total_cmp);
    all[all.len() / 2]
}

fn is_ready(port: u16) -> bool {
    let Ok(mut stream) = TcpStream::connect(("127.0.0.1", port)) else { return false };
    let asked = stream.write_all(b"GET /readyz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
    let mut answer = String::new();
    asked.is_ok() && stream.read_to_string(&mut answer).is_ok() && answer.starts_with("HTTP/1.1 200")
}

/// Starts the server; returns the seconds until it is ready.
fn start(command: &str, data: &Path) -> (Child, f64) {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hoicho"))
        .args([command, "--port", &port.to_string(), "--data-dir"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(child.stdout.take().unwrap());
    std::thread::spawn(move || while out.read_line(&mut String::new()).is_ok_and(|n| n > 0) {});
    while !is_ready(port) {
        std::thread::sleep(Duration::from_millis(1));
    }
    let took = began.elapsed().as_secs_f64();
    (child, took)
}

fn stop(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn main() {
    let mut figures = Figures::default();
    let (mut filled, mut started, mut memory) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..TURNS {
        let folder = tempfile::tempdir().unwrap();
        let (child, took) = start("demo", folder.path());
        filled.push(took);
        stop(child);
        let (child, took) = start("serve", folder.path());
        started.push(took * 1_000.0);
        std::thread::sleep(Duration::from_secs(2));
        memory.push(resident_mib(child.id()));
        stop(child);
    }
    let size = std::fs::metadata(env!("CARGO_BIN_EXE_hoicho")).unwrap().len();
    figures.add("the program", f64::from(u32::try_from(size >> 10).unwrap()) / 1_024.0, "MiB", None);
    figures.add("start to ready, on the demo's database", median(started), "ms", None);
    figures.add("memory when idle", median(memory), "MiB", None);
    figures.add("demo: start to ready from nothing", median(filled), "s", None);
    figures.publish("footprint").unwrap();
}
