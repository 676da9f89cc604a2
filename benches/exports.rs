//! A million sales lines as files, beside PostgreSQL's own `\copy` of the same rows, and what that takes of time and memory:
//! `cargo bench --bench exports`.
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
#[expect(dead_code, reason = "other measurements use the rest")]
mod load;
mod memory;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::{
    io::{Read, Write},
    path::Path,
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use cluster::Cluster;
use figures::Figures;
use hoicho_core::db::DatabaseUrl;
use load::{Served, connect, execute_all, median, serve_demo};
use memory::resident_mib;

const EDITION: &str = "ocop-mien-bac-2018";
const LINES: u64 = 1_000_000;
const TURNS: usize = 3;

/// As many lines as wanted, spread over the reports of a past edition in equal parts, each with words and amounts of its own.
/// The totals of the reports do not follow: what is exported are the lines.
const FILL: [&str; 3] = [
    "DELETE FROM sales_report_lines",
    "INSERT INTO sales_report_lines
       (sales_report_id, version, line, product_name, product_group, quantity_milli, unit, amount, is_ocop, channel)
     WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400),
     r AS (SELECT id, version, row_number() OVER (ORDER BY id) AS place FROM sales_reports
       WHERE edition_id = (SELECT id FROM editions WHERE slug = 'ocop-mien-bac-2018'))
     SELECT r.id, r.version, n.i, 'Chả mực giã tay Hạ Long, loại ' || n.i, 'food', 500 * n.i, 'kg',
       350000 + 1000 * n.i, n.i % 3 > 0, 'booth' FROM r CROSS JOIN n
     ORDER BY n.i, r.place LIMIT 1000000",
    // Statistics for the planners of both sides.
    "ANALYZE",
];
/// The same rows, as PostgreSQL's own tools would be asked for them.
const COPY: &str = "\\copy (SELECT r.day, b.code, z.name, e.name, l.product_name, l.product_group, \
    l.quantity_milli / 1000.0, l.unit, l.amount, l.is_ocop, l.channel, r.state \
    FROM sales_reports r JOIN booths b ON b.id = r.booth_id JOIN zones z ON z.id = b.zone_id \
    JOIN sales_report_lines l ON l.sales_report_id = r.id AND l.version = r.version \
    LEFT JOIN allocations a ON a.booth_id = b.id AND a.state IN ('confirmed', 'checked_in') \
    LEFT JOIN applications p ON p.id = a.application_id LEFT JOIN exhibitors e ON e.id = p.exhibitor_id \
    WHERE r.edition_id = (SELECT id FROM editions WHERE slug = 'ocop-mien-bac-2018') ORDER BY r.day, r.id, l.line) \
    TO '/dev/stdout' CSV HEADER";

/// Time and size of one export.
struct Download {
    first: Duration,
    whole: Duration,
    bytes: u64,
}

/// Reads the response without storing it.
fn download(served: &Served, form: &str) -> Download {
    let path = format!("/api/v1/editions/{EDITION}/sales-lines?format={form}");
    let request = served.request("GET", &path, "");
    let mut stream = connect(served.port);
    let began = Instant::now();
    stream.write_all(&request).unwrap();
    let (mut buffer, mut seen, mut first) = (vec![0; 1 << 20], Vec::new(), None);
    let mut bytes = 0;
    loop {
        let n = stream.read(&mut buffer).unwrap();
        assert!(n > 0, "the file broke off");
        bytes += u64::try_from(n).unwrap();
        if first.is_none() {
            seen.extend_from_slice(&buffer[..n]);
            if let Some(end) = seen.windows(4).position(|w| w == b"\r\n\r\n") {
                assert!(seen.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&seen));
                first = (seen.len() > end + 4).then(|| began.elapsed());
            }
        }
        if buffer[..n].ends_with(b"0\r\n\r\n") {
            return Download { first: first.unwrap(), whole: began.elapsed(), bytes };
        }
    }
}

/// The result of `work`, and the peak memory of this process in MiB.
fn watched<T>(work: impl FnOnce() -> T) -> (T, f64) {
    let over = Arc::new(AtomicBool::new(false));
    let watch = std::thread::spawn({
        let over = over.clone();
        move || {
            let mut max_mib = 0.0_f64;
            while !over.load(Ordering::Relaxed) {
                max_mib = max_mib.max(resident_mib(std::process::id()));
                std::thread::sleep(Duration::from_millis(5));
            }
            max_mib
        }
    });
    let done = work();
    over.store(true, Ordering::Relaxed);
    (done, watch.join().unwrap())
}

fn copied(cluster: &Cluster) -> f64 {
    let began = Instant::now();
    let mut psql = Command::new("psql")
        .arg(cluster.url("hoicho"))
        .args(["-q", "-v", "ON_ERROR_STOP=1", "-c", COPY])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    std::io::copy(&mut psql.stdout.take().unwrap(), &mut std::io::sink()).unwrap();
    assert!(psql.wait().unwrap().success());
    began.elapsed().as_secs_f64()
}

fn measure(figures: &mut Figures, name: &str, url: &DatabaseUrl, folder: &Path, cluster: Option<&Cluster>) {
    let served = serve_demo(url, folder, 8);
    execute_all(&served.db, FILL);
    // What an idle server has, after it served the same once: pages of the database's own memory are not the export's.
    download(&served, "csv");
    std::thread::sleep(Duration::from_secs(2));
    for form in ["csv", "xlsx"] {
        let (mut whole, mut first, mut above, mut copy, mut bytes) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new(), 0);
        for _ in 0..TURNS {
            let idle = resident_mib(std::process::id());
            let (taken, max_mib) = watched(|| download(&served, form));
            whole.push(taken.whole.as_secs_f64());
            first.push(taken.first.as_secs_f64() * 1_000.0);
            above.push((max_mib - idle).max(0.0));
            bytes = taken.bytes;
            copy.extend(cluster.map(copied));
        }
        let to = format!("{name}, {LINES} lines as {form}, {} MB", bytes / 1_000_000);
        figures.add(
            format!("{to}: time; baseline: \\copy"),
            median(whole),
            "s",
            (!copy.is_empty()).then(|| median(copy)),
        );
        figures.add(format!("{to}: first byte"), median(first), "ms", Some(300.0));
        figures.add(format!("{to}: memory above idle"), median(above), "MiB", Some(64.0));
    }
}

fn main() {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().unwrap();
    let cluster = Cluster::start(&["shared_buffers=256MB"]);
    if let Some(cluster) = &cluster {
        measure(&mut figures, "PostgreSQL", &cluster.url("hoicho").parse().unwrap(), folder.path(), Some(cluster));
    } else {
        println!("no PostgreSQL: not measured there");
    }
    let file = folder.path().join("bench.sqlite");
    measure(&mut figures, "SQLite", &DatabaseUrl::Sqlite(file), folder.path(), cluster.as_ref());
    figures.publish("exports").unwrap();
    // `exit` would skip the destructor that stops it.
    drop(cluster);
    std::process::exit(0);
}
