//! Kills the server, and PostgreSQL, at random times while many callers write. Afterwards all acknowledged writes are there,
//! none in part, no booth is allocated twice, and the figures add up.
use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    time::Duration,
};

use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    caller::Caller,
    cluster::Cluster,
    demo,
    ledger::{Ledger, Sums, Tables},
    server::{Server, login},
    stop_on_drop::StopOnDrop,
    wait::wait_until,
};

pub const EDITION: &str = "/editions/ocop-quang-ninh-demo";
pub const CALLERS: usize = 8;
const RETRY_DELAY: Duration = Duration::from_millis(50);

fn kills() -> usize {
    std::env::var("HOICHO_TEST_KILLS").ok().map_or(10, |n| n.parse().expect("HOICHO_TEST_KILLS is a number"))
}

fn id(value: &Value) -> Uuid {
    value.as_str().unwrap().parse().unwrap()
}

/// The edition that the callers write to.
pub struct Fair {
    pub edition: Uuid,
    application: Value,
    gate: Value,
    booths: Vec<Uuid>,
    /// Booths with sales reports, one for each caller.
    stands: Vec<Uuid>,
    day: String,
    next: AtomicUsize,
    /// Writes that were acknowledged to any caller and that [`Ledger::answers`] counts.
    acknowledged: AtomicUsize,
}

impl Fair {
    pub fn new(server: &Server, token: &str) -> Self {
        let caller = Caller::new(server.address().url(), token);
        let edition = caller.get(EDITION);
        let applications = caller.get(&format!("{EDITION}/applications?state=approved&limit=1"));
        let zones = caller.get(&format!("{EDITION}/zones"));
        let mut booths = Vec::new();
        // 4,995 booths for each fifty kills: more than are held before them.
        for row in ('A'..='Z').take(kills().div_ceil(50)) {
            let kind = json!({ "zone": zones["items"][1]["id"], "category": "standard" });
            let run = |part: char| json!({ "pattern": format!("K{row}{part}-001…K{row}{part}-999"), "kind": kind });
            let runs = json!({ "runs": ('A'..='E').map(run).collect::<Vec<_>>() });
            let (status, made) = caller.post(&format!("{EDITION}/booths/generate"), &runs).unwrap();
            assert_eq!(status, 201, "{made}");
            booths.extend(made["items"].as_array().unwrap().iter().map(|b| id(&b["id"])));
        }
        let reports = caller.get(&format!("{EDITION}/sales-reports?limit=500"));
        let reports = reports["items"].as_array().unwrap();
        let day = reports[0]["day"].as_str().unwrap().to_owned();
        let of_day = reports.iter().filter(|r| r["day"] == day.as_str());
        Self {
            edition: id(&edition["id"]),
            application: applications["items"][0]["id"].clone(),
            gate: caller.get(&format!("{EDITION}/gates"))["items"][0]["id"].clone(),
            booths,
            stands: of_day.map(|r| id(&r["booth"])).take(CALLERS).collect(),
            day,
            next: AtomicUsize::new(0),
            acknowledged: AtomicUsize::new(0),
        }
    }

    /// Waits until `more` writes are acknowledged from now on.
    pub fn wait_for_writes(&self, more: usize) {
        let target = self.acknowledged.load(Ordering::Relaxed) + more;
        wait_until(&format!("{more} more writes are acknowledged"), || {
            self.acknowledged.load(Ordering::Relaxed) >= target
        });
    }

    fn hold(&self, caller: &Caller, ledger: &mut Ledger, booth: Uuid) -> bool {
        let wanted = json!({ "application": self.application, "booths": [booth], "eligibility_waiver": "thử" });
        match caller.post(&format!("{EDITION}/allocations"), &wanted) {
            Some((201, held)) => ledger.held.push((id(&held["items"][0]["id"]), booth)),
            Some((409, refused)) => assert_eq!(refused["code"], "booth_already_taken"),
            Some((503, _)) | None => return false,
            Some(other) => panic!("{other:?}"),
        }
        true
    }

    fn release(caller: &Caller, ledger: &mut Ledger, allocation: Uuid) -> bool {
        match caller.post(&format!("/allocations/{allocation}/release"), &Value::Null) {
            Some((200, _)) => ledger.released.insert(allocation),
            Some((503, _)) | None => {
                ledger.perhaps_released.insert(allocation);
                false
            }
            Some(other) => panic!("{other:?}"),
        }
    }

    fn count(&self, caller: &Caller, ledger: &mut Ledger) -> bool {
        let ids: Vec<Uuid> = (0..50).map(|_| Uuid::now_v7()).collect();
        let at = format!("{}T10:00:00+07:00", self.day);
        let event = |id: &Uuid| json!({ "id": id, "gate": self.gate, "occurred_at": at, "entries": 7 });
        let events: Vec<Value> = ids.iter().map(event).collect();
        let body = json!({ "device": Uuid::now_v7(), "now": chrono::Utc::now(), "events": events });
        let heard = caller.post(&format!("{EDITION}/visit-counts"), &body);
        let answered = matches!(heard, Some((200, _)));
        assert!(matches!(heard, Some((200 | 503, _)) | None), "{heard:?}");
        ledger.counted.push((ids, answered));
        answered
    }

    fn report(&self, caller: &Caller, ledger: &mut Ledger, booth: Uuid) -> bool {
        let (amount, after) = ledger.reported.entry(booth).or_default();
        let next = amount.max(after.last_mut().unwrap_or(&mut 0)).to_owned() + 1;
        let at = format!("/booths/{booth}/sales-reports/{}", self.day);
        let Some((200, now)) = caller.send("GET", &at, &Value::Null, None) else { return false };
        let seen = format!("\"v{}\"", now["version"]);
        match caller.send("PUT", &at, &json!({ "amount": next, "reason": "thử" }), Some(&seen)) {
            Some((200, _)) => {
                (*amount, *after) = (next, Vec::new());
                true
            }
            Some((503, _)) | None => {
                after.push(next);
                false
            }
            Some(other) => panic!("{other:?}"),
        }
    }

    /// One caller writes until `over` is set, and retries when a write fails.
    pub fn write(&self, caller: &Caller, (n, seed): (usize, u64), ledger: &mut Ledger, over: &AtomicBool) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        while !over.load(Ordering::Relaxed) {
            let answers = ledger.answers();
            let went_on = match rng.random_range(0..10) {
                0..4 => self.hold(
                    caller,
                    ledger,
                    self.booths[self.next.fetch_add(1, Ordering::Relaxed) % self.booths.len()],
                ),
                // A booth that another caller may hold at the same time.
                4..6 => self.hold(caller, ledger, self.booths[self.next.load(Ordering::Relaxed) % self.booths.len()]),
                6 => {
                    let free = |id: &Uuid| !ledger.released.contains(id) && !ledger.perhaps_released.contains(id);
                    let mine: Vec<Uuid> = ledger.held.iter().map(|(id, _)| *id).filter(free).collect();
                    mine.choose(&mut rng).is_none_or(|mine| Self::release(caller, ledger, *mine))
                }
                7..9 => self.count(caller, ledger),
                _ => self.report(caller, ledger, self.stands[n]),
            };
            self.acknowledged.fetch_add(ledger.answers() - answers, Ordering::Relaxed);
            if !went_on {
                std::thread::sleep(RETRY_DELAY);
            }
        }
    }
}

/// All callers write until `writes` are acknowledged; then `end` ends what serves them.
fn write_until_end(
    fair: &Fair,
    (url, token): (&str, &str),
    seed: u64,
    ledgers: &mut [Ledger],
    writes: usize,
    end: impl FnOnce(),
) {
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for (n, ledger) in ledgers.iter_mut().enumerate() {
            let over = &over;
            let salt = seed * 100 + u64::try_from(n).unwrap();
            scope.spawn(move || fair.write(&Caller::new(url, token), (n, salt), ledger, over));
        }
        let _stop = StopOnDrop(&over);
        fair.wait_for_writes(writes);
        end();
    });
}

pub fn figures(caller: &Caller) -> Sums {
    let figures = caller.get(&format!("{EDITION}/statistics"));
    let number = |value: &Value| value.as_i64().unwrap_or_else(|| panic!("{figures}"));
    Sums {
        visits: number(&figures["visits"]["total"]),
        sales: number(&figures["sales"]["total"]["amount"]),
        let_booths: number(&figures["booths"]["allocated"]),
    }
}

pub fn all(ledgers: &[Ledger]) -> Ledger {
    let mut whole = Ledger::default();
    ledgers.iter().cloned().for_each(|ledger| whole.join(ledger));
    whole
}

/// Kills the server `kills` times; every other time PostgreSQL as well.
fn survive(data: &Path, url: &str, mut cluster: Option<&mut Cluster>) {
    let variables = [("HOICHO_DATABASE__URL", url), ("HOICHO_LIMITS__PER_MINUTE", "10000000")];
    let mut server = Some(Server::start(data, &["demo"], &variables));
    let mut token = login(server.as_ref().unwrap());
    let fair = Fair::new(server.as_ref().unwrap(), &token);
    let mut ledgers: Vec<Ledger> = (0..CALLERS).map(|_| Ledger::default()).collect();
    let mut rng = ChaCha8Rng::seed_from_u64(2_018);
    for seed in 0..u64::try_from(kills()).unwrap() {
        let running = server.take().unwrap();
        let address = running.address();
        let writes = rng.random_range(1..60);
        let database_too = cluster.as_deref_mut().filter(|_| seed % 2 == 1);
        write_until_end(&fair, (address.url(), &token), seed, &mut ledgers, writes, || match database_too {
            // The database is killed first, so that requests in progress fail before the server is killed.
            Some(cluster) => {
                cluster.kill();
                drop(running);
                cluster.start_again();
            }
            None => drop(running),
        });
        if let Some(cluster) = &cluster {
            // PostgreSQL may still execute what the killed server had sent.
            let left = "SELECT COUNT(*) AS number FROM pg_stat_activity WHERE datname = 'hoicho'";
            wait_until("its connections end", || cluster.number(left) == 0);
        }
        let expected = Tables::open(url).agree(&all(&ledgers), &fair.edition);
        server = Some(Server::start(data, &["demo"], &variables));
        token = login(server.as_ref().unwrap());
        assert_eq!(figures(&Caller::new(server.as_ref().unwrap().address().url(), &token)), expected);
    }
    let whole = all(&ledgers);
    println!("{} kills, {} answers kept", kills(), whole.answers());
    assert!(whole.answers() > kills(), "hardly anything was written");
}

#[test]
fn acknowledged_writes_survive_kills_on_sqlite() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}", folder.path().join("hoicho.sqlite").display());
    survive(folder.path(), &url, None);
}

#[test]
fn acknowledged_writes_survive_kills_of_server_and_postgresql() {
    let Some(mut cluster) = demo::cluster(&[]) else { return };
    let folder = tempfile::tempdir().unwrap();
    let url = cluster.url("hoicho");
    survive(folder.path(), &url, Some(&mut cluster));
}
