//! Webhooks of committed changes are delivered after a kill, and the official library verifies their signatures.
use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use crate::{
    python::installed,
    receiver::Receiver,
    server::{Server, free_port, hoicho, login},
    wait::wait_until,
};

const HERE: [(&str, &str); 2] =
    [("HOICHO_WEBHOOKS__ALLOW_PRIVATE_ADDRESSES", "true"), ("HOICHO_WEBHOOKS__ALLOW_PLAIN_HTTP", "true")];

fn organiser(server: &Server, token: &str) -> String {
    server.get("/organisers", Some(token))["items"][0]["id"].as_str().unwrap().to_owned()
}

#[test]
fn webhooks_are_delivered_after_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let (port, hook) = (free_port(), free_port());
    let server = Server::demo_at(port, &data, &HERE);
    let token = login(&server);
    let organiser = organiser(&server, &token);
    let url = format!("http://127.0.0.1:{hook}/hook");
    server.post(&format!("/organisers/{organiser}/webhooks"), &token, &json!({ "name": "Cổng", "url": url }));
    let mut server = Some(server);
    let mut made = Vec::new();
    for n in 0..8 {
        let running = server.take().unwrap();
        let edition = json!({ "organiser": organiser, "slug": format!("ky-{n}"), "name": "Kỳ" });
        let edition = running.post("/editions", &token, &edition)["id"].clone();
        made.push(edition.as_str().unwrap().to_owned());
        let day = json!([{ "day": "2027-03-01", "opens_at": "08:00:00", "closes_at": "21:00:00" }]);
        let at = format!("/editions/{}", made[n]);
        let address = running.address();
        address.call_with("PUT", &format!("{at}/opening-days"), Some(&token), Some(&day), Some("\"v1\""));
        address.call("POST", &format!("{at}/transitions"), Some(&token), Some(&json!({ "to": "published" })));
        // Killed as soon as the change is acknowledged; the receiver does not listen yet.
        drop(running);
        server = Some(Server::demo_at(port, &data, &HERE));
    }
    let receiver = Receiver::start_at(hook);
    let told = || {
        let mut ids: Vec<String> = receiver
            .taken()
            .iter()
            .map(|m| m.json())
            .filter(|m| m["type"] == "edition.published")
            .map(|m| m["data"]["edition"]["id"].as_str().unwrap().to_owned())
            .collect();
        ids.sort();
        ids.dedup();
        ids
    };
    made.sort();
    // Failed deliveries wait for their next attempt; a manual retry sends them now.
    let running = server.unwrap();
    let hooks = running.get(&format!("/organisers/{organiser}/webhooks"), Some(&token));
    let at = format!("/organisers/{organiser}/webhooks/{}", hooks["items"][0]["id"].as_str().unwrap());
    let waiting = running.get(&format!("{at}/deliveries?state=waiting&limit=500"), Some(&token));
    for delivery in waiting["items"].as_array().unwrap() {
        let id = delivery["id"].as_str().unwrap();
        running.address().call("POST", &format!("{at}/deliveries/{id}/retry"), Some(&token), None);
    }
    wait_until("every edition is reported", || told() == made);
}

/// Prints for each `[secret, headers, body]` whether the official library accepts the signature.
const VERIFY: &str = r"
import json, sys
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
answers = []
for secret, headers, body in json.load(sys.stdin):
    try:
        Webhook(secret).verify(body, headers)
        answers.append(True)
    except WebhookVerificationError:
        answers.append(False)
print(json.dumps(answers))
";

#[test]
fn official_verifier_accepts_only_our_webhook_signatures() {
    let Some(verifier) = installed("standardwebhooks", "standardwebhooks==1.0.0") else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(&folder.path().join("demo"), &HERE);
    let token = login(&server);
    let (organiser, receiver) = (organiser(&server, &token), Receiver::start());
    let hook = json!({ "name": "Siêu thị", "url": receiver.url() });
    let made = server.post(&format!("/organisers/{organiser}/webhooks"), &token, &hook);
    let at = format!("/organisers/{organiser}/webhooks/{}", made["id"].as_str().unwrap());
    server.address().call("POST", &format!("{at}/test"), Some(&token), None);
    wait_until("the test event is received", || receiver.taken().len() == 1);
    let rotated = server.post(&format!("{at}/rotate-secret"), &token, &json!({}));
    server.address().call("POST", &format!("{at}/test"), Some(&token), None);
    wait_until("the second test event is received", || receiver.taken().len() == 2);
    let [first, second] = <[_; 2]>::try_from(receiver.taken()).unwrap();
    let headers = |m: &crate::receiver::Message| json!(m.headers);
    let changed = |name: &str, value: &str| {
        let mut changed = headers(&first);
        changed[name] = json!(value);
        changed
    };
    let stranger = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    let cases = json!([
        [made["secret"], headers(&first), first.body],
        [made["secret"], headers(&second), second.body],
        [rotated["secret"], headers(&second), second.body],
        [rotated["secret"], headers(&first), first.body],
        [stranger, headers(&first), first.body],
        [made["secret"], headers(&first), first.body.replace("Siêu", "Chợ")],
        [made["secret"], changed("webhook-id", "msg_other"), first.body],
        [made["secret"], changed("webhook-timestamp", "1700000000"), first.body],
        [made["secret"], changed("webhook-signature", "v1,AAAA"), first.body],
    ]);
    assert_eq!(verify(&verifier, &cases), json!([true, true, true, false, false, false, false, false, false]));
    server.stop();
}

/// What the official library says of each `[secret, headers, body]`.
fn verify(verifier: &Path, cases: &Value) -> Value {
    let mut child = Command::new("python3")
        .args(["-c", VERIFY])
        .env("PYTHONPATH", verifier)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), cases.to_string().as_bytes()).unwrap();
    let out = child.wait_with_output().unwrap();
    assert!(out.status.success());
    serde_json::from_slice(&out.stdout).unwrap()
}

#[test]
fn listen_forwards_signed_messages_of_the_chosen_types() {
    let Some(verifier) = installed("standardwebhooks", "standardwebhooks==1.0.0") else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(&folder.path().join("demo"), &[]);
    let token = login(&server);
    let (organiser, receiver) = (organiser(&server, &token), Receiver::start());
    let key = |scopes: &[&str]| {
        let body = json!({ "name": "Máy của người viết", "scopes": scopes });
        let made = server.post(&format!("/organisers/{organiser}/api-keys"), &token, &body);
        made["secret"].as_str().unwrap().to_owned()
    };
    let listen = |key: &str| {
        let mut command = hoicho(folder.path());
        command.args(["webhooks", "listen", "--server", server.address().url(), "--organiser", &organiser]);
        command.args(["--forward-to", &receiver.url(), "--types", "edition.changed,edition.published"]);
        command.env("HOICHO_API_KEY", key);
        command
    };
    // A key without the scope ends it with the server's reason.
    let refused = listen(&key(&["read:editions"])).output().unwrap();
    assert!(!refused.status.success());
    let reason = String::from_utf8(refused.stderr).unwrap();
    assert!(reason.contains("403") && reason.contains("read:events"), "{reason}");

    let mut child = listen(&key(&["read:events"])).stdout(Stdio::piped()).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines().map(Result::unwrap);
    let signed = lines.next().unwrap();
    let secret = signed.split_whitespace().nth(2).unwrap().to_owned();
    assert_eq!(lines.next().unwrap(), "waiting for messages");
    let edition = json!({ "organiser": organiser, "slug": "ky-moi", "name": "Kỳ mới" });
    server.post("/editions", &token, &edition);
    let day = json!([{ "day": "2027-03-01", "opens_at": "08:00:00", "closes_at": "21:00:00" }]);
    let address = server.address();
    address.call_with("PUT", "/editions/ky-moi/opening-days", Some(&token), Some(&day), Some("\"v1\""));
    address.call("POST", "/editions/ky-moi/transitions", Some(&token), Some(&json!({ "to": "published" })));
    let line = lines.find(|line| !line.contains(" edition.changed msg_")).unwrap();
    assert!(line.contains(" edition.published msg_") && line.contains(": 204 ("), "{line}");
    let taken = receiver.taken();
    assert_eq!(taken.last().unwrap().json()["data"]["edition"]["slug"], "ky-moi");
    let cases: Vec<Value> = taken.iter().map(|m| json!([secret, m.headers, m.body])).collect();
    assert_eq!(verify(&verifier, &json!(cases)), json!(vec![true; cases.len()]));
    child.kill().unwrap();
    child.wait().unwrap();
    server.stop();
}
