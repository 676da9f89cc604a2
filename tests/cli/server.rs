//! Starts, calls and stops the server process.
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU16, Ordering},
    },
    time::Instant,
};

use serde_json::{Value, json};

use super::wait::{TIMEOUT, wait_until};

#[path = "../support/sqlite_file.rs"]
mod sqlite_file;

pub struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    address: Address,
}

/// Base URL of a server.
#[derive(Clone)]
pub struct Address(String);

/// The program with a working folder and no settings from the environment.
pub fn hoicho(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoicho"));
    command.current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOICHO_")) {
        command.env_remove(name);
    }
    // Password hashing would take most of the time in a debug build.
    command.env("HOICHO_PASSWORD__MEMORY_KIB", "8").env("HOICHO_PASSWORD__ITERATIONS", "1");
    command.env("HOICHO_LIMITS__PER_MINUTE", "1000000");
    command
}

/// A port that no other test of this process gets, below those that the kernel assigns to outgoing connections.
pub fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let first = 10_000 + u16::try_from(std::process::id() % 100).unwrap() * 200;
    loop {
        let port = first + NEXT.fetch_add(1, Ordering::Relaxed) % 200;
        if std::net::TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}

pub fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// The embedded database as `hoicho demo` fills it, once for all tests of this process.
fn demo_database() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        Server::start(folder.path(), &["demo"], &[]).stop();
        sqlite_file::read_whole(&folder.path().join("hoicho.sqlite"))
    })
}

impl Server {
    /// Starts the demo on the embedded database in the data folder; a new one is a copy of a database that is filled once.
    pub fn demo(data: &Path, variables: &[(&str, &str)]) -> Self {
        Self::demo_at(free_port(), data, variables)
    }

    /// The same on a given port.
    pub fn demo_at(port: u16, data: &Path, variables: &[(&str, &str)]) -> Self {
        std::fs::create_dir_all(data).unwrap();
        let file = data.join("hoicho.sqlite");
        if !file.exists() {
            std::fs::write(file, demo_database()).unwrap();
        }
        Self::start_at(port, data, &["demo"], variables)
    }

    pub fn start(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_at(free_port(), data, arguments, variables)
    }

    /// The same on a given port, to restart a server at its address.
    pub fn start_at(port: u16, data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        std::fs::create_dir_all(data).unwrap();
        let mut child = hoicho(data)
            .args(arguments)
            .args(["--port", &port.to_string(), "--data-dir"])
            .arg(data)
            .envs(variables.iter().copied())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let address = Address(format!("http://127.0.0.1:{port}"));
        wait_until("the server is ready", || {
            if let Some(status) = child.try_wait().unwrap() {
                panic!("the server exited before it was ready: {status}");
            }
            ureq::get(format!("{}/readyz", address.0)).call().is_ok()
        });
        Self { child, out, address }
    }

    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// Resident memory in MiB.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_024
    }

    /// Standard output up to a line that contains `last`.
    pub fn printed_until(&mut self, last: &str) -> String {
        let mut printed = String::new();
        while !printed.contains(last) {
            assert!(self.out.read_line(&mut printed).unwrap() > 0, "it stopped printing:\n{printed}");
        }
        printed
    }

    /// Sends SIGTERM and waits for a successful exit.
    pub fn stop(mut self) {
        let asked = Command::new("kill").arg("-TERM").arg(self.child.id().to_string()).status().unwrap();
        assert!(asked.success());
        assert!(self.child.wait().unwrap().success(), "it did not stop in good order");
        let mut rest = String::new();
        self.out.read_to_string(&mut rest).unwrap();
    }

    pub fn get(&self, path: &str, token: Option<&str>) -> Value {
        self.address.try_get(path, token).unwrap()
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> Value {
        self.address.try_post(path, token, body).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // A failed test must not leave the process running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read((status, text): (u16, String)) -> Result<Value, Box<dyn std::error::Error>> {
    if !(200..300).contains(&status) {
        return Err(format!("{status} {text}").into());
    }
    Ok(serde_json::from_str(&text)?)
}

impl Address {
    /// The base URL.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// Sends a request that must succeed; returns the body, null if empty.
    pub fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
        self.call_with(method, path, token, body, None)
    }

    /// The same with an `If-Match` header.
    pub fn call_with(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        seen: Option<&str>,
    ) -> Value {
        let (status, text) = self.send(method, path, token, body, seen).unwrap();
        assert!((200..300).contains(&status), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub fn try_get(&self, path: &str, token: Option<&str>) -> Result<Value, Box<dyn std::error::Error>> {
        read(self.send("GET", path, token, None, None)?)
    }

    pub fn try_post(&self, path: &str, token: &str, body: &Value) -> Result<Value, Box<dyn std::error::Error>> {
        read(self.send("POST", path, Some(token).filter(|token| !token.is_empty()), Some(body), None)?)
    }

    /// Status and body of the response. On an overloaded machine the server may not read the head of a request in time: it
    /// responds 408 without a body and executes nothing, so the request is sent again.
    pub fn send(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        seen: Option<&str>,
    ) -> Result<(u16, String), ureq::Error> {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let start = Instant::now();
        loop {
            let mut call = ureq::http::Request::builder().method(method).uri(format!("{}/api/v1{path}", self.0));
            if let Some(token) = token {
                call = call.header("authorization", format!("Bearer {token}"));
            }
            if let Some(seen) = seen {
                call = call.header("if-match", seen);
            }
            let body = body.map(ToString::to_string).unwrap_or_default();
            let response = agent.run(call.header("content-type", "application/json").body(body).unwrap())?;
            let status = response.status().as_u16();
            let text = response.into_body().read_to_string()?;
            if status != 408 || !text.is_empty() || start.elapsed() > TIMEOUT {
                return Ok((status, text));
            }
        }
    }
}

/// Logs in as the demo's organiser; returns the access token.
pub fn login(server: &Server) -> String {
    let login = json!({ "email": "bantochuc@example.vn", "password": "hoi-cho-ocop" });
    server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned()
}
