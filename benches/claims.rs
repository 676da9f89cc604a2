//! Durable claims of booths: `cargo bench --bench claims`. On the embedded database over HTTP, beside the same work without
//! HTTP and beside one commit a claim; on PostgreSQL over HTTP, beside pgbench that sends the same statements (read from
//! PostgreSQL's own log of one claim) over as many connections. In turn, several times, in one run.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
#[path = "../tests/support/cluster.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod cluster;
mod figures;
mod floor;
#[expect(dead_code, reason = "other measurements use the rest")]
mod load;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::{
    fmt::Write as _,
    process::Command,
    time::{Duration, Instant},
};

use cluster::Cluster;
use figures::Figures;
use floor::{Floor, over_http};
use futures_util::future::join_all;
use hoicho_core::{db::DatabaseUrl, values::clock::Clock};
use hoicho_fair::{
    allocation::hold::{HoldRequest, hold_booths},
    find_owners,
};
use hoicho_web::{http::Problem, identity::authorization::authorize_operator};
use load::{EDITION, Served, in_turn, median, number, serve_demo};
use serde_json::json;

/// Concurrent clients.
const CLIENTS: usize = 64;
/// Connections to PostgreSQL for both sides.
const CONNECTIONS: u32 = 16;
const TURN: Duration = Duration::from_secs(3);
const TURNS: usize = 5;

/// Claims a second by so many callers of the same door, without HTTP.
fn without_http(served: &Served, floor: &Floor, clients: usize) -> f64 {
    let (began, db) = (Instant::now(), &served.db);
    let caller = || async {
        let mut n = 0;
        while began.elapsed() < TURN {
            let wanted = HoldRequest {
                application: floor.application.parse().unwrap(),
                booths: vec![floor.next().parse().unwrap()],
                allow_non_adjacent: false,
                eligibility_waiver: Some("x".to_owned()),
                ttl_s: 86_400,
            };
            let claimed = db.write(move |tx| {
                let authorized = authorize_operator(tx, find_owners, "ocop-quang-ninh-demo", Clock::System.now())?;
                hold_booths(tx, &authorized, &wanted).map(|_| ())
            });
            claimed.await.map_err(|e: Problem| e.to_string()).unwrap();
            n += 1;
        }
        n
    };
    let all: Vec<u64> = actix_web::rt::System::new().block_on(join_all((0..clients).map(|_| caller())));
    let found = number(all.iter().sum()) / began.elapsed().as_secs_f64();
    floor.clear(db);
    found
}

fn on_sqlite(figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let served = serve_demo(&DatabaseUrl::Sqlite(folder.path().join("bench.sqlite")), folder.path(), 8);
    let floor = Floor::new(&served);
    let mut all: [Vec<f64>; 3] = Default::default();
    for turn in 0..=TURNS {
        let found = [
            over_http(&served, &floor, CLIENTS, TURN),
            without_http(&served, &floor, CLIENTS),
            without_http(&served, &floor, 1),
        ];
        // The first measurement is the warm-up.
        if turn > 0 {
            all.iter_mut().zip(found).for_each(|(all, found)| all.push(found));
        }
    }
    let [http, bare, single] = all.map(|all| median(all).round());
    figures.add("SQLite, 64 callers over HTTP; baseline: 64 without HTTP", http, "claims/s", Some(bare));
    figures.add("SQLite, 64 callers over HTTP; baseline: a commit a claim", http, "claims/s", Some(single));
}

/// What one claim sends to PostgreSQL, as a script for pgbench: claims the booths of the table `claimable` one after another.
fn script(cluster: &Cluster, served: &Served, floor: &Floor) -> String {
    let set = |value: &str| {
        cluster.run("postgres", &format!("ALTER SYSTEM SET log_statement = '{value}'"));
        cluster.run("postgres", "SELECT pg_reload_conf()");
        std::thread::sleep(Duration::from_millis(500));
    };
    // Statements are prepared before the log is read.
    let hold = |n: usize| {
        let booth = &floor.booths[n];
        let body = json!({ "application": floor.application, "booths": [booth], "eligibility_waiver": "x" });
        served.post(&format!("{EDITION}/allocations"), &body)["items"][0]["id"].as_str().unwrap().to_owned()
    };
    (0..usize::try_from(4 * CONNECTIONS).unwrap()).for_each(|n| drop(hold(n)));
    let log = || std::fs::read_to_string(cluster.data().join("log")).unwrap();
    set("all");
    let before = log().len();
    let last = floor.booths.len() - 1;
    let allocation = hold(last);
    std::thread::sleep(Duration::from_millis(300));
    let heard = log().split_off(before);
    set("none");
    let mut script = String::from("\\set i :i + 1\n\\set n :client_id * 3700 + :i\n");
    let mut lines = heard.lines().peekable();
    while let Some(line) = lines.next() {
        let plain = line.split_once("LOG:  statement: ").map(|(_, said)| said);
        let prepared = line.split_once("LOG:  execute ").and_then(|(_, said)| said.split_once(": ")).map(|(_, s)| s);
        let Some(statement) = plain.or(prepared).filter(|s| *s != "SELECT 1") else { continue };
        let values = lines.next_if(|l| l.contains("DETAIL:  parameters: "));
        let values = values.and_then(|l| l.split_once("parameters: ")).map(|(_, v)| v).unwrap_or_default();
        let mut statement = statement.to_owned();
        let mut all: Vec<&str> = values.split(", $").collect();
        all.reverse();
        for value in all {
            let Some((name, value)) = value.trim_start_matches('$').split_once(" = ") else { continue };
            statement = statement.replace(&format!("${name}"), value);
        }
        writeln!(script, "{statement};").unwrap();
    }
    let booth = &floor.booths[last];
    let next = "(SELECT id FROM claimable WHERE n = :n)";
    let script =
        script.replace(&format!("'{{{booth}}}'"), &format!("ARRAY[{next}]")).replace(&format!("'{booth}'"), next);
    // Each hold and each row of the audit log has its own identifier.
    let script = script.replace(&format!("'{allocation}', "), "gen_random_uuid(), ");
    let audited = script.split("INSERT INTO \"audit_log\"").nth(1).and_then(|s| s.split("VALUES ('").nth(1)).unwrap();
    let audited = audited.split('\'').next().unwrap().to_owned();
    script.replace(&format!("'{audited}'"), "gen_random_uuid()")
}

fn on_postgres(figures: &mut Figures) {
    let Some(cluster) = Cluster::start(&["shared_buffers=256MB"]) else {
        println!("no PostgreSQL: not measured there");
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let served = serve_demo(&cluster.url("hoicho").parse().unwrap(), folder.path(), CONNECTIONS);
    let floor = Floor::new(&served);
    let script = script(&cluster, &served, &floor);
    let file = folder.path().join("claim.sql");
    std::fs::write(&file, &script).unwrap();
    cluster.run("hoicho", "CREATE TABLE claimable (n INT PRIMARY KEY, id UUID NOT NULL)");
    cluster.run(
        "hoicho",
        "INSERT INTO claimable SELECT row_number() OVER (ORDER BY id), id FROM booths WHERE code LIKE 'X%'",
    );
    cluster.run("hoicho", "ANALYZE");
    floor.clear(&served.db);
    let pgbench = || {
        let done = Command::new(cluster.bin.join("pgbench"))
            .args(["-n", "-M", "prepared", "-D", "i=0", "-j", "2", "-c", &CONNECTIONS.to_string(), "-T"])
            .arg(TURN.as_secs().to_string())
            .arg("-f")
            .arg(&file)
            .arg(cluster.url("hoicho"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&done.stdout).into_owned();
        assert!(done.status.success(), "{said}{}\n{script}", String::from_utf8_lossy(&done.stderr));
        floor.clear(&served.db);
        said.split("tps = ").nth(1).unwrap().split(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let (http, bench) = in_turn(TURNS, || over_http(&served, &floor, CLIENTS, TURN), pgbench);
    figures.add(
        "PostgreSQL, 64 callers over HTTP; baseline: pgbench, the same statements",
        http,
        "claims/s",
        Some(bench),
    );
}

fn main() {
    let mut figures = Figures::default();
    on_sqlite(&mut figures);
    on_postgres(&mut figures);
    figures.publish("claims").unwrap();
    std::process::exit(0);
}
