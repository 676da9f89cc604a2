//! Every operation under schemathesis, which makes requests of openapi.json that fit it and that do not, as each role:
//! every answer is as the document says, and none is a failure of ours.
use std::{collections::BTreeMap, path::Path, process::Command};

use serde_json::{Value, json};

use crate::{
    python::installed,
    server::{Server, hoicho, login, shown},
};

/// Requests of each kind an operation gets; more with `HOICHO_TEST_SCHEMATHESIS=50`.
fn examples() -> String {
    std::env::var("HOICHO_TEST_SCHEMATHESIS").unwrap_or_else(|_| "1".to_owned())
}

/// Identifiers of things that are there, by the names that paths have for them.
fn there(server: &Server, token: &str) -> BTreeMap<&'static str, Value> {
    let edition = "/editions/ocop-quang-ninh-demo";
    let first = |path: &str| server.get(path, Some(token))["items"][0].clone();
    let allocation = first(&format!("{edition}/allocations"));
    let application = first(&format!("{edition}/applications"));
    let report = first(&format!("{edition}/sales-reports"));
    let exhibitor = application["exhibitor"].as_str().unwrap().to_owned();
    let organiser = first("/organisers")["id"].as_str().unwrap().to_owned();
    BTreeMap::from([
        ("edition", json!("ocop-quang-ninh-demo")),
        ("organiser", json!(organiser)),
        ("allocation", allocation["id"].clone()),
        ("application", application["id"].clone()),
        ("exhibitor", json!(exhibitor)),
        ("booth", report["booth"].clone()),
        ("date", report["day"].clone()),
        ("zone", first(&format!("{edition}/zones"))["id"].clone()),
        ("gate", first(&format!("{edition}/gates"))["id"].clone()),
        ("venue", first(&format!("/venues?organiser={organiser}"))["id"].clone()),
        ("series", first(&format!("/series?organiser={organiser}"))["id"].clone()),
        ("product", first(&format!("/exhibitors/{exhibitor}/products"))["id"].clone()),
        ("deal", first(&format!("{edition}/deals"))["id"].clone()),
        ("report", json!("sales-by-day")),
    ])
}

#[test]
fn nothing_that_schemathesis_makes_up_breaks_an_operation_whoever_sends_it() {
    let Some(tools) = installed("schemathesis", "schemathesis==4.32.5") else { return };
    let folder = tempfile::tempdir().unwrap();
    let unlimited = [("HOICHO_LIMITS__AUTH_PER_MINUTE", "1000000")];
    let data = folder.path().join("demo");
    let server = Server::start(&data, &["demo"], &unlimited);
    let owner = login(&server);
    let there = serde_json::to_string(&there(&server, &owner)).unwrap();
    let login = |email: &str| {
        let login = json!({ "email": email, "password": "hoi-cho-ocop" });
        server.post("/auth/login", "", &login)["access_token"].as_str().unwrap().to_owned()
    };
    let scopes = ["read:editions", "read:exhibitors", "read:figures", "write:visits"];
    let organiser = serde_json::from_str::<Value>(&there).unwrap()["organiser"].as_str().unwrap().to_owned();
    let keys = format!("/organisers/{organiser}/api-keys");
    let key = server.post(&keys, &owner, &json!({ "name": "Siêu thị", "scopes": scopes }))["secret"].clone();
    let at = Path::new(env!("CARGO_MANIFEST_DIR"));
    let paths = std::env::join_paths([tools, at.join("tests/cli/schemathesis")]).unwrap();
    let run = |role: &str, token: Option<&str>| {
        let mut command = Command::new("python3");
        command
            .current_dir(folder.path())
            .env("HOICHO_THERE", &there)
            .env("SCHEMATHESIS_HOOKS", "hooks")
            .env("PYTHONPATH", &paths)
            .args(["-m", "schemathesis.cli", "--config-file"])
            .arg(at.join("tests/cli/schemathesis/schemathesis.toml"))
            .arg("run")
            .arg(at.join("openapi.json"))
            .args(["--url", server.address().url(), "--checks", "all", "--seed", "2018", "--workers", "1"])
            // One worker: Python 3.11 cannot parse in two threads at once.
            .args(["--max-examples", &examples(), "--no-color", "--warnings", "off"]);
        if let Some(token) = token {
            command.args(["--header", &format!("Authorization: Bearer {token}")]);
        }
        let done = command.output().unwrap();
        assert!(done.status.success(), "as {role}:\n{}{}", shown(&done.stdout), shown(&done.stderr));
    };
    // Logged in beforehand: made-up passwords are guesses, after which an account has a pause.
    let people = [
        ("viewer", "theodoi@example.vn"),
        ("gate", "soatve@example.vn"),
        ("finance", "taichinh@example.vn"),
        ("exhibitor", "htx@example.vn"),
        ("manager", "quanly@example.vn"),
    ]
    .map(|(role, email)| (role, login(email)));
    run("nobody", None);
    run("partner", key.as_str());
    for (role, token) in &people {
        run(role, Some(token));
    }
    let [(_, viewer), ..] = &people;
    let mut grant = hoicho(folder.path());
    let granted = grant.args(["grant-admin", "theodoi@example.vn", "--data-dir"]).arg(&data).output().unwrap();
    assert!(granted.status.success(), "{}", shown(&granted.stderr));
    run("admin", Some(viewer));
    // The owner last: it may end what the others need.
    run("owner", Some(&owner));
}
