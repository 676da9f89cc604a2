//! The search among 100,000 exhibitors of an organiser, on both databases: `cargo bench --bench exhibitors`.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::disallowed_methods,
    reason = "a measurement that breaks should say where"
)]
mod figures;
#[path = "../tests/support/postgres.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod postgres;
#[path = "../tests/support/wait.rs"]
#[expect(dead_code, reason = "tests use the rest")]
mod wait;

use std::time::Instant;

use diesel::RunQueryDsl;
use figures::Figures;
use hoicho_core::{
    db::{Database, DatabaseError, DatabaseUrl, migrate},
    values::{
        clock::Clock,
        ids::{OrganiserId, UserId},
    },
};
use hoicho_fair::{
    exhibitors::{
        find_by_words, search,
        store::{self, ExhibitorRow},
    },
    organisations::{LegalForm, profile::Profile},
};
use hoicho_web::identity::store::NewUser;

const EXHIBITORS: usize = 100_000;
const TURNS: usize = 20;

const FORMS: [&str; 3] = ["Hợp tác xã", "Công ty TNHH", "Hộ kinh doanh"];
const GOODS: [&str; 11] =
    ["chè", "mật ong", "miến dong", "nấm", "ba kích", "gà", "hàu", "rau", "rượu", "bánh gai", "tôm"];
const PLACES: [&str; 10] =
    ["Bình Minh", "Đầm Hà", "Hạ Long", "Tiên Yên", "Ba Chẽ", "Quảng Yên", "Móng Cái", "Vân Đồn", "Cẩm Phả", "Uông Bí"];
/// Rare and frequent words, alone and together, a tax code and what is not there.
const SEARCHES: [&str; 9] = [
    "h",
    "dam ha",
    "hop tac xa binh minh",
    "mat ong ha long",
    "99",
    "5700012345",
    "cong ty che ba che 77",
    "tnhh 99999",
    "zzz",
];

fn profile(n: usize) -> Profile {
    Profile {
        name: format!("{} {} {} {n}", FORMS[n % 3], GOODS[(n / 7) % 11], PLACES[(n / 3) % 10]),
        legal_form: LegalForm::CoOperative,
        tax_code: Some(format!("57{n:08}")),
        country: "VN".to_owned(),
        locality_code: None,
        locality: "Quảng Ninh".to_owned(),
    }
}

fn fill(db: &Database, organiser: OrganiserId) {
    let now = Clock::System.now();
    let owner = NewUser {
        id: UserId::make(),
        email: "lan@example.vn".to_owned(),
        email_key: "lan@example.vn".to_owned(),
        password_hash: String::new(),
        display_name: "Lan".to_owned(),
        language: hoicho_core::i18n::Language::Vi,
        is_admin: false,
        email_verified_at: Some(now),
        created_at: now,
    };
    db.write_blocking(|tx| {
        hoicho_web::identity::store::insert_user(tx, &owner)?;
        hoicho_fair::organisers::store::insert(tx, organiser, "Ban tổ chức", owner.id, now)?;
        for part in 0..EXHIBITORS / 1_000 {
            let rows = (0..1_000).map(|n| ExhibitorRow::new(organiser, profile(part * 1_000 + n), now));
            store::insert(tx, &rows.collect::<Vec<_>>(), &[])?;
        }
        Ok::<_, DatabaseError>(())
    })
    .unwrap();
    db.write_blocking(|tx| Ok::<_, DatabaseError>(diesel::sql_query("ANALYZE").execute(tx.conn())?)).unwrap();
}

fn measure(figures: &mut Figures, name: &str, url: &DatabaseUrl) {
    let db = Database::open(url, 4).unwrap();
    let organiser = OrganiserId::make();
    fill(&db, organiser);
    for typed in SEARCHES {
        let terms = search::terms(typed);
        let mut took: Vec<f64> = (0..TURNS)
            .map(|_| {
                let began = Instant::now();
                let found =
                    db.write_blocking(|tx| find_by_words(tx, organiser, &terms, None, 51).map_err(DatabaseError::from));
                assert!(found.unwrap().len() <= 51);
                began.elapsed().as_secs_f64() * 1_000.0
            })
            .collect();
        took.sort_by(f64::total_cmp);
        figures.add(format!("{name}: {typed}"), took[TURNS / 2], "ms", None);
    }
}

fn main() {
    let mut figures = Figures::default();
    let folder = tempfile::tempdir().unwrap();
    let sqlite = DatabaseUrl::Sqlite(folder.path().join("exhibitors.sqlite"));
    migrate::run_pending(&sqlite).unwrap();
    measure(&mut figures, "SQLite", &sqlite);
    if let Some(postgres) = postgres::database() {
        measure(&mut figures, "PostgreSQL", &postgres);
    }
    figures.publish("exhibitors").unwrap();
}
