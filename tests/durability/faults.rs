//! What is around the program fails: the answers are defined, nothing is stuck afterwards, and it recovers by itself.
use std::{
    io::Read,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    caller::Caller,
    cluster::Cluster,
    kills::EDITION,
    ledger::Tables,
    server::{Server, login},
};

fn count(caller: &Caller, gate: &Value, day: &str, events: usize) -> Option<(u16, Value)> {
    let at = format!("{day}T10:00:00+07:00");
    let event = |_| json!({ "id": Uuid::now_v7(), "gate": gate, "occurred_at": at, "entries": 1 });
    caller.post(&format!("{EDITION}/visit-counts"), &json!({ "events": (0..events).map(event).collect::<Vec<_>>() }))
}

fn gate_and_day(caller: &Caller) -> (Value, String) {
    let gate = caller.get(&format!("{EDITION}/gates"))["items"][0]["id"].clone();
    (gate, caller.get(EDITION)["opening_days"][0]["day"].as_str().unwrap().to_owned())
}

pub fn soon(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < Duration::from_secs(60), "never: {what}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

/// The demo on a cluster, with so few connections that callers wait for one another.
fn on(cluster: &Cluster, folder: &Path) -> Server {
    let url = cluster.url("hoicho");
    let variables = [("HOICHO_DATABASE__URL", url.as_str()), ("HOICHO_DATABASE__CONNECTIONS", "2")];
    Server::start(folder, &["demo"], &variables)
}

#[test]
fn a_frozen_database_is_told_and_forgotten_when_it_thaws() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let (token, address) = (login(&server), server.address());
    let (gate, day) = gate_and_day(&Caller::new(address.url(), &token));
    cluster.freeze();
    let begun = Instant::now();
    // More than there are connections: the last have none to wait with.
    let heard: Vec<_> = std::thread::scope(|scope| {
        let one = || Caller::patient(address.url(), &token).get_status("/me");
        let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(heard, [Some(503); 6]);
    assert!(begun.elapsed() < Duration::from_secs(60), "{:?}", begun.elapsed());
    // What needs no database goes on meanwhile.
    assert_eq!(ureq::get(format!("{}/healthz", address.url())).call().unwrap().status(), 200);
    cluster.thaw();
    let caller = Caller::new(address.url(), &token);
    soon("it answers again", || caller.get_if_it_can("/me").is_some());
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
    server.stop();
}

#[test]
fn a_slow_database_makes_everybody_wait_and_loses_nothing() {
    let Some(cluster) = Cluster::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let (token, address) = (login(&server), server.address());
    let caller = Caller::patient(address.url(), &token);
    let (gate, day) = gate_and_day(&caller);
    let visits = || caller.get(&format!("{EDITION}/statistics"))["visits"]["total"].as_i64().unwrap();
    let before = visits();
    // Nine tenths of the time it does nothing, for six seconds.
    let over = AtomicBool::new(false);
    let heard: Vec<_> = std::thread::scope(|scope| {
        let many = || {
            let caller = Caller::patient(address.url(), &token);
            let mut heard = Vec::new();
            while !over.load(Ordering::Relaxed) {
                heard.push(count(&caller, &gate, &day, 1).map(|(status, _)| status));
            }
            heard
        };
        let callers: Vec<_> = (0..8).map(|_| scope.spawn(many)).collect();
        for _ in 0..20 {
            cluster.freeze();
            std::thread::sleep(Duration::from_millis(270));
            cluster.thaw();
            std::thread::sleep(Duration::from_millis(30));
        }
        over.store(true, Ordering::Relaxed);
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    // Slow is no failure: nobody is refused, and what was answered was counted, once.
    assert!(heard.len() >= 8 && heard.iter().all(|status| *status == Some(200)), "{heard:?}");
    assert_eq!(visits() - before, i64::try_from(heard.len()).unwrap());
    server.stop();
}

#[test]
fn a_database_that_comes_back_is_found_again() {
    let Some(mut cluster) = Cluster::start(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let caller = Caller::patient(server.address().url(), &login(&server));
    let (gate, day) = gate_and_day(&caller);
    cluster.kill();
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 503);
    assert_eq!(caller.get_status("/me"), Some(503));
    assert_eq!(
        ureq::get(format!("{}/readyz", server.address().url())).call().unwrap_err().to_string(),
        "http status: 503"
    );
    cluster.start_again();
    soon("it answers again", || caller.get_if_it_can("/me").is_some());
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
    server.stop();
}

/// A disk of its own, as small as told; `None` where we may not have one.
struct SmallDisk(PathBuf);
impl SmallDisk {
    fn new(at: &Path, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(at).unwrap();
        let size = format!("size={mebibytes}m");
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(at).status();
        mounted.is_ok_and(|m| m.success()).then(|| Self(at.to_owned()))
    }
}
impl Drop for SmallDisk {
    fn drop(&mut self) {
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn a_full_disk_refuses_writes_and_loses_none_that_were_answered() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::new(&folder.path().join("disk"), 48) else {
        eprintln!("SKIPPED: a small disk needs the right to mount one");
        return;
    };
    let file = disk.0.join("hoicho.sqlite");
    let url = format!("sqlite:{}", file.display());
    let server = Server::start(folder.path(), &["demo"], &[("HOICHO_DATABASE__URL", url.as_str())]);
    let caller = Caller::patient(server.address().url(), &login(&server));
    let (gate, day) = gate_and_day(&caller);
    let visits = || caller.get(&format!("{EDITION}/statistics"))["visits"]["total"].as_i64().unwrap();
    let (before, mut answered) = (visits(), 0);
    let refused = loop {
        match count(&caller, &gate, &day, 1_000) {
            Some((200, _)) => answered += 1_000,
            other => break other,
        }
        assert!(answered < 1_000_000, "the disk never was full");
    };
    assert_eq!(refused.map(|(status, body)| (status, body["code"].clone())), Some((503, json!("unavailable"))));
    // Reading goes on, and what was answered is there, all of it and no more.
    assert_eq!(visits(), before + answered);
    // Room is made: writing goes on without anybody's help.
    Command::new("mount").args(["-o", "remount,size=96m"]).arg(&disk.0).status().unwrap();
    soon("it writes again", || count(&caller, &gate, &day, 1).is_some_and(|(status, _)| status == 200));
    server.stop();
    drop(Tables::open(&url));
}

#[test]
fn a_mail_server_that_never_answers_holds_up_nobody() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    std::thread::spawn(move || {
        // Takes every connection and says nothing.
        silent.incoming().flatten().for_each(|mut c| {
            std::thread::spawn(move || c.read_to_end(&mut Vec::new()));
        });
    });
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("HOICHO_MAIL__TRANSPORT", "smtp"),
        ("HOICHO_MAIL__SMTP_HOST", "127.0.0.1"),
        ("HOICHO_MAIL__SMTP_PORT", port.as_str()),
        ("HOICHO_MAIL__SMTP_SECURITY", "none"),
    ];
    let server = Server::start(folder.path(), &["demo"], &variables);
    let caller = Caller::new(server.address().url(), &login(&server));
    for n in 0..5 {
        let forgot = json!({ "email": "htx@example.vn" });
        assert_eq!(caller.post("/auth/password-reset", &forgot).unwrap().0, 202, "{n}");
    }
    // Long enough for the letters to be under way.
    std::thread::sleep(Duration::from_secs(6));
    let begun = Instant::now();
    let (gate, day) = gate_and_day(&caller);
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    let begun = Instant::now();
    server.stop();
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    // The letters wait in the database, none is lost.
    let waiting = Tables::open(&format!("sqlite:{}", folder.path().join("hoicho.sqlite").display())).waiting_letters();
    assert_eq!(waiting, 5);
}
