//! Both databases have the same schema and constraints, and the code maps their violations.
use std::collections::{BTreeMap, BTreeSet};

use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_types::Text};
use hoicho_core::db::{Conn, ConstraintViolation, DatabaseUrl, constraint, migrate};
use serde_json::json;

use crate::support::{
    TestApp,
    postgres::{database, empty_database},
    world::World,
};

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Result of a query with one column `line`.
fn lines(url: &DatabaseUrl, query: &str) -> BTreeSet<String> {
    let query = diesel::sql_query(query);
    let rows: Vec<Line> = match url {
        DatabaseUrl::Sqlite(path) => {
            query.load(&mut SqliteConnection::establish(path.to_str().unwrap()).unwrap()).unwrap()
        }
        DatabaseUrl::Postgres(url) => query.load(&mut PgConnection::establish(url).unwrap()).unwrap(),
    };
    rows.into_iter().map(|row| row.line).collect()
}

/// `table.column` and whether it is nullable.
pub fn columns(url: &DatabaseUrl) -> BTreeSet<String> {
    lines(
        url,
        match url {
            DatabaseUrl::Sqlite(_) => {
                r#"SELECT m.name || '.' || c.name || CASE WHEN c."notnull" = 1 OR c.pk > 0 THEN '' ELSE '?' END AS line
                   FROM sqlite_schema m, pragma_table_info(m.name) c
                   WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '__diesel%'"#
            }
            DatabaseUrl::Postgres(_) => {
                "SELECT table_name || '.' || column_name || CASE WHEN is_nullable = 'YES' THEN '?' ELSE '' END AS line
                 FROM information_schema.columns NATURAL JOIN information_schema.tables
                 WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE '\\_\\_diesel%'"
            }
        },
    )
}

/// `table(column)` of all foreign keys.
pub fn references(url: &DatabaseUrl) -> BTreeSet<String> {
    lines(
        url,
        match url {
            DatabaseUrl::Sqlite(_) => {
                r#"SELECT m.name || '.' || f."from" || ' to ' || f."table" AS line
                   FROM sqlite_schema m, pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"#
            }
            DatabaseUrl::Postgres(_) => {
                "SELECT t.relname || '.' || a.attname || ' to ' || r.relname AS line
                 FROM pg_constraint c
                 JOIN pg_class t ON t.oid = c.conrelid JOIN pg_class r ON r.oid = c.confrelid
                 JOIN unnest(c.conkey) k ON true
                 JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k
                 WHERE c.contype = 'f'"
            }
        },
    )
}

/// Named indexes with their tables; `table.column` of the first column of all indexes.
fn indexes(url: &DatabaseUrl) -> (BTreeSet<String>, BTreeSet<String>) {
    match url {
        DatabaseUrl::Sqlite(_) => (
            lines(
                url,
                "SELECT tbl_name || ' ' || name AS line FROM sqlite_schema WHERE type = 'index' AND sql IS NOT NULL",
            ),
            lines(
                url,
                "SELECT m.name || '.' || c.name AS line
                 FROM sqlite_schema m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
                 WHERE m.type = 'table' AND c.seqno = 0",
            ),
        ),
        DatabaseUrl::Postgres(_) => (
            lines(
                url,
                "SELECT tablename || ' ' || indexname AS line FROM pg_indexes WHERE schemaname = 'public'
                 AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conname = indexname)",
            ),
            lines(
                url,
                "SELECT t.relname || '.' || a.attname AS line FROM pg_index i
                 JOIN pg_class t ON t.oid = i.indrelid JOIN pg_namespace n ON n.oid = t.relnamespace
                 JOIN pg_attribute a ON a.attrelid = t.oid AND a.attnum = i.indkey[0]
                 WHERE n.nspname = 'public'",
            ),
        ),
    }
}

/// `table.column` of the schema in the code.
fn schema_file() -> BTreeSet<String> {
    let source = concat!(
        include_str!("../../src/core/db/schema/people.rs"),
        include_str!("../../src/core/db/schema/records.rs"),
        include_str!("../../src/core/db/schema/fair.rs"),
        include_str!("../../src/core/db/schema/figures.rs"),
        include_str!("../../src/core/db/schema/partners.rs"),
    );
    let mut all = BTreeSet::new();
    let mut table = "";
    for line in source.lines().map(str::trim) {
        if let Some((name, _)) = line.split_once(" (").filter(|_| line.ends_with('{')) {
            table = name;
        }
        if let Some((column, kind)) = line.split_once(" -> ").filter(|_| !line.contains('(')) {
            let absent = if kind.starts_with("Nullable") { "?" } else { "" };
            all.insert(format!("{table}.{column}{absent}"));
        }
    }
    all
}

pub fn empty_sqlite() -> (tempfile::TempDir, DatabaseUrl) {
    let folder = tempfile::tempdir().unwrap();
    let url = DatabaseUrl::Sqlite(folder.path().join("schema.sqlite"));
    (folder, url)
}

#[test]
fn migrations_go_up_down_and_up_again_on_sqlite() {
    let (_folder, url) = empty_sqlite();
    up_down_up(&url);
}

#[test]
fn migrations_go_up_down_and_up_again_on_postgres() {
    if let Some(url) = empty_database() {
        up_down_up(&url);
    }
}

fn up_down_up(url: &DatabaseUrl) {
    let applied = migrate::run_pending(url).unwrap();
    assert!(applied > 0);
    let before = columns(url);
    assert_eq!(migrate::revert_all(url).unwrap(), applied);
    assert_eq!(columns(url), BTreeSet::new(), "something is left over");
    assert_eq!(migrate::run_pending(url).unwrap(), applied);
    assert_eq!(columns(url), before);
}

#[track_caller]
fn same(one: &BTreeSet<String>, other: &BTreeSet<String>) {
    let apart: Vec<_> = one.symmetric_difference(other).collect();
    assert!(apart.is_empty() && !one.is_empty(), "only one of them has {apart:?}");
}

#[test]
fn schemas_of_both_databases_match_the_code() {
    let (_folder, sqlite) = empty_sqlite();
    migrate::run_pending(&sqlite).unwrap();
    same(&columns(&sqlite), &schema_file());
    if let Some(postgres) = database() {
        same(&columns(&postgres), &schema_file());
        same(&references(&postgres), &references(&sqlite));
        same(&indexes(&postgres).0, &indexes(&sqlite).0);
    }
}

/// A reference needs a foreign key, and an index for deletes and lists of its target.
#[test]
fn references_have_foreign_keys_and_indexes() {
    let (_folder, url) = empty_sqlite();
    migrate::run_pending(&url).unwrap();
    let references: BTreeSet<String> =
        references(&url).iter().map(|r| r.split(" to ").next().unwrap().to_owned()).collect();
    let (_, indexed) = indexes(&url);
    // They are listed by edition only, the first column of their key.
    let by_edition = ["application_wishes.edition_id", "trade_deals.edition_id"];
    let ids = columns(&url).into_iter().map(|c| c.trim_end_matches('?').to_owned()).filter(|c| c.ends_with("_id"));
    let (mut loose, mut slow) = (Vec::new(), Vec::new());
    for id in ids {
        if !references.contains(&id) {
            loose.push(id.clone());
        }
        if !indexed.contains(&id) && !by_edition.contains(&id.as_str()) {
            slow.push(id);
        }
    }
    assert_eq!((loose, slow), (Vec::new(), Vec::new()), "(without a foreign key, without an index)");
}

/// Copies the first row that matches `which` with some columns changed; returns the violated constraint.
fn copied(app: &TestApp, table: &str, which: &str, changed: &[(&str, String)]) -> Option<ConstraintViolation> {
    let all: Vec<String> = schema_file()
        .into_iter()
        .filter_map(|c| c.strip_prefix(&format!("{table}.")).map(|c| c.trim_end_matches('?').to_owned()))
        .collect();
    let changed: BTreeMap<_, _> = changed.iter().map(|(column, value)| (*column, value.as_str())).collect();
    let values: Vec<&str> = all.iter().map(|c| changed.get(c.as_str()).copied().unwrap_or(c)).collect();
    let statement = format!(
        "INSERT INTO {table} ({}) SELECT {} FROM {table} WHERE {which} LIMIT 1",
        all.join(", "),
        values.join(", ")
    );
    let refused = app.db.write_blocking(|tx| {
        let done = diesel::sql_query(&statement).execute(tx.conn());
        let broken = match &done {
            Ok(rows) => panic!("{statement}: it was taken ({rows} rows)"),
            Err(error) => constraint::constraint_violation(error),
        };
        assert!(broken.is_some(), "{statement}: {done:?}");
        Err::<(), _>(Refused(broken))
    });
    refused.unwrap_err().0
}

struct Refused(Option<ConstraintViolation>);
impl From<diesel::result::Error> for Refused {
    fn from(error: diesel::result::Error) -> Self {
        panic!("{error}")
    }
}
impl From<hoicho_core::db::Unavailable> for Refused {
    fn from(error: hoicho_core::db::Unavailable) -> Self {
        panic!("{error}")
    }
}

fn is_sqlite(app: &TestApp) -> bool {
    app.db.write_blocking(|tx| Ok::<_, hoicho_core::db::DatabaseError>(matches!(tx.conn(), Conn::Sqlite(_)))).unwrap()
}

async fn constraint_violations_are_mapped_to_problems(app: TestApp) {
    let world = World::new(&app).await;
    let sqlite = is_sqlite(&app);
    let new_id = || {
        let id = uuid::Uuid::now_v7();
        ("id", if sqlite { format!("X'{}'", id.simple()) } else { format!("'{id}'::uuid") })
    };
    let text = |column: &'static str, value: &str| (column, format!("'{value}'"));
    // Rows that the small fair lacks: a verified tax code, a co-exhibitor, a record of another organiser, an idempotency key.
    let taxed =
        json!({ "name": "Công ty", "legal_form": "enterprise", "locality": "Hạ Long", "tax_code": "0100109106" });
    app.made("/organisations", &world.owner, taxed).await;
    let with = json!({ "role": "co_exhibitor", "exhibitor": world.id("unlinked") });
    app.made(&format!("/allocations/{}/participants", world.kept), &world.owner, with).await;
    app.db
        .write_blocking(|tx| {
            let verified = "UPDATE organisations SET tax_code_verified_at = created_at WHERE tax_code IS NOT NULL";
            diesel::sql_query(verified).execute(tx.conn()).map_err(hoicho_core::db::DatabaseError::from)
        })
        .unwrap();
    // A record of another organiser, with a contact.
    let stranger = app.person("khac").await;
    let other = app.organiser(&stranger).await;
    let body = json!({
        "name": "HTX khác", "legal_form": "co_operative", "locality": "Hạ Long", "contacts": [{ "name": "Múi", "phone": "0912 345 678" }],
    });
    app.made(&format!("/organisers/{other}/exhibitors"), &stranger, body).await;
    let keyed = app.post("/organisers").by(&world.owner).header("idempotency-key", "k1").json(&json!({ "name": "B" }));
    keyed.send().await.expect(201);

    let organiser = if sqlite {
        format!("X'{}'", world.organiser.replace('-', ""))
    } else {
        format!("'{}'::uuid", world.organiser)
    };
    let cases = [
        ("users", "1 = 1", vec![new_id()], ConstraintViolation::UserEmail),
        ("editions", "1 = 1", vec![new_id()], ConstraintViolation::EditionSlug),
        ("booths", "1 = 1", vec![new_id(), ("place", "place + 1000".into())], ConstraintViolation::BoothCode),
        ("booths", "1 = 1", vec![new_id(), text("code", "Z99")], ConstraintViolation::BoothPlace),
        ("allocations", "state = 'confirmed'", vec![new_id()], ConstraintViolation::BoothTaken),
        ("applications", "1 = 1", vec![new_id()], ConstraintViolation::ApplicationExists),
        ("sales_reports", "1 = 1", vec![new_id()], ConstraintViolation::ReportExists),
        // Two claims are no violation, two verified ones are.
        ("organisations", "tax_code_verified_at IS NOT NULL", vec![new_id()], ConstraintViolation::TaxCode),
        ("exhibitors", "organisation_id IS NOT NULL", vec![new_id()], ConstraintViolation::LinkExists),
        // The exhibitor of an application is a record of the organiser of the edition.
        (
            "applications",
            "1 = 1",
            vec![new_id(), ("exhibitor_id", format!("(SELECT id FROM exhibitors WHERE organiser_id <> {organiser})"))],
            ConstraintViolation::Reference,
        ),
        (
            "exhibitor_contacts",
            "1 = 1",
            vec![new_id(), ("phone", "NULL".into()), ("zalo", "NULL".into()), ("email", "NULL".into())],
            ConstraintViolation::Check,
        ),
        ("idempotency_keys", "1 = 1", vec![], ConstraintViolation::RequestInProgress),
        ("zones", "1 = 1", vec![new_id()], ConstraintViolation::ZoneCode),
        (
            "participants",
            "exhibitor_id IS NOT NULL",
            vec![new_id(), text("name", "khác")],
            ConstraintViolation::Participant,
        ),
        (
            "participants",
            "exhibitor_id IS NOT NULL",
            vec![new_id(), ("exhibitor_id", "NULL".into()), text("role", "represented")],
            ConstraintViolation::Participant,
        ),
        ("gates", "1 = 1", vec![new_id()], ConstraintViolation::OtherUnique),
        ("gates", "1 = 1", vec![new_id(), ("edition_id", new_id().1)], ConstraintViolation::Reference),
        ("gates", "1 = 1", vec![new_id(), ("name", "NULL".into())], ConstraintViolation::Check),
        ("booths", "1 = 1", vec![new_id(), ("place", "0".into()), text("code", "Z0")], ConstraintViolation::Check),
        (
            "sales_reports",
            "1 = 1",
            vec![new_id(), ("day", "'2026-03-02'".into()), ("ocop_amount", "amount + 1".into())],
            ConstraintViolation::Check,
        ),
        // Maxima, so that no sum of an edition exceeds 64 bits.
        (
            "sales_reports",
            "1 = 1",
            vec![new_id(), ("day", "'2026-03-02'".into()), ("amount", "1000000000001".into())],
            ConstraintViolation::Check,
        ),
        ("trade_deals", "1 = 1", vec![new_id(), ("amount", "1000000000001".into())], ConstraintViolation::Check),
        ("booths", "1 = 1", vec![new_id(), ("fee", "1000000000001".into())], ConstraintViolation::Check),
        (
            "editions",
            "1 = 1",
            vec![new_id(), ("declared_visits", "1000000000000001".into())],
            ConstraintViolation::Check,
        ),
        ("applications", "1 = 1", vec![new_id(), ("submitted_at", "NULL".into())], ConstraintViolation::Check),
    ];
    for (table, which, changed, expected) in cases {
        assert_eq!(copied(&app, table, which, &changed), Some(expected), "{table} {changed:?}");
    }
}

crate::on_both!(constraint_violations_are_mapped_to_problems);
