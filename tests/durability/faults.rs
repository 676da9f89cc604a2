//! Failures of the database, disk and mail server: responses are defined, and the server recovers by itself.
use std::{
    io::Read,
    net::TcpListener,
    path::{Path, PathBuf},
    process::Command,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    caller::Caller,
    cluster::Cluster,
    demo,
    kills::EDITION,
    ledger::Tables,
    server::{Server, login},
    stop_on_drop::StopOnDrop,
    wait::wait_until,
};

fn count(caller: &Caller, gate: &Value, day: &str, events: usize) -> Option<(u16, Value)> {
    let at = format!("{day}T10:00:00+07:00");
    let event = |_| json!({ "id": Uuid::now_v7(), "gate": gate, "occurred_at": at, "entries": 1 });
    let events: Vec<Value> = (0..events).map(event).collect();
    let batch = json!({ "device": Uuid::now_v7(), "now": chrono::Utc::now(), "events": events });
    caller.post(&format!("{EDITION}/visit-counts"), &batch)
}

fn gate_and_day(caller: &Caller) -> (Value, String) {
    let gate = caller.get(&format!("{EDITION}/gates"))["items"][0]["id"].clone();
    (gate, caller.get(EDITION)["opening_days"][0]["day"].as_str().unwrap().to_owned())
}

/// The demo on a cluster, with fewer connections than callers.
fn on(cluster: &Cluster, folder: &Path) -> Server {
    let url = cluster.url("hoicho");
    let variables = [("HOICHO_DATABASE__URL", url.as_str()), ("HOICHO_DATABASE__CONNECTIONS", "2")];
    Server::start(folder, &["demo"], &variables)
}

#[test]
fn frozen_database_causes_503_until_it_thaws() {
    let Some(cluster) = demo::cluster(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let (token, address) = (login(&server), server.address());
    let (gate, day) = gate_and_day(&Caller::new(address.url(), &token));
    cluster.freeze();
    // More callers than connections: the last ones wait for a connection.
    let heard: Vec<_> = std::thread::scope(|scope| {
        let one = || Caller::new(address.url(), &token).get_status("/me");
        let all: Vec<_> = (0..6).map(|_| scope.spawn(one)).collect();
        all.into_iter().map(|one| one.join().unwrap()).collect()
    });
    assert_eq!(heard, [Some(503); 6]);
    // Requests that need no database still work.
    assert_eq!(ureq::get(format!("{}/healthz", address.url())).call().unwrap().status(), 200);
    cluster.thaw();
    let caller = Caller::new(address.url(), &token);
    wait_until("it answers again", || caller.get_if_it_can("/me").is_some());
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
    server.stop();
}

#[test]
fn slow_database_delays_requests_without_errors() {
    let Some(cluster) = demo::cluster(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let (token, address) = (login(&server), server.address());
    let caller = Caller::new(address.url(), &token);
    let (gate, day) = gate_and_day(&caller);
    let visits = || caller.get(&format!("{EDITION}/statistics"))["visits"]["total"].as_i64().unwrap();
    let before = visits();
    // The database is suspended nine tenths of the time.
    let over = AtomicBool::new(false);
    let heard: Vec<_> = std::thread::scope(|scope| {
        let many = || {
            let caller = Caller::new(address.url(), &token);
            let mut heard = Vec::new();
            loop {
                heard.push(count(&caller, &gate, &day, 1).map(|(status, _)| status));
                if over.load(Ordering::Relaxed) {
                    break heard;
                }
            }
        };
        let callers: Vec<_> = (0..8).map(|_| scope.spawn(many)).collect();
        let stop = StopOnDrop(&over);
        // Half of the time that a request may wait for a connection.
        let mut frozen = Duration::ZERO;
        while frozen < Duration::from_secs(5) {
            let start = Instant::now();
            cluster.freeze();
            std::thread::sleep(Duration::from_millis(270));
            cluster.thaw();
            frozen += start.elapsed();
            std::thread::sleep(Duration::from_millis(30));
        }
        drop(stop);
        callers.into_iter().flat_map(|caller| caller.join().unwrap()).collect()
    });
    // No request fails, and each acknowledged batch is counted once.
    assert!(heard.len() >= 8 && heard.iter().all(|status| *status == Some(200)), "{heard:?}");
    assert_eq!(visits() - before, i64::try_from(heard.len()).unwrap());
    server.stop();
}

#[test]
fn restarted_database_is_reconnected() {
    let Some(mut cluster) = demo::cluster(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let server = on(&cluster, folder.path());
    let caller = Caller::new(server.address().url(), &login(&server));
    let (gate, day) = gate_and_day(&caller);
    cluster.kill();
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 503);
    assert_eq!(caller.get_status("/me"), Some(503));
    assert_eq!(
        ureq::get(format!("{}/readyz", server.address().url())).call().unwrap_err().to_string(),
        "http status: 503"
    );
    cluster.start_again();
    wait_until("it answers again", || caller.get_if_it_can("/me").is_some());
    assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
    server.stop();
}

/// A small file system in memory; `None` without the right to mount one.
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
fn full_disk_rejects_writes_and_keeps_acknowledged_ones() {
    let folder = tempfile::tempdir().unwrap();
    let Some(disk) = SmallDisk::new(&folder.path().join("disk"), 48) else {
        eprintln!("SKIPPED: a small disk needs the right to mount one");
        return;
    };
    let file = disk.0.join("hoicho.sqlite");
    let url = format!("sqlite:{}", file.display());
    let server = Server::start(folder.path(), &["demo"], &[("HOICHO_DATABASE__URL", url.as_str())]);
    let caller = Caller::new(server.address().url(), &login(&server));
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
    // Reads still work, and exactly the acknowledged writes are there.
    assert_eq!(visits(), before + answered);
    // With more space, writes work again without a restart.
    Command::new("mount").args(["-o", "remount,size=96m"]).arg(&disk.0).status().unwrap();
    wait_until("it writes again", || count(&caller, &gate, &day, 1).is_some_and(|(status, _)| status == 200));
    server.stop();
    drop(Tables::open(&url));
}

#[test]
fn unresponsive_mail_server_blocks_no_requests() {
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = silent.local_addr().unwrap().port().to_string();
    let (accepted, closed) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (accepted.clone(), closed.clone());
    std::thread::spawn(move || {
        // Accepts every connection and never sends anything.
        silent.incoming().flatten().for_each(|mut connection| {
            let (accepted, closed) = counters.clone();
            accepted.fetch_add(1, Ordering::SeqCst);
            std::thread::spawn(move || {
                drop(connection.read_to_end(&mut Vec::new()));
                closed.fetch_add(1, Ordering::SeqCst);
            });
        });
    });
    let connections = || (accepted.load(Ordering::SeqCst), closed.load(Ordering::SeqCst));
    let folder = tempfile::tempdir().unwrap();
    let variables = [
        ("HOICHO_MAIL__TRANSPORT", "smtp"),
        ("HOICHO_MAIL__SMTP_HOST", "127.0.0.1"),
        ("HOICHO_MAIL__SMTP_PORT", port.as_str()),
        ("HOICHO_MAIL__SMTP_SECURITY", "none"),
    ];
    let server = Server::demo(folder.path(), &variables);
    let caller = Caller::new(server.address().url(), &login(&server));
    for n in 0..5 {
        let forgot = json!({ "email": "htx@example.vn" });
        assert_eq!(caller.post("/auth/password-reset", &forgot).unwrap().0, 202, "{n}");
    }
    let (gate, day) = gate_and_day(&caller);
    // As many letters of one sender as are sent at the same time.
    wait_until("requests are served while letters wait for the mail server", || {
        let before = connections();
        assert_eq!(count(&caller, &gate, &day, 3).unwrap().0, 200);
        before.0 == before.1 + 4 && connections() == before
    });
    let timed_out = i64::try_from(connections().1).unwrap();
    server.stop();
    // All emails are still in the outbox; the stop did not wait for the timeout of those in progress.
    let mut tables = Tables::open(&format!("sqlite:{}", folder.path().join("hoicho.sqlite").display()));
    assert_eq!(tables.waiting_letters(), 5);
    assert_eq!(tables.failed_letters(), timed_out);
}
