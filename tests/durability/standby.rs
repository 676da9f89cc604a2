//! Reads go to a standby, and are never older than what was written, on whichever node.
use std::{
    cell::Cell,
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    cluster::Cluster,
    faults::soon,
    server::{Server, login},
};

/// Two nodes that write to one cluster and read another.
struct Nodes {
    one: Server,
    two: Server,
    token: String,
    /// An organiser whose name is changed.
    path: String,
    /// How often it was, and once more.
    version: Cell<u32>,
}

impl Nodes {
    fn start(write: &str, read: &str, folder: &Path) -> Self {
        let keys = folder.join("keys");
        let variables = [
            ("HOICHO_DATABASE__URL", write),
            ("HOICHO_DATABASE__READ_URL", read),
            ("HOICHO_LIMITS__PER_MINUTE", "10000000"),
            ("HOICHO_TOKENS__KEYS", keys.to_str().unwrap()),
        ];
        let one = Server::start(&folder.join("one"), &["demo"], &variables);
        let two = Server::start(&folder.join("two"), &["serve"], &variables);
        let token = login(&one);
        let id = one.get("/organisers", Some(&token))["items"][0]["id"].as_str().unwrap().to_owned();
        Self { one, two, token, path: format!("/organisers/{id}"), version: Cell::new(1) }
    }

    fn callers(&self) -> [Caller; 2] {
        [&self.one, &self.two].map(|node| Caller::new(node.address().url(), &self.token))
    }

    /// Writes by one node and reads by the other at once, so many times.
    fn write_here_and_read_there(&self, times: usize, round: &str) {
        let callers = self.callers();
        for n in 0..times {
            let (here, there) = (&callers[n % 2], &callers[(n + 1) % 2]);
            let (name, version) = (format!("{round} {n}"), self.version.get());
            let seen = format!("\"v{version}\"");
            let written = here.send("PATCH", &self.path, &json!({ "name": name }), Some(&seen));
            let (status, body) = written.expect("no answer");
            assert_eq!(status, 200, "{body}");
            self.version.set(version + 1);
            assert_eq!(there.get(&self.path)["name"], Value::String(name), "what was written is not read");
        }
    }

    fn standby_reads(&self) -> u64 {
        let of = |node: &Server| -> u64 {
            let text = ureq::get(format!("{}/metrics", node.address().url())).call().unwrap();
            let text = text.into_body().read_to_string().unwrap();
            let line = text.lines().find_map(|l| l.strip_prefix("hoicho_reads_from_standby ")).unwrap();
            line.parse().unwrap()
        };
        of(&self.one) + of(&self.two)
    }

    fn until_the_standby_is_read(&self, round: &str) {
        let (before, begun) = (self.standby_reads(), Instant::now());
        while self.standby_reads() <= before + 20 {
            assert!(begun.elapsed() < Duration::from_secs(60), "{round}: the standby is not read");
            self.write_here_and_read_there(4, round);
        }
    }
}

fn on(cluster: &Cluster, target: &str) -> String {
    format!("{}?target_session_attrs={target}&connect_timeout=2", cluster.url("hoicho"))
}

#[test]
fn a_standby_that_lags_is_read_and_never_shows_what_is_old() {
    // Every commit is replayed a little later than it could be.
    let Some(first) = Cluster::start(&["max_wal_senders=4", "recovery_min_apply_delay=15ms"]) else { return };
    let mut standby = first.standby("standby");
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(&on(&first, "read-write"), &on(&standby, "standby"), folder.path());

    nodes.until_the_standby_is_read("it lags");
    nodes.write_here_and_read_there(60, "it lags");

    standby.run("postgres", "SELECT pg_wal_replay_pause()");
    nodes.write_here_and_read_there(10, "it stands still");
    standby.run("postgres", "SELECT pg_wal_replay_resume()");
    nodes.until_the_standby_is_read("it goes on");

    standby.freeze();
    nodes.write_here_and_read_there(10, "it is frozen");
    standby.thaw();
    nodes.until_the_standby_is_read("it thaws");

    standby.kill();
    // What was read there just then may have been cut off; nothing is afterwards.
    for caller in nodes.callers() {
        assert!(caller.get_status("/me").is_some_and(|status| status == 200 || status == 503));
    }
    nodes.write_here_and_read_there(10, "it is gone");
    standby.start_again();
    nodes.until_the_standby_is_read("it is back");
}

#[test]
fn a_standby_astray_is_not_read_and_one_that_was_promoted_is_written_to() {
    let Some(mut first) = Cluster::start(&["max_wal_senders=6"]) else { return };
    let (second, third) = (first.standby("second"), first.standby("third"));
    let write = format!(
        "postgres://hoicho@127.0.0.1:{},127.0.0.1:{}/hoicho?target_session_attrs=read-write&connect_timeout=2",
        first.port, second.port
    );
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(&write, &on(&third, "standby"), folder.path());
    nodes.until_the_standby_is_read("before");

    // The third is ahead of the second when that one takes over: it has all the bytes, and not what is written then.
    second.freeze();
    first.run(
        "hoicho",
        "SELECT pg_logical_emit_message(false, 'test', repeat('x', 1000000)) FROM generate_series(1, 48)",
    );
    let end = first.number("SELECT (pg_current_wal_flush_lsn() - '0/0')::BIGINT AS number");
    soon("the third has it", || third.number("SELECT (pg_last_wal_replay_lsn() - '0/0')::BIGINT AS number") >= end);
    first.kill();
    second.thaw();
    second.promote();
    soon("it is back", || nodes.callers().iter().all(|caller| caller.get_if_it_can("/me").is_some()));
    // Connections that were used within the last second are not asked whether they are alive.
    std::thread::sleep(Duration::from_millis(1_500));
    // The third still follows the dead one: it answers, and what it has is of another log.
    let before = nodes.standby_reads();
    nodes.write_here_and_read_there(20, "after");
    assert_eq!(nodes.standby_reads(), before, "a standby of the dead one was read");
}

#[test]
fn everybody_reads_their_own_writes_while_many_write() {
    let Some(first) = Cluster::start(&["max_wal_senders=4", "recovery_min_apply_delay=3ms"]) else { return };
    let standby = first.standby("standby");
    let folder = tempfile::tempdir().unwrap();
    let nodes = Nodes::start(&on(&first, "read-write"), &on(&standby, "standby"), folder.path());
    nodes.until_the_standby_is_read("at first");
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for caller in nodes.callers() {
            let over = &over;
            // Writes of others, so that what is needed moves on all the time.
            scope.spawn(move || {
                while !over.load(Ordering::Relaxed) {
                    let name = json!({ "name": "Nhà thi đấu", "address": "Hạ Long" });
                    caller.post("/venues", &name);
                }
            });
        }
        nodes.write_here_and_read_there(100, "among others");
        over.store(true, Ordering::Relaxed);
    });
    assert!(nodes.standby_reads() > 100, "{}", nodes.standby_reads());
}
