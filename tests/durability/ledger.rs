//! The acknowledged writes, and whether the database has them. It reads the tables by plain SQL, independently of the
//! code under test.
use std::collections::{BTreeMap, BTreeSet};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_types::*};
use uuid::Uuid;

/// Requests and their responses.
#[derive(Debug, Clone, Default)]
pub struct Ledger {
    /// Allocation and its booth of each hold with response 201.
    pub held: Vec<(Uuid, Uuid)>,
    /// Allocations whose release had response 200.
    pub released: BTreeSet<Uuid>,
    /// Allocations whose release had no response, or 503.
    pub perhaps_released: BTreeSet<Uuid>,
    /// Batches of counts: identifiers, and whether the response was 200.
    pub counted: Vec<(Vec<Uuid>, bool)>,
    /// Amounts by booth that were sent for one day: the last acknowledged one, and those after it that were not.
    pub reported: BTreeMap<Uuid, (i64, Vec<i64>)>,
}

impl Ledger {
    /// Merges another caller's ledger into this one.
    pub fn join(&mut self, other: Self) {
        self.held.extend(other.held);
        self.released.extend(other.released);
        self.perhaps_released.extend(other.perhaps_released);
        self.counted.extend(other.counted);
        self.reported.extend(other.reported);
    }
    /// Number of acknowledged holds, releases and batches.
    pub fn answers(&self) -> usize {
        self.held.len() + self.released.len() + self.counted.iter().filter(|(_, answered)| *answered).count()
    }
}

/// A connection to the database under test.
pub enum Tables {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

#[derive(QueryableByName)]
struct Words {
    #[diesel(sql_type = Text)]
    a: String,
    #[diesel(sql_type = Text)]
    b: String,
    #[diesel(sql_type = Text)]
    c: String,
}

impl Tables {
    pub fn open(url: &str) -> Self {
        match url.strip_prefix("sqlite:") {
            Some(file) => Self::Sqlite(SqliteConnection::establish(file).unwrap()),
            None => Self::Postgres(PgConnection::establish(url).unwrap()),
        }
    }

    /// Rows of up to three columns, as text; identifiers in 32 hexadecimal digits. `{id:x}` stands for the column `x`.
    fn rows(&mut self, query: &str) -> Vec<[String; 3]> {
        let mut sql = String::new();
        let mut rest = query;
        while let Some((before, after)) = rest.split_once("{id:") {
            let (column, after) = after.split_once('}').unwrap();
            sql += before;
            sql += &match self {
                Self::Sqlite(_) => format!("lower(hex({column}))"),
                Self::Postgres(_) => format!("replace({column}::text, '-', '')"),
            };
            rest = after;
        }
        sql += rest;
        let found: Vec<Words> = match self {
            Self::Sqlite(c) => diesel::sql_query(sql).load(c).unwrap(),
            Self::Postgres(c) => diesel::sql_query(sql).load(c).unwrap(),
        };
        found.into_iter().map(|w| [w.a, w.b, w.c]).collect()
    }

    fn number(&mut self, query: &str) -> i64 {
        let query = format!("SELECT CAST(({query}) AS TEXT) AS a, '' AS b, '' AS c");
        self.rows(&query)[0][0].parse().unwrap()
    }

    /// Number of unsent emails.
    pub fn waiting_letters(&mut self) -> i64 {
        self.number("SELECT COUNT(*) FROM outbox WHERE due_at IS NOT NULL")
    }

    /// Number of emails of which an attempt has failed.
    pub fn failed_letters(&mut self) -> i64 {
        self.number("SELECT COUNT(*) FROM outbox WHERE last_error IS NOT NULL")
    }

    /// Compares all tables with the ledger; returns the figures that `edition` must have.
    pub fn agree(&mut self, ledger: &Ledger, edition: &Uuid) -> Sums {
        let edition = edition.simple().to_string();
        if let Self::Sqlite(_) = self {
            let check = |rows: Vec<[String; 3]>| rows.into_iter().map(|[a, ..]| a).collect::<Vec<_>>();
            let said = self.rows("SELECT integrity_check AS a, '' AS b, '' AS c FROM pragma_integrity_check");
            assert_eq!(check(said), ["ok"]);
            let broken = self.rows("SELECT \"table\" AS a, '' AS b, '' AS c FROM pragma_foreign_key_check");
            assert!(broken.is_empty(), "{broken:?}");
        }
        self.agree_on_booths(ledger);
        self.agree_on_counts(ledger);
        self.agree_on_reports(ledger);
        let of = format!("{{id:edition_id}} = '{edition}'");
        Sums {
            visits: self.number(&format!("SELECT COALESCE(SUM(entries), 0) FROM visit_events WHERE {of}")),
            sales: self.number(&format!("SELECT COALESCE(SUM(amount), 0) FROM sales_reports WHERE {of}")),
            let_booths: self.number(&format!(
                "SELECT COUNT(*) FROM allocations WHERE state IN ('confirmed','checked_in') AND {of}"
            )),
        }
    }

    fn agree_on_booths(&mut self, ledger: &Ledger) {
        let rows = self.rows("SELECT {id:id} AS a, {id:booth_id} AS b, state AS c FROM allocations");
        let mut active = BTreeMap::<String, usize>::new();
        let mut there = BTreeMap::new();
        for [id, booth, state] in rows {
            if ["held", "offered", "confirmed", "checked_in"].contains(&state.as_str()) {
                *active.entry(booth.clone()).or_default() += 1;
            }
            there.insert(id, (booth, state));
        }
        let twice: Vec<_> = active.iter().filter(|(_, n)| **n > 1).collect();
        assert!(twice.is_empty(), "booths that are taken twice: {twice:?}");
        for (allocation, booth) in &ledger.held {
            let found = there.get(&allocation.simple().to_string());
            let (on, state) = found.unwrap_or_else(|| panic!("a hold that was answered is gone: {allocation}"));
            assert_eq!(*on, booth.simple().to_string());
            let expected: &[&str] = if ledger.released.contains(allocation) {
                &["released"]
            } else if ledger.perhaps_released.contains(allocation) {
                &["released", "held"]
            } else {
                &["held"]
            };
            assert!(expected.contains(&state.as_str()), "{allocation} is {state}, not {expected:?}");
        }
    }

    fn agree_on_counts(&mut self, ledger: &Ledger) {
        let rows = self.rows("SELECT {id:id} AS a, '' AS b, '' AS c FROM visit_events WHERE entries = 7");
        let there: BTreeSet<String> = rows.into_iter().map(|[id, ..]| id).collect();
        let mut sent = 0;
        for (ids, answered) in &ledger.counted {
            let found = ids.iter().filter(|id| there.contains(&id.simple().to_string())).count();
            sent += found;
            let whole = found == ids.len();
            assert!(whole || (found == 0 && !answered), "{found} of {} counts (answered: {answered})", ids.len());
        }
        assert_eq!(there.len(), sent, "counts that nobody sent");
    }

    fn agree_on_reports(&mut self, ledger: &Ledger) {
        let rows = self.rows(
            "SELECT {id:booth_id} AS a, CAST(amount AS TEXT) AS b, CAST(version AS TEXT) AS c FROM sales_reports \
             WHERE amount < 1000000 AND amount > 0",
        );
        let there: BTreeMap<String, i64> =
            rows.into_iter().map(|[booth, amount, _]| (booth, amount.parse().unwrap())).collect();
        for (booth, (last, after)) in &ledger.reported {
            let amount = there.get(&booth.simple().to_string()).copied().unwrap_or_default();
            assert!(amount == *last || after.contains(&amount), "{booth}: {amount}, not {last} or one of {after:?}");
        }
        let odd = self.number(
            "SELECT COUNT(*) FROM sales_reports r WHERE NOT EXISTS (SELECT 1 FROM sales_report_versions v \
             WHERE v.sales_report_id = r.id AND v.version = r.version AND v.amount = r.amount)",
        );
        assert_eq!(odd, 0, "reports without the version they are at");
    }
}

/// Figures of an edition.
#[derive(Debug, PartialEq, Eq)]
pub struct Sums {
    pub visits: i64,
    pub sales: i64,
    pub let_booths: i64,
}
