//! The program as a separate process: command line, server, generated clients.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a test that breaks should say where"
)]
mod clients;
mod cookbook;
mod doctor;
mod feeds;
mod person;
#[path = "../support/postgres.rs"]
#[expect(dead_code, reason = "only its databases are used here")]
mod postgres;
mod private_files;
mod python;
#[path = "../support/receiver.rs"]
#[expect(dead_code, reason = "the tests of the API use the rest")]
mod receiver;
#[expect(dead_code, reason = "the tests of durability use the rest")]
mod server;
mod tables;
#[path = "../support/wait.rs"]
#[expect(dead_code, reason = "only its synchronous half is used here")]
mod wait;
mod webhooks;

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use hoicho_core::db::DatabaseUrl;
use serde_json::json;
use server::{Server, free_port, hoicho, login, shown};
use wait::wait_until;

#[test]
fn demo_serves_its_editions_and_keeps_added_data() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let demo = |more: &[&str]| Server::start(&data, &[&["demo"], more].concat(), &[]);
    let mut first = demo(&[]);
    let printed = first.printed_until("/api/v1/editions");
    for told in
        ["224", "54000", "6.800", "197", "49000", "9.557,6", "460", "108000", "15.594,95", "bantochuc@example.vn"]
    {
        assert!(printed.contains(told), "{told} is missing:\n{printed}");
    }
    let s = first.get("/editions/ocop-quang-ninh-xuan-2018/statistics", None);
    assert_eq!((&s["comparison"]["sales"]["ratio"], &s["booths"]["total"]), (&json!(1.4055), &json!(197)));
    let token = login(&first);
    let added = first.post("/organisers", &token, &json!({ "name": "Ban mới" }));
    first.stop();
    let kept = demo(&[]);
    let mine = kept.get("/organisers", Some(&login(&kept)));
    assert!(mine["items"].as_array().unwrap().iter().any(|o| o["id"] == added["id"]), "{mine}");
    kept.stop();
    let afresh = demo(&["--reset"]);
    assert_eq!(afresh.get("/organisers", Some(&login(&afresh)))["items"].as_array().unwrap().len(), 1);
    afresh.stop();
}

#[test]
fn allocate_dry_run_prints_the_proposal_and_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    Server::demo(&data, &[]).stop();
    let allocate = |more: &[&str]| {
        let mut command = hoicho(folder.path());
        command.args(["allocate", "ocop-quang-ninh-demo", "--data-dir"]).arg(&data).args(more).output().unwrap()
    };
    for policy in ["space-draw", "optimum"] {
        let done = allocate(&["--policy", policy, "--dry-run"]);
        let out = shown(&done.stdout);
        assert!(
            done.status.success() && out.contains("A01-01") && out.contains("no assignment serves more than"),
            "{out}"
        );
    }
    assert!(!allocate(&["--policy", "optimum"]).status.success(), "without --dry-run it does nothing");
    let unknown = hoicho(folder.path())
        .args(["allocate", "nothing", "--policy", "optimum", "--dry-run", "--data-dir"])
        .arg(&data)
        .output()
        .unwrap();
    assert!(!unknown.status.success() && shown(&unknown.stderr).contains("nothing"));
}

#[test]
fn serve_uses_postgresql_by_url() {
    let Some(DatabaseUrl::Postgres(url)) = postgres::empty_database() else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(folder.path(), &["serve"], &[("HOICHO_DATABASE__URL", &url)]);
    assert_eq!(server.get("/editions", None)["items"], json!([]));
    assert!(!folder.path().join("hoicho.sqlite").exists());
    server.stop();
}

#[test]
fn invalid_setting_prevents_the_start_and_is_reported() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("hoicho.toml");
    std::fs::write(&file, "[server]\nprot = 9090\n").unwrap();
    let file = file.to_str().unwrap();
    let cases: [(&[&str], (&str, &str), &str); 6] = [
        (&["--config", file], ("LANG", "C"), "prot"),
        (&["--config", "missing.toml"], ("LANG", "C"), "missing.toml"),
        (&[], ("HOICHO_SERVER__PROT", "1"), "prot"),
        (&[], ("HOICHO_SERVER__PORT", "eighty"), "port"),
        (&[], ("HOICHO_DATABASE__URL", "postgre://u:geheim@h/d"), "postgres://"),
        (&[], ("HOICHO_MAIL__FROM", "nobody"), "from"),
    ];
    for (arguments, variable, told) in cases {
        let mut command = hoicho(folder.path());
        let port = free_port().to_string();
        let ended = command.arg("serve").args(["--port", &port]).args(arguments).env(variable.0, variable.1).output();
        let ended = ended.unwrap();
        let said = shown(&ended.stderr);
        assert!(!ended.status.success() && said.to_lowercase().contains(told), "{variable:?}: {said}");
        assert!(!said.contains("geheim"), "a password was shown: {said}");
    }
}

/// The passwords of the demo are printed by every copy of the program.
#[test]
fn serve_refuses_accounts_of_the_demo_unless_allowed() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    Server::demo(&data, &[]).stop();
    let mut command = hoicho(folder.path());
    command.args(["serve", "--port", &free_port().to_string(), "--data-dir"]).arg(&data);
    let refused = command.output().unwrap();
    let said = shown(&refused.stderr);
    assert!(!refused.status.success(), "{said}");
    for told in ["bantochuc@example.vn", "htx@example.vn", "--data-dir", "--allow-demo-accounts"] {
        assert!(said.contains(told), "{told}: {said}");
    }
    let doctor = hoicho(folder.path()).args(["doctor", "--data-dir"]).arg(&data).output().unwrap();
    let said = shown(&doctor.stdout);
    assert!(said.lines().any(|l| l.starts_with("error") && l.contains("accounts: bantochuc@example.vn")), "{said}");

    let allowed = Server::start(&data, &["serve", "--allow-demo-accounts"], &[]);
    // Each account with another password or erased: it is an ordinary database.
    let change = json!({ "current": "hoi-cho-ocop", "new": "một câu dài khác 7391" });
    allowed.address().call("PUT", "/me/password", Some(&login(&allowed)), Some(&change));
    for email in hoicho::sample_data::USERS.map(|(email, ..)| email).iter().skip(1) {
        let erase = hoicho(folder.path()).args(["person", "erase", email, "--data-dir"]).arg(&data).output().unwrap();
        assert!(erase.status.success(), "{email}: {}", shown(&erase.stderr));
    }
    allowed.stop();
    Server::start(&data, &["serve"], &[]).stop();
}

#[test]
fn help_lists_all_commands() {
    let folder = tempfile::tempdir().unwrap();
    let help = shown(&hoicho(folder.path()).arg("--help").output().unwrap().stdout);
    for command in ["serve", "demo", "doctor", "allocate", "migrate", "rotate-key", "grant-admin", "openapi"] {
        assert!(help.contains(command), "{help}");
    }
}

/// Acknowledged writes survive a graceful stop during writes.
#[test]
fn graceful_stop_keeps_all_acknowledged_writes() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("demo");
    let server = Server::demo(&data, &[]);
    let token = login(&server);
    let acknowledgements = Arc::new(AtomicUsize::new(0));
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let (server, token, acknowledgements) = (server.address(), token.clone(), acknowledgements.clone());
            thread::spawn(move || {
                let mut acknowledged = Vec::new();
                for n in 0.. {
                    let made = server.try_post("/organisers", &token, &json!({ "name": format!("Ban {writer}-{n}") }));
                    let Ok(made) = made else { break };
                    acknowledged.push(made["id"].as_str().unwrap().to_owned());
                    acknowledgements.fetch_add(1, Ordering::Relaxed);
                }
                acknowledged
            })
        })
        .collect();
    // The writers continue, so the server is stopped during their requests.
    wait_until("enough writes are acknowledged", || acknowledgements.load(Ordering::Relaxed) > 20);
    server.stop();
    let acknowledged: Vec<String> = writers.into_iter().flat_map(|w| w.join().unwrap()).collect();
    assert!(acknowledged.len() > 20, "only {} writes were made", acknowledged.len());
    let again = Server::demo(&data, &[]);
    let token = login(&again);
    let there = |id: &&String| again.address().try_get(&format!("/organisers/{id}"), Some(&token)).is_ok();
    let lost: Vec<_> = acknowledged.iter().filter(|id| !there(id)).collect();
    assert!(lost.is_empty(), "{} of {} lost", lost.len(), acknowledged.len());
    again.stop();
}
