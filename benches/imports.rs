//! Imports of 100,000 exhibitors and 100,000 sales reports by the program's command line, and the booths they need, on both databases:
//! time, and the peak memory of the process. `cargo bench --bench imports`.
//!
//! It uses the command line and tables that older versions have too: copied into the `benches` folder of an older tree, with its
//! `[[bench]]` entry in Cargo.toml, it measures that one.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
mod figures;
mod memory;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::{
    fmt::Write,
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use diesel::{QueryableByName, RunQueryDsl, sql_types::Text};
use figures::Figures;
use hoicho::sample_data;
use hoicho_core::{
    config,
    db::{Database, DatabaseError, DatabaseUrl, migrate},
    values::clock::Clock,
};
use hoicho_web::identity::passwords::PasswordHasher;
use memory::resident_mib;

/// Rows of each large table.
const ROWS: usize = 100_000;
/// The demo's live edition.
const EDITION: &str = "ocop-quang-ninh-demo";

/// Lets the new booths to the new applications, in the order of their identifiers, for all opening days. A booth's identifier also
/// identifies its allocation.
const LET: [&str; 3] = [
    "INSERT INTO allocations (id, edition_id, booth_id, application_id, state, expires_at, is_by_run, version, created_at)
     SELECT b.id, b.edition_id, b.id, a.id, 'confirmed', NULL, (1 = 0), 1, a.created_at
     FROM (SELECT id, edition_id, row_number() OVER (ORDER BY id) AS n FROM booths WHERE code LIKE 'XX%') b
     JOIN (SELECT p.id, p.created_at, row_number() OVER (ORDER BY p.id) AS n FROM applications p
       JOIN exhibitors e ON e.id = p.exhibitor_id WHERE e.name LIKE 'HTX XX%') a ON a.n = b.n",
    "INSERT INTO occupancies (booth_id, day, edition_id, allocation_id)
     SELECT l.booth_id, d.day, l.edition_id, l.id FROM allocations l JOIN opening_days d ON d.edition_id = l.edition_id
     WHERE l.id = l.booth_id",
    "ANALYZE",
];

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn lines(db: &Database, query: &'static str) -> Vec<String> {
    let rows = db.write_blocking(move |tx| Ok::<_, DatabaseError>(diesel::sql_query(query).load::<Line>(tx.conn())?));
    rows.unwrap().into_iter().map(|row| row.line).collect()
}

/// Runs the import; returns the seconds and the peak memory in MiB.
fn import(url: &DatabaseUrl, kind: &str, file: &Path) -> (f64, f64) {
    let url = match url {
        DatabaseUrl::Sqlite(path) => format!("sqlite:{}", path.display()),
        DatabaseUrl::Postgres(url) => url.clone(),
    };
    let began = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_hoicho"))
        .args(["import", kind, EDITION])
        .arg(file)
        .arg("--data-dir")
        .arg(file.parent().unwrap())
        .env("HOICHO_DATABASE__URL", url)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut peak_mib = 0.0_f64;
    while child.try_wait().unwrap().is_none() {
        peak_mib = peak_mib.max(resident_mib(child.id()));
        std::thread::sleep(Duration::from_millis(5));
    }
    let took = began.elapsed().as_secs_f64();
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{said}");
    (took, peak_mib)
}

fn measure(figures: &mut Figures, name: &str, url: &DatabaseUrl, folder: &Path) {
    let passwords = PasswordHasher::new(config::Password { memory_kib: 8, iterations: 1, parallelism: 1 }).unwrap();
    let db = Database::open(url, 2).unwrap();
    db.write_blocking(|tx| sample_data::fill(tx, &passwords, Clock::System.now(), |_| {})).unwrap();
    // Days that are over, so that sales can be reported.
    let days = lines(
        &db,
        "SELECT CAST(day AS TEXT) AS line FROM opening_days
         WHERE edition_id = (SELECT id FROM editions WHERE slug = 'ocop-quang-ninh-demo') AND day < CURRENT_DATE ORDER BY day",
    );
    let zone = lines(
        &db,
        "SELECT MIN(code) AS line FROM zones
         WHERE edition_id = (SELECT id FROM editions WHERE slug = 'ocop-quang-ninh-demo')",
    )
    .remove(0);
    drop(db);
    assert!(!days.is_empty(), "the demo's fair has not begun");
    let booths = ROWS.div_ceil(days.len());

    let mut table = "Mã gian;Khu;Diện tích;Phí\n".to_owned();
    for n in 1..=booths {
        writeln!(table, "XX{n:05};{zone};9;1500000").unwrap();
    }
    let mut run = |kind: &str, rows: usize, table: String| {
        let file = folder.join(format!("{kind}.csv"));
        std::fs::write(&file, table).unwrap();
        let (took, peak_mib) = import(url, kind, &file);
        figures.add(format!("{name}: {rows} {kind}: time"), took, "s", None);
        figures.add(format!("{name}: {rows} {kind}: peak memory"), peak_mib, "MiB", None);
    };
    run("booths", booths, table);

    let mut table = "Tên đơn vị;Loại hình;Địa phương;Số điện thoại\n".to_owned();
    for n in 0..ROWS {
        writeln!(table, "HTX XX {n} Bình Minh;HTX;Quảng Ninh;09{n:08}").unwrap();
    }
    run("exhibitors", ROWS, table);

    let db = Database::open(url, 2).unwrap();
    for statement in LET {
        db.write_blocking(move |tx| Ok::<_, DatabaseError>(diesel::sql_query(statement).execute(tx.conn())?)).unwrap();
    }
    drop(db);
    let mut table = "Gian;Ngày;Doanh thu;Doanh thu OCOP\n".to_owned();
    let reports = days.iter().flat_map(|day| (1..=booths).map(move |booth| (day, booth)));
    for (n, (day, booth)) in reports.take(ROWS).enumerate() {
        writeln!(table, "XX{booth:05};{day};{};{}", 8_000_000 + n % 4_000_000, 1_000_000 + n % 1_000_000).unwrap();
    }
    run("sales", ROWS, table);
}

fn main() {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = DatabaseUrl::Sqlite(folder.path().join("imports.sqlite"));
    migrate::run_pending(&sqlite).unwrap();
    measure(&mut figures, "SQLite", &sqlite, folder.path());
    if let Some(postgres) = postgres::database() {
        measure(&mut figures, "PostgreSQL", &postgres, folder.path());
    }
    figures.publish("imports").unwrap();
}
