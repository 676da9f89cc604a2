//! The demo at the time at which every test starts: filled once on each database, copied for each test.
use std::sync::OnceLock;

use hoicho::sample_data;
use hoicho_core::db::{Database, DatabaseUrl, migrate};
use hoicho_web::identity::passwords::PasswordHasher;
use serde_json::json;

use super::{LOWEST_COST, TestApp, now, postgres::Template, sqlite_file};

static POSTGRES: Template = Template::new("demo");

fn fill(url: &DatabaseUrl) {
    migrate::run_pending(url).unwrap();
    let passwords = PasswordHasher::new(LOWEST_COST).unwrap();
    let db = Database::open(url, 1).unwrap();
    db.write_blocking(|tx| sample_data::fill(tx, &passwords, now().naive_utc(), |_| {})).unwrap();
}

/// Content of an SQLite file with the demo.
fn demo_file() -> &'static [u8] {
    static FILE: OnceLock<Vec<u8>> = OnceLock::new();
    FILE.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("demo.sqlite");
        fill(&DatabaseUrl::Sqlite(file.clone()));
        sqlite_file::read_whole(&file)
    })
}

impl TestApp {
    pub async fn sqlite_with_demo() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("test.sqlite");
        std::fs::write(&file, demo_file()).unwrap();
        Self::on(DatabaseUrl::Sqlite(file), folder).await
    }

    /// `None`, with a message, if PostgreSQL is not installed.
    pub async fn postgres_with_demo() -> Option<Self> {
        Some(Self::on_own_database(POSTGRES.copy(fill)?).await)
    }

    /// Logs in as the demo's organiser; returns the access token.
    pub async fn demo_owner(&self) -> String {
        let login = json!({ "email": "bantochuc@example.vn", "password": sample_data::PASSWORD });
        self.post("/auth/login").json(&login).send().await.expect(200)["access_token"].as_str().unwrap().to_owned()
    }
}

/// Generates a test of `async fn name(app: TestApp)` with the demo for each database.
#[macro_export]
macro_rules! on_both_with_demo {
    ($($name:ident),+ $(,)?) => {
        mod with_demo {
            mod sqlite {
                $(#[actix_web::test]
                async fn $name() {
                    super::super::$name($crate::support::TestApp::sqlite_with_demo().await).await;
                })+
            }
            mod postgres {
                $(#[actix_web::test]
                async fn $name() {
                    if let Some(app) = $crate::support::TestApp::postgres_with_demo().await {
                        super::super::$name(app).await;
                    }
                })+
            }
        }
    };
}
