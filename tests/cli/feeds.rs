//! The calendar, the Atom feed and the sitemap, read by parsers that others wrote.
use std::process::Command;

use serde_json::{Value, json};

use crate::{
    python::installed,
    server::{Server, login, shown},
};

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli/feeds/parse.py");

#[test]
fn feeds_tell_of_publication_new_days_and_cancellation() {
    let Some(icalendar) = installed("icalendar", "icalendar==7.*") else { return };
    let Some(feedparser) = installed("feedparser", "feedparser==6.*") else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(&folder.path().join("demo"), &[]);
    let token = login(&server);
    let organiser = server.get("/organisers", Some(&token))["items"][0]["id"].clone();
    let name = "Hội chợ Xuân, Hạ Long";
    server.post("/editions", &token, &json!({ "organiser": organiser, "slug": "xuan-2099", "name": name }));
    let set_days = |days: [&str; 3]| {
        let days = json!(days.map(|day| json!({ "day": day, "opens_at": "08:00:00", "closes_at": "21:00:00" })));
        let path = "/editions/xuan-2099/opening-days";
        server.address().call_with("PUT", path, Some(&token), Some(&days), Some("*"))
    };
    let step = |to: &str| {
        server.post("/editions/xuan-2099/transitions", &token, &json!({ "to": to, "reason": "Bão" }));
    };
    set_days(["2099-02-01", "2099-02-02", "2099-02-03"]);
    step("published");
    set_days(["2099-02-02", "2099-02-03", "2099-02-04"]);
    let read = || -> Value {
        let paths = std::env::join_paths([&icalendar, &feedparser]).unwrap();
        let mut command = Command::new("python3");
        command.arg(SCRIPT).args([server.address().url(), "xuan-2099"]).env("PYTHONPATH", paths);
        let done = command.output().unwrap();
        assert!(done.status.success(), "{}", shown(&done.stderr));
        serde_json::from_slice(&done.stdout).unwrap()
    };
    let field = |read: &Value, field: &str| -> Vec<Value> {
        read["events"].as_array().unwrap().iter().map(|event| event[field].clone()).collect()
    };
    let first = read();
    assert_eq!(field(&first, "day"), ["2099-02-01", "2099-02-02", "2099-02-03", "2099-02-04"]);
    assert_eq!(field(&first, "status"), ["CANCELLED", "CONFIRMED", "CONFIRMED", "CONFIRMED"]);
    assert!(field(&first, "stamped").iter().all(|stamped| *stamped == true), "{first}");
    assert!(field(&first, "broken").iter().all(|broken| *broken == json!([])), "{first}");
    assert!(field(&first, "summary").iter().all(|summary| *summary == name), "{first}");
    let titles = |name: &str| [format!("New opening days of {name}"), format!("{name} has been announced")];
    assert_eq!(first["titles"], json!(titles(name)));
    assert_eq!(first["summaries"], json!(["Before: 1 Feb – 3 Feb 2099. Now: 2 Feb – 4 Feb 2099.", null]));
    assert_eq!((&first["malformed"], &first["language"]), (&json!(false), &json!("en")));

    step("cancelled");
    let second = read();
    assert!(field(&second, "status").iter().all(|status| status == "CANCELLED"), "{second}");
    assert_eq!(field(&second, "day"), field(&first, "day"));
    let [before, after] = [&first, &second].map(|read| read["events"][1]["sequence"].as_i64().unwrap());
    assert!(after > before, "{before} {after}");
    assert_eq!(second["titles"][0], format!("{name} is cancelled"));

    let addresses = second["addresses"].as_object().unwrap();
    let base = second["self"][0].as_str().unwrap().split("/en/").next().unwrap();
    for (address, page) in addresses {
        let path = address.strip_prefix(base).unwrap();
        let path = path.strip_prefix("/en").unwrap_or(path);
        let vietnamese = format!("{base}{path}");
        let alternates = json!({ "vi": vietnamese, "en": format!("{base}/en{path}"), "x-default": vietnamese });
        assert_eq!(page["alternates"], alternates, "{address}");
        let lastmod = page["lastmod"].as_str();
        assert_eq!(
            lastmod.is_some_and(|at| at.ends_with('Z') && at.len() == 20),
            path != "/privacy",
            "{address}: {page}"
        );
    }
    assert!(addresses.contains_key(&format!("{base}/en/fairs/xuan-2099")), "{addresses:?}");
    server.stop();
}
