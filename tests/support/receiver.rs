//! A webhook receiver whose response status a test sets.
use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Read, Write},
    net::TcpListener,
    sync::Arc,
    time::Duration,
};

use parking_lot::{Condvar, Mutex};
use serde_json::Value;

/// A received message.
#[derive(Debug, Clone)]
pub struct Message {
    pub headers: HashMap<String, String>,
    pub body: String,
    /// Status of the response.
    pub status: u16,
}

impl Message {
    pub fn id(&self) -> &str {
        &self.headers["webhook-id"]
    }
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Inner {
    status: u16,
    /// Whether requests get no response for now.
    is_silent: bool,
    /// Time before each response.
    delay: Duration,
    messages: Vec<Message>,
}

/// A listener that runs until the test process ends.
#[derive(Clone)]
pub struct Receiver {
    port: u16,
    inner: Arc<(Mutex<Inner>, Condvar)>,
}

impl Receiver {
    pub fn start() -> Self {
        Self::start_at(0)
    }

    /// On a given port.
    pub fn start_at(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).unwrap();
        let port = listener.local_addr().unwrap().port();
        let inner = Arc::new((Mutex::new(Inner { status: 204, ..Inner::default() }), Condvar::new()));
        let shared = inner.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { continue };
                let shared = shared.clone();
                std::thread::spawn(move || {
                    let mut reader = BufReader::new(stream.try_clone().unwrap());
                    let (mut line, mut headers) = (String::new(), HashMap::new());
                    reader.read_line(&mut line).unwrap();
                    loop {
                        line.clear();
                        reader.read_line(&mut line).unwrap();
                        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
                        headers.insert(name.to_lowercase(), value.to_owned());
                    }
                    let mut body = vec![0; headers.get("content-length").map_or(0, |n| n.parse().unwrap())];
                    reader.read_exact(&mut body).unwrap();
                    let (inner, changed) = &*shared;
                    let mut inner = inner.lock();
                    let (status, delay) = (inner.status, inner.delay);
                    inner.messages.push(Message { headers, body: String::from_utf8(body).unwrap(), status });
                    changed.wait_while(&mut inner, |inner| inner.is_silent);
                    drop(inner);
                    std::thread::sleep(delay);
                    let answer = format!("HTTP/1.1 {status} X\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
                    drop(stream.write_all(answer.as_bytes()));
                });
            }
        });
        Self { port, inner }
    }

    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/hook", self.port)
    }

    /// Sets the status of the following responses.
    pub fn answers(&self, status: u16) {
        self.inner.0.lock().status = status;
    }

    /// Receives messages and sends no response until [`Self::speak`].
    pub fn be_silent(&self) {
        self.inner.0.lock().is_silent = true;
    }

    /// Responds to everything, also to what it received before.
    pub fn speak(&self) {
        self.inner.0.lock().is_silent = false;
        self.inner.1.notify_all();
    }

    /// Responds after this time.
    pub fn answers_after(&self, delay: Duration) {
        self.inner.0.lock().delay = delay;
    }

    /// All received messages.
    pub fn messages(&self) -> Vec<Message> {
        self.inner.0.lock().messages.clone()
    }

    /// Messages that were accepted.
    pub fn taken(&self) -> Vec<Message> {
        self.messages().into_iter().filter(|m| m.status < 300).collect()
    }
}
