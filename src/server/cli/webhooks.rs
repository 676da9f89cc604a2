//! `hoicho webhooks listen`: forwards the messages of an organiser to an address on this machine, signed as deliveries are, while
//! a receiver is being developed. It reads the list of events of a server, so that no endpoint is needed and nothing connects to
//! this machine.
use std::{thread::sleep, time::Duration};

use chrono::{DateTime, SecondsFormat, Utc};
use clap::{Args, Subcommand};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::Value;

use hoicho_core::values::{clock::Clock, ids::OrganiserId};
use hoicho_fair::webhooks::{SigningSecret, signature_header};
use hoicho_web::http::outgoing::client_config;

/// Time for one request.
const TIMEOUT: Duration = Duration::from_secs(15);
/// Pause when there is nothing new.
const PAUSE: Duration = Duration::from_secs(1);
/// Longest pause after the server has failed to respond.
const MAX_PAUSE: Duration = Duration::from_secs(30);
/// Messages per request.
const PAGE: usize = 100;
/// Largest response that is read.
const MAX_BYTES: u64 = 20 * 1024 * 1024;

#[derive(Args)]
pub struct Webhooks {
    #[command(subcommand)]
    command: WebhooksCommand,
}

#[derive(Subcommand)]
enum WebhooksCommand {
    /// Forward what happens from now on to an address, signed, until interrupted. Set HOICHO_API_KEY to a key with the scope read:events
    Listen(Listen),
}

#[derive(Args)]
struct Listen {
    /// Address of the server, for example https://hoicho.example
    #[arg(long)]
    server: String,
    /// Identifier of the organiser
    #[arg(long)]
    organiser: OrganiserId,
    /// Address that gets the messages, for example http://127.0.0.1:3000/hook
    #[arg(long)]
    forward_to: String,
    /// Types to forward, separated by commas; default: all
    #[arg(long, value_delimiter = ',')]
    types: Vec<String>,
    /// Forward also what happened since this instant (RFC 3339), at most 30 days ago; default: now
    #[arg(long)]
    since: Option<DateTime<Utc>>,
}

#[derive(Deserialize)]
struct Page {
    items: Vec<Value>,
}

/// Runs the subcommand.
pub fn webhooks(args: &Webhooks) -> Result<(), String> {
    let WebhooksCommand::Listen(listen) = &args.command;
    listen.run()
}

/// A variable of the environment that is a secret, so that it is not in the list of processes.
#[expect(clippy::disallowed_methods, reason = "secrets of a command that has no settings")]
fn secret(name: &str) -> Option<SecretString> {
    std::env::var(name).ok().filter(|value| !value.is_empty()).map(SecretString::from)
}

fn text<'v>(message: &'v Value, field: &str) -> &'v str {
    message.get(field).and_then(Value::as_str).unwrap_or_default()
}

/// What a request gets: the page, or the server's refusal, which a repetition does not change.
enum Answer {
    Page(Page, Option<DateTime<Utc>>),
    Refused(String),
}

impl Listen {
    #[expect(clippy::print_stdout, reason = "the command's output")]
    fn run(&self) -> Result<(), String> {
        let key = secret("HOICHO_API_KEY").ok_or("set HOICHO_API_KEY to an API key with the scope read:events")?;
        let signing = match secret("HOICHO_WEBHOOK_SECRET") {
            Some(secret) => SigningSecret::with_hmac_key(secret.expose_secret())
                .map_err(|e| e.to_string())?
                .ok_or("HOICHO_WEBHOOK_SECRET must be whsec_ and base64")?,
            None => SigningSecret::generate().map_err(|e| e.to_string())?,
        };
        let client = ureq::Agent::new_with_config(client_config(TIMEOUT));
        let base =
            format!("{}/api/v1/organisers/{}/events?limit={PAGE}", self.server.trim_end_matches('/'), self.organiser);
        println!("signed with {} and {}", signing.hmac_key(), signing.public_key());
        let (mut position, mut pause) = (self.since.map(position_since), PAUSE);
        loop {
            // The server's clock decides what is new: without a position only the time of the response is used.
            let url = position.as_ref().map_or_else(|| base.clone(), |position| format!("{base}&{position}"));
            match read(&client, &url, &key) {
                Ok(Answer::Refused(reason)) => return Err(reason),
                Ok(Answer::Page(page, now)) => {
                    pause = PAUSE;
                    if position.is_none() {
                        position = Some(position_since(now.unwrap_or_else(system_now)));
                        println!("waiting for messages");
                        continue;
                    }
                    for message in &page.items {
                        self.forward(&client, &signing, message);
                    }
                    if let Some(last) = page.items.last() {
                        position = Some(format!("after={}", text(last, "id")));
                    }
                    if page.items.len() < PAGE {
                        sleep(PAUSE);
                    }
                }
                Err(error) => {
                    println!("{}: {error}; again in {} s", self.server, pause.as_secs());
                    sleep(pause);
                    pause = (pause * 2).min(MAX_PAUSE);
                }
            }
        }
    }

    /// Sends a message once and prints the result.
    #[expect(clippy::print_stdout, reason = "the command's output")]
    fn forward(&self, client: &ureq::Agent, signing: &SigningSecret, message: &Value) {
        let (id, event_type) = (text(message, "id"), text(message, "type"));
        if !self.types.is_empty() && !self.types.iter().any(|wanted| wanted == event_type) {
            return;
        }
        let (body, started) = (message.to_string(), system_now());
        let timestamp = started.timestamp();
        let signature = signature_header(std::slice::from_ref(signing), id, timestamp, &body);
        let sent = client
            .post(&self.forward_to)
            .header("content-type", "application/json")
            .header("webhook-id", id)
            .header("webhook-timestamp", timestamp.to_string())
            .header("webhook-signature", signature)
            .send(body);
        let result = sent.map_or_else(|error| error.to_string(), |response| response.status().as_u16().to_string());
        let took = (system_now() - started).num_milliseconds();
        println!("{} {event_type} {id}: {result} ({took} ms)", started.to_rfc3339_opts(SecondsFormat::Secs, true));
    }
}

fn system_now() -> DateTime<Utc> {
    Clock::System.now().and_utc()
}

fn position_since(since: DateTime<Utc>) -> String {
    format!("since={}", since.to_rfc3339_opts(SecondsFormat::Micros, true))
}

/// Reads a page of events, and the server's time.
///
/// # Errors
/// Failures that may pass.
fn read(client: &ureq::Agent, url: &str, key: &SecretString) -> Result<Answer, String> {
    let authorization = format!("Bearer {}", key.expose_secret());
    let mut response = client.get(url).header("authorization", authorization).call().map_err(|e| e.to_string())?;
    let status = response.status();
    let date = response.headers().get("date").and_then(|date| date.to_str().ok());
    let now = date.and_then(|date| DateTime::parse_from_rfc2822(date).ok()).map(|date| date.to_utc());
    let body = response.body_mut().with_config().limit(MAX_BYTES).read_to_string().map_err(|e| e.to_string())?;
    if status.is_success() {
        return serde_json::from_str(&body).map(|page| Answer::Page(page, now)).map_err(|e| e.to_string());
    }
    let problem: Value = serde_json::from_str(&body).unwrap_or_default();
    let reason = format!("the server responded {status}: {} {}", text(&problem, "title"), text(&problem, "detail"));
    if status.is_server_error() || status.as_u16() == 429 { Err(reason) } else { Ok(Answer::Refused(reason)) }
}
