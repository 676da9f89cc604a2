//! The command line.
mod allocate;
mod backup;
mod demo;
mod import;
mod person;
mod serve;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret;

use hoicho_core::{
    config::{self, Settings},
    db::{DatabaseUrl, Db, migrate},
    values::clock::Clock,
};
use hoicho_web::{
    audit,
    http::Problem,
    identity::{store, token},
};

/// Trade fair management: editions, booths, sales reports, visits and the figures published at the end.
#[derive(Parser)]
#[command(name = "hoicho", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the API on the configured database, which is migrated first
    Serve(Place),
    /// Fill a fresh database with three real editions and one around today, and serve it
    Demo {
        #[command(flatten)]
        place: DemoPlace,
        /// Start afresh instead of keeping the data of an earlier start
        #[arg(long)]
        reset: bool,
    },
    /// Work out who would get which booth, and show it; nothing changes
    Allocate(allocate::Allocate),
    /// Take a table of booths, exhibitors, products, sales or visits from a CSV or XLSX file, as it is
    Import(import::Import),
    /// Copy everything that was entered to a new folder, while the server goes on
    Backup(backup::Backup),
    /// Put a backup back where there is nothing yet
    Restore(backup::Restore),
    /// Show or erase what is kept of a person, or end their logins
    Person(person::Person),
    /// Bring the schema of the configured database up to date
    Migrate(Place),
    /// Add a key that signs access tokens from the next start on; old tokens stay good until their time is over
    RotateKey(Place),
    /// Make somebody with an account a platform admin
    GrantAdmin {
        #[command(flatten)]
        place: Place,
        /// The account's e-mail address
        email: String,
    },
    /// Print the OpenAPI document (the committed copy is openapi.json)
    Openapi,
}

/// Where to serve and keep data.
#[derive(Args)]
struct Place {
    /// Port to listen on [default: the setting server.port, 8080]
    #[arg(long)]
    port: Option<u16>,
    /// Folder for the embedded database and the signing key
    #[arg(long, default_value = "hoicho-data")]
    data_dir: PathBuf,
    /// A settings file; see config/default.toml for what it may hold
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Where the demo keeps its data.
#[derive(Args)]
struct DemoPlace {
    /// Port to listen on [default: the setting server.port, 8080]
    #[arg(long)]
    port: Option<u16>,
    /// Folder for the database [default: hoicho-demo in the system's temporary folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl From<DemoPlace> for Place {
    fn from(place: DemoPlace) -> Self {
        let data_dir = place.data_dir.unwrap_or_else(|| std::env::temp_dir().join("hoicho-demo"));
        Place { port: place.port, data_dir, config: None }
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,hoicho=info".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let done = match Cli::parse().command {
        Command::Serve(place) => serve::serve(&place),
        Command::Demo { place, reset } => demo::demo(&place.into(), reset),
        Command::Allocate(asked) => allocate::allocate(&asked),
        Command::Import(asked) => import::import(&asked),
        Command::Backup(asked) => backup::backup(&asked),
        Command::Restore(asked) => backup::restore(&asked),
        Command::Person(asked) => person::person(&asked),
        Command::Migrate(place) => migrate(&place),
        Command::RotateKey(place) => rotate_key(&place),
        Command::GrantAdmin { place, email } => grant_admin(&place, &email),
        Command::Openapi => openapi(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("hoicho: {error}");
            ExitCode::FAILURE
        }
    }
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn openapi() -> Result<(), String> {
    println!("{}", crate::app::openapi().to_pretty_json().map_err(|e| e.to_string())?);
    Ok(())
}

fn settings(place: &Place) -> Result<Settings, String> {
    Settings::load(place.config.as_deref()).map_err(|e| format!("the settings are not right: {e}"))
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn rotate_key(place: &Place) -> Result<(), String> {
    let folder = config::folder_or(&settings(place)?.tokens.keys, &place.data_dir, "keys");
    let file = token::make_key(&folder)?;
    println!("{}: signs from the next start of each node on", file.display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn grant_admin(place: &Place, email: &str) -> Result<(), String> {
    let (_, db) = open(place)?;
    let key = email.trim().to_lowercase();
    let now = Clock::System.now();
    let granted = db.write_now(|tx| {
        let granted = store::grant_admin(tx, &key)?;
        let entry = audit::Entry::<()> {
            organiser: None,
            edition: None,
            actor: None,
            api_key: None,
            action: "user.grant_admin",
            subject: key.clone(),
            before: None,
            after: None,
            at: now,
        };
        audit::record(tx, entry)?;
        Ok::<_, Problem>(granted)
    });
    match granted.map_err(|e| e.to_string())? {
        true => {
            println!("{key} is a platform admin");
            Ok(())
        }
        false => Err(format!("nobody has an account with {key}")),
    }
}

/// The settings and the database they name; the data folder is made.
fn place(place: &Place) -> Result<(Settings, DatabaseUrl), String> {
    let settings = settings(place)?;
    std::fs::create_dir_all(&place.data_dir)
        .map_err(|e| format!("the data folder {}: {e}", place.data_dir.display()))?;
    let url = match settings.database.url.expose_secret() {
        "" => DatabaseUrl::Sqlite(place.data_dir.join("hoicho.sqlite")),
        url => url.parse().map_err(|e| format!("[database] url: {e}"))?,
    };
    Ok((settings, url))
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn migrate(at: &Place) -> Result<(), String> {
    let (_, url) = place(at)?;
    let applied = migrate::up(&url).map_err(|e| e.to_string())?;
    println!("{applied} migrations applied");
    Ok(())
}

/// The standby that the settings name.
fn standby(settings: &Settings, first: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
    let url = match settings.database.read_url.expose_secret() {
        "" => return Ok(None),
        url => url.parse().map_err(|e| format!("[database] read_url: {e}"))?,
    };
    match (first, &url) {
        (DatabaseUrl::Postgres(_), DatabaseUrl::Postgres(_)) => Ok(Some(url)),
        (DatabaseUrl::Sqlite(_), _) | (_, DatabaseUrl::Sqlite(_)) => {
            Err("[database] read_url: only PostgreSQL has a standby; leave it empty".to_owned())
        }
    }
}

/// Reads the settings and opens the database they name, migrated.
fn open(at: &Place) -> Result<(Settings, Db), String> {
    let (settings, url) = place(at)?;
    if settings.database.migrate {
        let applied = migrate::up(&url).map_err(|e| e.to_string())?;
        tracing::info!(applied, "the database is migrated");
    } else if let missing @ 1.. = migrate::pending(&url).map_err(|e| e.to_string())? {
        return Err(format!("the database lacks {missing} migrations: run `hoicho migrate` first"));
    }
    let connections = settings.database.connections;
    let db = Db::open(&url, connections).map_err(|e| e.to_string())?;
    let db = match standby(&settings, &url)? {
        Some(standby) => db.with_standby(&url, &standby, connections),
        None => db,
    };
    Ok((settings, db))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_standby_is_of_postgresql_and_a_typo_is_told() {
        let (sqlite, postgres) = ("sqlite:a.db", "postgres://a/hoicho");
        let named = |first: &str, standby: &str| {
            let mut settings = Settings::load(None).unwrap();
            settings.database.read_url = standby.to_owned().into();
            super::standby(&settings, &first.parse().unwrap())
        };
        assert_eq!(named(postgres, ""), Ok(None));
        assert_eq!(named(sqlite, ""), Ok(None));
        assert_eq!(named(postgres, "postgres://b/hoicho"), Ok(Some("postgres://b/hoicho".parse().unwrap())));
        for (first, standby) in [(sqlite, postgres), (postgres, sqlite), (postgres, "postgre://b/hoicho")] {
            assert!(named(first, standby).unwrap_err().contains("read_url"), "{first} {standby}");
        }
    }
}
