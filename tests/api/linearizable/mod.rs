//! Concurrent calls on booths are linearizable, on one node and on two.
mod checker;

use std::{cell::RefCell, collections::BTreeMap, rc::Rc};

use checker::{Call, Model, check};
use futures_util::future::join_all;
use hoicho::jobs;
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

use crate::support::{TestApp, fair::Fair, postgres};

/// Few, so that calls conflict.
const BOOTHS: usize = 3;
const CALLERS: usize = 6;
const CALLS: usize = 40;
/// Seconds until a hold expires; an offer expires after days.
const HOLD_S: i64 = 60;

/// A call with its result. Booths by number, allocations by identifier.
#[derive(Debug, Clone)]
enum Did {
    Held {
        booth: usize,
        allocation: String,
        until: i64,
    },
    FoundTaken {
        booth: usize,
    },
    Released {
        allocation: String,
    },
    NotReleased {
        allocation: String,
    },
    Offered {
        allocation: String,
        until: i64,
    },
    NotOffered {
        allocation: String,
    },
    Swapped {
        one: String,
        other: String,
    },
    NotSwapped {
        one: String,
        other: String,
    },
    /// The expiry job ran.
    Swept,
}

/// The active allocation of a booth, its expiry, and whether it was offered.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Has {
    allocation: String,
    until: i64,
    offered: bool,
}

/// State of the booths. A call reads the clock when it begins: an allocation that is expired then counts as gone until
/// a call or the job records it.
struct Booths;
impl Model for Booths {
    type State = Vec<Option<Has>>;
    /// The call, and the seconds since the start of the test at which it began.
    type Did = (Did, i64);

    fn new() -> Self::State {
        vec![None; BOOTHS]
    }

    fn after(booths: &Self::State, (did, now): &Self::Did) -> Option<Self::State> {
        let mut booths = booths.clone();
        let holds = |booth: &Option<Has>| booth.as_ref().is_some_and(|has| has.until > *now);
        let on = |booths: &[Option<Has>], id: &String| {
            booths.iter().position(|b| holds(b) && b.as_ref().is_some_and(|has| has.allocation == *id))
        };
        let fits = match did {
            Did::Held { booth, allocation, until } => {
                let was_free = !holds(&booths[*booth]);
                booths[*booth] = Some(Has { allocation: allocation.clone(), until: *until, offered: false });
                was_free
            }
            // It may be an expired hold that was swapped to this booth; a retry succeeds.
            Did::FoundTaken { booth } => booths[*booth].is_some(),
            Did::Released { allocation } => on(&booths, allocation).is_some_and(|at| booths[at].take().is_some()),
            Did::NotReleased { allocation } => on(&booths, allocation).is_none(),
            Did::Offered { allocation, until } => match on(&booths, allocation).and_then(|at| booths[at].as_mut()) {
                Some(has) if !has.offered => {
                    (has.until, has.offered) = (*until, true);
                    true
                }
                Some(_) | None => false,
            },
            Did::NotOffered { allocation } => {
                on(&booths, allocation).and_then(|at| booths[at].as_ref()).is_none_or(|has| has.offered)
            }
            Did::Swapped { one, other } => match (on(&booths, one), on(&booths, other)) {
                (Some(a), Some(b)) if a != b => {
                    booths.swap(a, b);
                    true
                }
                _ => false,
            },
            Did::NotSwapped { one, other } => on(&booths, one).is_none() || on(&booths, other).is_none(),
            Did::Swept => {
                for booth in &mut booths {
                    booth.take_if(|has| has.until <= *now);
                }
                true
            }
        };
        fits.then_some(booths)
    }
}

/// Order in which calls begin and end; all run on one thread, so a counter is enough.
#[derive(Default)]
struct History {
    moment: u64,
    calls: Vec<Call<(Did, i64)>>,
    /// How often the clock was advanced.
    waits: usize,
    /// Position of the last advance.
    waited_at: u64,
    /// Start positions of the calls in progress.
    under_way: Vec<u64>,
    /// All allocations so far.
    made: Vec<String>,
}

impl History {
    fn next(&mut self) -> u64 {
        self.moment += 1;
        self.moment
    }
    fn begin(&mut self) -> u64 {
        let began = self.next();
        self.under_way.push(began);
        began
    }
}

/// Expiry of an allocation in seconds since the start of the test.
fn until(allocation: &Value) -> i64 {
    let at: chrono::DateTime<chrono::Utc> = allocation["expires_at"].as_str().unwrap().parse().unwrap();
    (at - crate::support::now()).num_seconds()
}

struct Caller<'a> {
    node: &'a TestApp,
    token: &'a str,
    application: &'a str,
    booths: &'a [String],
    history: Rc<RefCell<History>>,
}

impl Caller<'_> {
    async fn post(&self, path: &str, body: &Value) -> (u16, Value) {
        let answer = self.node.post(path).by(self.token).json(body).send().await;
        (answer.status.as_u16(), answer.json())
    }

    /// Executes a random call; `None` if it was rejected without an effect.
    async fn act(&self, rng: &mut ChaCha8Rng) -> Option<Did> {
        let made = self.history.borrow().made.clone();
        // The newest allocations are most likely active.
        let recent = made.rchunks(4).next().unwrap_or_default();
        let one = recent.choose(rng).cloned().unwrap_or_default();
        let other = recent.choose(rng).cloned().unwrap_or_default();
        match rng.random_range(0..100) {
            0..45 => {
                let booth = rng.random_range(0..BOOTHS);
                let wanted =
                    json!({ "application": self.application, "booths": [self.booths[booth]], "expires_in_s": HOLD_S });
                match self.post("/editions/hoi-cho/allocations", &wanted).await {
                    (201, held) => {
                        let allocation = held["items"][0]["id"].as_str().unwrap().to_owned();
                        self.history.borrow_mut().made.push(allocation.clone());
                        let until = until(&held["items"][0]);
                        Some(Did::Held { booth, allocation, until })
                    }
                    (409, refused) if refused["code"] == "booth_already_taken" => Some(Did::FoundTaken { booth }),
                    (503, _) => None,
                    other => panic!("{other:?}"),
                }
            }
            45..65 if !one.is_empty() => match self.post(&format!("/allocations/{one}/release"), &json!({})).await {
                (200, _) => Some(Did::Released { allocation: one }),
                (409, _) => Some(Did::NotReleased { allocation: one }),
                (412 | 503, _) => None,
                other => panic!("{other:?}"),
            },
            65..75 if !one.is_empty() => match self.post(&format!("/allocations/{one}/offer"), &json!({})).await {
                (200, offered) => Some(Did::Offered { allocation: one, until: until(&offered) }),
                (409, _) => Some(Did::NotOffered { allocation: one }),
                (412 | 503, _) => None,
                other => panic!("{other:?}"),
            },
            75..92 if one != other => {
                let wanted = json!({ "one": one, "other": other });
                match self.post("/editions/hoi-cho/allocations/swap", &wanted).await {
                    (200, _) => Some(Did::Swapped { one, other }),
                    (409, refused) if refused["code"] == "illegal_step" => Some(Did::NotSwapped { one, other }),
                    (409 | 412 | 503, _) => None,
                    other => panic!("{other:?}"),
                }
            }
            92..95 => {
                let mut history = self.history.borrow_mut();
                // A call in progress may see at most one advance, which is shorter than a hold.
                if history.under_way.iter().all(|began| *began > history.waited_at) {
                    self.node.wait(chrono::Duration::seconds(HOLD_S / 2));
                    history.waits += 1;
                    history.waited_at = history.next();
                }
                None
            }
            95..98 => {
                jobs::expire_allocations(&self.node.db, self.node.context.clock.now()).await.unwrap();
                Some(Did::Swept)
            }
            _ => None,
        }
    }

    async fn go(&self, seed: u64) {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        for _ in 0..CALLS {
            let began = self.history.borrow_mut().begin();
            let now = (self.node.context.clock.now().and_utc() - crate::support::now()).num_seconds();
            let did = self.act(&mut rng).await;
            let mut history = self.history.borrow_mut();
            let ended = history.next();
            history.under_way.retain(|other| *other != began);
            history.calls.extend(did.map(|did| Call { began, ended, did: (did, now) }));
        }
    }
}

/// Number of histories, each with its own fair; more with `HOICHO_TEST_HISTORIES=100`.
fn seed_count() -> u64 {
    std::env::var("HOICHO_TEST_HISTORIES").ok().map_or(4, |n| n.parse().expect("HOICHO_TEST_HISTORIES is a number"))
}

async fn every_history_has_an_order(nodes: &[TestApp], seed: u64) -> BTreeMap<String, usize> {
    let first = &nodes[0];
    let fair = Fair::builder().exhibitors(["htx"]).build(first).await;
    let application = &fair.exhibitors[0].application;
    let booths: Vec<String> = (0..BOOTHS).map(|n| fair.booth(n).to_owned()).collect();
    let mut tokens = Vec::new();
    for node in nodes {
        tokens.push(node.login("owner@example.vn").await);
    }
    let history = Rc::new(RefCell::new(History::default()));
    let callers = (0..CALLERS).map(|n| {
        let (node, token) = (&nodes[n % nodes.len()], &tokens[n % nodes.len()]);
        Caller { node, token, application, booths: &booths, history: history.clone() }
    });
    let callers: Vec<_> = callers.collect();
    join_all(callers.iter().enumerate().map(|(n, c)| c.go(seed * 100 + u64::try_from(n).unwrap()))).await;
    let calls = &history.borrow().calls;
    let mut kinds = BTreeMap::<String, usize>::new();
    for call in calls {
        let kind = format!("{:?}", call.did.0).split([' ', '(', '{']).next().unwrap().to_owned();
        *kinds.entry(kind).or_default() += 1;
    }
    if let Err(longest) = check::<Booths>(calls) {
        panic!("seed {seed}: no order of {} calls ({kinds:?}); {longest} at most:\n{calls:#?}", calls.len());
    }
    kinds.insert("waits".to_owned(), history.borrow().waits);
    kinds
}

/// Asserts that the histories together contain all kinds of results.
fn enough(seen: &[BTreeMap<String, usize>]) {
    for kind in ["Held", "FoundTaken", "Released", "NotReleased", "Offered", "Swapped", "NotSwapped", "Swept"] {
        assert!(seen.iter().any(|kinds| kinds.contains_key(kind)), "{kind}: {seen:?}");
    }
}

#[actix_web::test]
async fn histories_of_one_node_on_sqlite_are_linearizable() {
    let mut seen = Vec::new();
    for seed in 0..seed_count() {
        seen.push(every_history_has_an_order(&[TestApp::sqlite().await], seed).await);
    }
    enough(&seen);
}

#[actix_web::test]
async fn histories_of_two_nodes_on_postgresql_are_linearizable() {
    let mut seen = Vec::new();
    for seed in 0..seed_count() {
        let Some(url) = postgres::database() else { return };
        let one = TestApp::on(url.clone(), tempfile::tempdir().unwrap()).await;
        let two = one.beside(url).await;
        seen.push(every_history_has_an_order(&[one, two], seed).await);
    }
    enough(&seen);
}
