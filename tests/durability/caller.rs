//! A caller that keeps its connection and takes every answer, also none, for what it is.
use serde_json::Value;
use ureq::Agent;

pub struct Caller {
    agent: Agent,
    base: String,
    token: String,
}

/// Status and body; `None` when no answer came: what became of the request is unknown.
pub type Heard = Option<(u16, Value)>;

impl Caller {
    pub fn new(url: &str, token: &str) -> Self {
        Self::waiting(url, token, 30)
    }

    /// One that waits as long as the server may take.
    pub fn patient(url: &str, token: &str) -> Self {
        Self::waiting(url, token, 90)
    }

    fn waiting(url: &str, token: &str, seconds: u64) -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(std::time::Duration::from_secs(seconds)))
            .build();
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
        let answer = self.agent.run(call.body(body).unwrap()).ok()?;
        let status = answer.status().as_u16();
        let text = answer.into_body().read_to_string().ok()?;
        Some((status, serde_json::from_str(&text).unwrap_or(Value::Null)))
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

    /// `None` while it cannot be served.
    pub fn get_if_it_can(&self, path: &str) -> Option<Value> {
        self.send("GET", path, &Value::Null, None).filter(|(status, _)| *status == 200).map(|(_, body)| body)
    }
}
