//! A backup made during writes is a consistent snapshot; restored, it has the same figures.
use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    caller::Caller,
    demo,
    kills::EDITION,
    server::{Server, hoicho, login, shown},
    stop_on_drop::StopOnDrop,
    wait::wait_until,
};

const FINAL: &str = "/editions/ocop-mien-bac-2018/statistics";

/// Runs a command; returns whether it succeeded, and its output.
fn run(folder: &Path, arguments: &[&str], url: &str) -> (bool, String) {
    let mut command = hoicho(folder);
    if !url.is_empty() {
        command.env("HOICHO_DATABASE__URL", url);
    }
    let done = command.args(arguments).output().unwrap();
    (done.status.success(), shown(&done.stdout) + &shown(&done.stderr))
}

/// `url` and `elsewhere` are the databases to back up and to restore to; empty for SQLite.
fn taken_and_put_back(url: &str, elsewhere: &str) {
    let folder = tempfile::tempdir().unwrap();
    let (data, other) = (folder.path().join("demo"), folder.path().join("other"));
    let with = |at: &Path, url: &str| {
        let set = [("HOICHO_DATABASE__URL", url)];
        Server::start(at, &["demo"], if url.is_empty() { &[] } else { &set })
    };
    let server = with(&data, url);
    let token = login(&server);
    let caller = Caller::new(server.address().url(), &token);
    let gate = caller.get(&format!("{EDITION}/gates"))["items"][0]["id"].clone();
    let day = caller.get(EDITION)["opening_days"][0]["day"].as_str().unwrap().to_owned();
    let before = caller.get(&format!("{EDITION}/statistics"))["visits"]["total"].as_u64().unwrap();
    // A document, which is stored beside the database.
    let paper = format!("documents/{}", Uuid::now_v7());
    std::fs::write(data.join(&paper), b"%PDF-1.7").unwrap();

    // One writer, so that a snapshot has all batches up to one of them and none after it.
    let (over, sent) = (AtomicBool::new(false), AtomicUsize::new(0));
    let to = folder.path().join("backup");
    let place = ["--data-dir", data.to_str().unwrap()];
    let count = |ids: Vec<Uuid>| {
        let at = format!("{day}T10:00:00+07:00");
        let event = |id: Uuid| json!({ "id": id, "gate": gate, "occurred_at": at, "entries": 7 });
        let events: Vec<_> = ids.into_iter().map(event).collect();
        json!({ "device": Uuid::now_v7(), "now": chrono::Utc::now(), "events": events })
    };
    let min = std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                let body = count((0..20).map(|_| Uuid::now_v7()).collect());
                assert_eq!(caller.post(&format!("{EDITION}/visit-counts"), &body).unwrap().0, 200);
                sent.fetch_add(1, Ordering::SeqCst);
            }
        });
        let _stop = StopOnDrop(&over);
        wait_until("20 batches are counted", || sent.load(Ordering::SeqCst) >= 20);
        let min = sent.load(Ordering::SeqCst);
        let (good, said) = run(folder.path(), &[&["backup", to.to_str().unwrap()], &place[..]].concat(), url);
        assert!(good && said.contains("2 files"), "{said}");
        min
    });
    let max = sent.load(Ordering::SeqCst);
    let figures = caller.get(FINAL);
    server.stop();

    let (good, said) = run(folder.path(), &[&["backup", to.to_str().unwrap()], &place[..]].concat(), url);
    assert!(!good && said.contains("already exists"), "{said}");
    let (good, said) = run(folder.path(), &[&["restore", to.to_str().unwrap()], &place[..]].concat(), url);
    assert!(!good && said.contains("has data already"), "{said}");
    let place = ["--data-dir", other.to_str().unwrap()];
    let (good, said) = run(folder.path(), &[&["restore", to.to_str().unwrap()], &place[..]].concat(), elsewhere);
    assert!(good, "{said}");
    let server = with(&other, elsewhere);
    let token = login(&server);
    let caller = Caller::new(server.address().url(), &token);
    let same = |mut figures: Value| {
        // Only the time of the request may differ.
        figures.as_object_mut().unwrap().remove("as_of");
        figures
    };
    assert_eq!(same(caller.get(FINAL)), same(figures));
    let visits = caller.get(&format!("{EDITION}/statistics"))["visits"]["total"].as_u64().unwrap() - before;
    let batches = usize::try_from(visits / 140).unwrap();
    assert!(visits.is_multiple_of(140) && (min..=max).contains(&batches), "{visits} visits, {min} to {max} batches");
    assert_eq!(std::fs::read(other.join(&paper)).unwrap(), b"%PDF-1.7");

    // A changed file is not restored.
    std::fs::write(to.join(&paper), "changed").unwrap();
    let third = folder.path().join("third");
    let place = ["--data-dir", third.to_str().unwrap()];
    let (good, said) = run(folder.path(), &[&["restore", to.to_str().unwrap()], &place[..]].concat(), "");
    assert!(!good && said.contains("checksum mismatch"), "{said}");
}

#[test]
fn sqlite_backup_is_consistent_during_writes() {
    taken_and_put_back("", "");
}

#[test]
fn postgresql_backup_is_consistent_during_writes() {
    let Some(cluster) = demo::cluster(&[]) else { return };
    cluster.run("postgres", "CREATE DATABASE elsewhere");
    taken_and_put_back(&cluster.url("hoicho"), &cluster.url("elsewhere"));
}
