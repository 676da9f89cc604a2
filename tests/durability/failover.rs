//! Two nodes on a PostgreSQL primary with a replica: the primary dies during writes, the replica is promoted, and no
//! acknowledged write is lost.
use std::sync::atomic::AtomicBool;

use crate::{
    caller::Caller,
    demo,
    kills::{CALLERS, Fair, all, figures},
    ledger::{Ledger, Tables},
    nodes::{Nodes, whichever},
    stop_on_drop::StopOnDrop,
    wait::wait_until,
};

#[test]
fn acknowledged_writes_survive_a_failover() {
    let Some(mut first) = demo::cluster(&["max_wal_senders=4"]) else { return };
    let second = first.standby("second");
    // From now on a commit is acknowledged when the replica has flushed it.
    first.run("postgres", "ALTER SYSTEM SET synchronous_standby_names = 'second'");
    first.run("postgres", "SELECT pg_reload_conf()");
    let either = |is| whichever(&[&first, &second], is);
    let folder = tempfile::tempdir().unwrap();
    // Reads prefer the replica while there is one.
    let nodes = Nodes::start(&either("read-write"), &either("prefer-standby"), folder.path());
    let Nodes { one, two, token } = &nodes;
    let fair = Fair::new(one, token);
    let mut ledgers: Vec<Ledger> = (0..CALLERS).map(|_| Ledger::default()).collect();
    let (over, urls) = (AtomicBool::new(false), [one.address(), two.address()]);
    std::thread::scope(|scope| {
        for (n, ledger) in ledgers.iter_mut().enumerate() {
            let (over, fair, url) = (&over, &fair, urls[n % 2].url());
            let seed = u64::try_from(n).unwrap();
            scope.spawn(move || fair.write(&Caller::new(url, token), (n, seed), ledger, over));
        }
        let _stop = StopOnDrop(&over);
        fair.wait_for_writes(50);
        first.kill();
        second.promote();
        // Both nodes find the new primary by themselves.
        wait_until("both nodes are back", || nodes.answer());
        fair.wait_for_writes(50);
    });
    let whole = all(&ledgers);
    println!("{} answers kept", whole.answers());
    let expected = Tables::open(&second.url("hoicho")).agree(&whole, &fair.edition);
    for caller in nodes.callers() {
        assert_eq!(figures(&caller), expected);
    }
    assert!(whole.answers() >= 100, "hardly anything was written");
}
