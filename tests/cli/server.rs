//! Starting, calling and stopping the program.
use std::{
    io::{BufRead, BufReader, Read},
    path::Path,
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

pub struct Server {
    child: Child,
    out: BufReader<ChildStdout>,
    address: Address,
}

/// Where a server answers.
#[derive(Clone)]
pub struct Address(String);

/// The program, in a folder of its own and with nothing of this machine's settings.
pub fn hoicho(folder: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hoicho"));
    command.current_dir(folder);
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("HOICHO_")) {
        command.env_remove(name);
    }
    // Hashing on purpose slow would be most of the test in a debug build.
    command.env("HOICHO_PASSWORD__MEMORY_KIB", "8").env("HOICHO_PASSWORD__PASSES", "1");
    command.env("HOICHO_LIMITS__PER_MINUTE", "1000000");
    command
}

pub fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

pub fn shown(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Server {
    pub fn start(data: &Path, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        Self::start_at(free_port(), data, arguments, variables)
    }

    /// The same at a port that is known: to come back where it was.
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
        let begun = Instant::now();
        while ureq::get(format!("{}/readyz", address.0)).call().is_err() {
            if let Some(ended) = child.try_wait().unwrap() {
                panic!("it ended at once: {ended}");
            }
            assert!(begun.elapsed() < Duration::from_secs(60), "it never was ready");
            std::thread::sleep(Duration::from_millis(50));
        }
        Self { child, out, address }
    }

    pub fn address(&self) -> Address {
        self.address.clone()
    }

    /// Memory it has now, in MiB.
    pub fn resident_mib(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1_024
    }

    /// What it prints, until a line holds `last`.
    pub fn printed_until(&mut self, last: &str) -> String {
        let mut printed = String::new();
        while !printed.contains(last) {
            assert!(self.out.read_line(&mut printed).unwrap() > 0, "it stopped printing:\n{printed}");
        }
        printed
    }

    /// Asks it to stop, and waits until it has.
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
        // A test that failed must not leave it running.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn read(answer: ureq::http::Response<ureq::Body>) -> Result<Value, Box<dyn std::error::Error>> {
    Ok(serde_json::from_str(&answer.into_body().read_to_string()?)?)
}

impl Address {
    /// Where a browser finds it.
    pub fn url(&self) -> &str {
        &self.0
    }

    /// Any call, which must succeed; what it answers, if it answers anything.
    pub fn call(&self, method: &str, path: &str, token: Option<&str>, body: Option<&Value>) -> Value {
        self.call_with(method, path, token, body, None)
    }

    /// The same with the version that was seen.
    pub fn call_with(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        body: Option<&Value>,
        seen: Option<&str>,
    ) -> Value {
        let agent: ureq::Agent = ureq::Agent::config_builder().http_status_as_error(false).build().into();
        let mut call = ureq::http::Request::builder().method(method).uri(format!("{}/api/v1{path}", self.0));
        if let Some(token) = token {
            call = call.header("authorization", format!("Bearer {token}"));
        }
        if let Some(seen) = seen {
            call = call.header("if-match", seen);
        }
        let body = body.map(ToString::to_string).unwrap_or_default();
        let call = call.header("content-type", "application/json").body(body).unwrap();
        let answer = agent.run(call).unwrap();
        let status = answer.status();
        let text = answer.into_body().read_to_string().unwrap();
        assert!(status.is_success(), "{method} {path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub fn try_get(&self, path: &str, token: Option<&str>) -> Result<Value, Box<dyn std::error::Error>> {
        let mut call = ureq::get(format!("{}/api/v1{path}", self.0));
        if let Some(token) = token {
            call = call.header("authorization", format!("Bearer {token}"));
        }
        read(call.call()?)
    }

    pub fn try_post(&self, path: &str, token: &str, body: &Value) -> Result<Value, Box<dyn std::error::Error>> {
        let call = ureq::post(format!("{}/api/v1{path}", self.0)).header("content-type", "application/json");
        let call = if token.is_empty() { call } else { call.header("authorization", format!("Bearer {token}")) };
        read(call.send(body.to_string())?)
    }
}

/// Logs the demo's organiser in.
pub fn login(server: &Server) -> String {
    let login = json!({ "email": "bantochuc@example.vn", "password": "hoi-cho-ocop" });
    server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned()
}
