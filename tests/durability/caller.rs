//! An HTTP client that keeps its connection and returns every response, or none.
use std::time::Instant;

use serde_json::Value;
use ureq::Agent;

use crate::wait::TIMEOUT;

pub struct Caller {
    agent: Agent,
    base: String,
    token: String,
}

/// Status and body; `None` without a response: it is unknown whether the request was executed.
pub type Heard = Option<(u16, Value)>;

impl Caller {
    pub fn new(url: &str, token: &str) -> Self {
        let config = Agent::config_builder().http_status_as_error(false).timeout_global(Some(TIMEOUT)).build();
        Self { agent: config.into(), base: format!("{url}/api/v1"), token: token.to_owned() }
    }

    pub fn send(&self, method: &str, path: &str, body: &Value, seen: Option<&str>) -> Heard {
        let mut call = ureq::http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", self.base))
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json");
        if let Some(seen) = seen {
            call = call.header("if-match", seen);
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let request = call.body(body).unwrap();
        let start = Instant::now();
        loop {
            let response = self.agent.run(request.clone()).ok()?;
            let status = response.status().as_u16();
            let text = response.into_body().read_to_string().ok()?;
            // On an overloaded machine the server may not read the head of a request in time, and executes nothing.
            if status != 408 || !text.is_empty() || start.elapsed() > TIMEOUT {
                return Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)));
            }
        }
    }

    pub fn post(&self, path: &str, body: &Value) -> Heard {
        self.send("POST", path, body, None)
    }

    pub fn get(&self, path: &str) -> Value {
        let (status, body) = self.send("GET", path, &Value::Null, None).expect("no answer");
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub fn get_status(&self, path: &str) -> Option<u16> {
        self.send("GET", path, &Value::Null, None).map(|(status, _)| status)
    }

    /// `None` unless the response is 200.
    pub fn get_if_it_can(&self, path: &str) -> Option<Value> {
        self.send("GET", path, &Value::Null, None).filter(|(status, _)| *status == 200).map(|(_, body)| body)
    }
}
