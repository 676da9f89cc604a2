//! Two nodes on one PostgreSQL that a standby follows: the first database dies while everybody writes, the standby takes its
//! place, and nothing that was acknowledged is lost.
use std::{
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use crate::{
    caller::Caller,
    cluster::Cluster,
    faults::soon,
    kills::{CALLERS, Fair, all, figures},
    ledger::{Ledger, Tables},
    nodes::{Nodes, whichever},
};

#[test]
fn what_was_answered_outlives_the_first_database() {
    let Some(mut first) = Cluster::start(&["max_wal_senders=4"]) else { return };
    let second = first.standby("second");
    // From now on a commit is answered when the standby has it on its disk.
    first.run("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'second'");
    first.run("postgres", "SELECT pg_reload_conf()");
    let either = |is| whichever(&[&first, &second], is);
    let folder = tempfile::tempdir().unwrap();
    // The standby is read while there is one.
    let nodes = Nodes::start(&either("read-write"), &either("prefer-standby"), folder.path());
    let Nodes { one, two, token } = &nodes;
    let fair = Fair::new(one, token);
    let mut ledgers: Vec<Ledger> = (0..CALLERS).map(|_| Ledger::default()).collect();
    let (over, urls) = (AtomicBool::new(false), [one.address(), two.address()]);
    let before = std::thread::scope(|scope| {
        for (n, ledger) in ledgers.iter_mut().enumerate() {
            let (over, fair, url) = (&over, &fair, urls[n % 2].url());
            let seed = u64::try_from(n).unwrap();
            scope.spawn(move || fair.write(&Caller::new(url, token), (n, seed), ledger, true, over));
        }
        std::thread::sleep(Duration::from_secs(2));
        first.kill();
        let before = std::time::Instant::now();
        second.promote();
        // Both nodes find the new one by themselves.
        soon("both are back", || nodes.answer());
        let before = before.elapsed();
        std::thread::sleep(Duration::from_secs(2));
        over.store(true, Ordering::Relaxed);
        before
    });
    let whole = all(&ledgers);
    println!("{} answers kept, back after {before:?}", whole.answers());
    let expected = Tables::open(&second.url("hoicho")).agree(&whole, &fair.edition);
    for caller in nodes.callers() {
        assert_eq!(figures(&caller), expected);
    }
    assert!(whole.answers() > 50, "hardly anything was written");
}
