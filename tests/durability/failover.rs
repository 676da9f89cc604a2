//! Two nodes on one PostgreSQL that a standby follows: the first database dies while everybody writes, the standby takes its
//! place, and nothing that was acknowledged is lost.
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    caller::Caller,
    cluster::Cluster,
    kills::{CALLERS, Fair, all, figures},
    ledger::{Ledger, Tables},
    server::{Server, login},
};

#[test]
fn what_was_answered_outlives_the_first_database() {
    let Some(mut first) = Cluster::start(&["max_wal_senders=4"]) else { return };
    let second = first.standby("second");
    // From now on a commit is answered when the standby has it on its disk.
    first.run("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'second'");
    first.run("postgres", "SELECT pg_reload_conf()");
    let url = format!(
        "postgres://hoicho@127.0.0.1:{},127.0.0.1:{}/hoicho?target_session_attrs=read-write&connect_timeout=2",
        first.port, second.port
    );
    // The standby is read while there is one.
    let read = url.replace("read-write", "prefer-standby");
    let folder = tempfile::tempdir().unwrap();
    let keys = folder.path().join("keys");
    let variables = [
        ("HOICHO_DATABASE__URL", url.as_str()),
        ("HOICHO_DATABASE__READ_URL", &read),
        ("HOICHO_LIMITS__PER_MINUTE", "10000000"),
        ("HOICHO_TOKENS__KEYS", keys.to_str().unwrap()),
    ];
    let one = Server::start(&folder.path().join("one"), &["demo"], &variables);
    let two = Server::start(&folder.path().join("two"), &["serve"], &variables);
    let token = login(&one);
    let fair = Fair::new(&one, &token);
    let mut ledgers: Vec<Ledger> = (0..CALLERS).map(|_| Ledger::default()).collect();
    let (over, urls) = (AtomicBool::new(false), [one.address(), two.address()]);
    let before = std::thread::scope(|scope| {
        for (n, ledger) in ledgers.iter_mut().enumerate() {
            let (over, fair, token, url) = (&over, &fair, &token, urls[n % 2].url());
            let seed = u64::try_from(n).unwrap();
            scope.spawn(move || fair.write(&Caller::new(url, token), (n, seed), ledger, true, over));
        }
        std::thread::sleep(Duration::from_secs(2));
        first.kill();
        let before = std::time::Instant::now();
        second.promote();
        // Both nodes find the new one by themselves.
        for node in &urls {
            let caller = Caller::new(node.url(), &token);
            while caller.get_if_it_can("/me").is_none() {
                assert!(before.elapsed() < Duration::from_secs(60), "it never came back");
                std::thread::sleep(Duration::from_millis(100));
            }
        }
        let before = before.elapsed();
        std::thread::sleep(Duration::from_secs(2));
        over.store(true, Ordering::Relaxed);
        before
    });
    let whole = all(&ledgers);
    println!("{} answers kept, back after {before:?}", whole.answers());
    let expected = Tables::open(&second.url("hoicho")).agree(&whole, &fair.edition);
    for node in [&one, &two] {
        assert_eq!(figures(&Caller::new(node.address().url(), &token)), expected);
    }
    assert!(whole.answers() > 50, "hardly anything was written");
}
