//! `hoicho demo`: serves a sample database with the figures of real editions.
use std::path::Path;

use comfy_table::{CellAlignment, Table, presets::UTF8_FULL_CONDENSED};
use indicatif::{ProgressBar, ProgressStyle};

use super::{serve, setup::CommonArgs};
use crate::sample_data;
use hoicho_core::{db::Database, values::clock::Clock};
use hoicho_fair::statistics::{Overview, list_overviews};
use hoicho_web::{http::Problem, identity::passwords::PasswordHasher};

/// Fills an empty database (existing data is left unchanged), prints an overview, and serves.
pub fn demo(place: &CommonArgs, reset: bool) -> Result<(), String> {
    if reset {
        remove_database(&place.data_dir)?;
    }
    let (settings, db) = super::setup::open_database(place)?;
    let editions = match read_overview(&db)? {
        editions if editions.is_empty() => {
            let passwords = PasswordHasher::new(settings.password)?;
            fill(&db, &passwords)?;
            read_overview(&db)?
        }
        editions => editions,
    };
    let port = place.port.unwrap_or(settings.server.port);
    print_overview(&editions, &format!("http://{}:{port}", settings.server.address), &place.data_dir);
    serve::run(place, settings, db)
}

/// Removes the database files of an earlier demo, and nothing else.
fn remove_database(folder: &Path) -> Result<(), String> {
    for name in ["hoicho.sqlite", "hoicho.sqlite-wal", "hoicho.sqlite-shm"] {
        match std::fs::remove_file(folder.join(name)) {
            Ok(()) => {}
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
            Err(e) => return Err(format!("{}: {e}", folder.join(name).display())),
        }
    }
    Ok(())
}

fn fill(db: &Database, passwords: &PasswordHasher) -> Result<(), String> {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new(4).with_style(style);
    let step = |name: &str| {
        bar.set_message(name.to_owned());
        bar.inc(1);
    };
    db.write_blocking(|tx| sample_data::fill(tx, passwords, Clock::System.now(), step)).map_err(|e| e.to_string())?;
    bar.finish_and_clear();
    Ok(())
}

fn read_overview(db: &Database) -> Result<Vec<Overview>, String> {
    db.write_blocking(|tx| list_overviews(tx, 50)).map_err(|e: Problem| e.to_string())
}

/// Formats an amount in millions with Vietnamese separators: `15594950000` → `15.594,95`.
fn millions(amount: i64) -> String {
    let (integer, rest) = (amount / 1_000_000, amount % 1_000_000);
    let digits = integer.to_string();
    let grouped = digits
        .bytes()
        .enumerate()
        .flat_map(|(i, b)| {
            ((digits.len() - i).is_multiple_of(3) && i > 0).then_some('.').into_iter().chain([char::from(b)])
        })
        .collect::<String>();
    let rest = format!("{rest:06}");
    match rest.trim_end_matches('0') {
        "" => grouped,
        rest => format!("{grouped},{rest}"),
    }
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn print_overview(editions: &[Overview], address: &str, folder: &Path) {
    let mut table = Table::new();
    table.load_preset(UTF8_FULL_CONDENSED);
    table.set_header([
        "Kỳ hội chợ / Edition",
        "Slug",
        "Gian / Booths",
        "Lượt khách / Visits",
        "Doanh thu (triệu đồng) / Sales",
    ]);
    for e in editions {
        table.add_row([e.name.clone(), e.slug.clone(), e.booths.to_string(), e.visits.to_string(), millions(e.sales)]);
    }
    for column in 2..5 {
        if let Some(column) = table.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    println!("{table}\n");
    for (email, name, role) in sample_data::USERS {
        println!("  {email:<22} {:<8} {name}", role.map_or("-", |r| r.as_str()));
    }
    println!("  Mật khẩu / password: {}\n", sample_data::PASSWORD);
    println!("  Dữ liệu / data: {}", folder.display());
    println!("  {address}/api/docs/   {address}/api/v1/editions");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn millions_have_vietnamese_separators() {
        assert_eq!(millions(9_557_600_000), "9.557,6");
        assert_eq!(millions(15_594_950_000), "15.594,95");
        assert_eq!(millions(6_800_000_000), "6.800");
        assert_eq!(millions(0), "0");
    }
}
