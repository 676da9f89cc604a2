//! Command line interface.
mod allocate;
mod backup;
mod demo;
mod doctor;
mod import;
mod person;
mod serve;

use std::{io::IsTerminal, path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret;

use hoicho_core::{
    config::{self, Settings},
    db::{Database, DatabaseUrl, migrate},
    values::clock::Clock,
};
use hoicho_web::{
    audit::{self, AuditAction},
    http::Problem,
    identity::{store, token},
};

/// Trade fair management: editions, booths, sales reports, visits and published figures
#[derive(Parser)]
#[command(name = "hoicho", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Migrate the configured database and serve it
    Serve(CommonArgs),
    /// Serve a sample database with three past editions and one around today
    Demo {
        #[command(flatten)]
        place: DemoArgs,
        /// Delete the data of an earlier demo first
        #[arg(long)]
        reset: bool,
    },
    /// Compute a booth allocation and show it without changing anything
    Allocate(allocate::AllocateArgs),
    /// Import booths, exhibitors, products, sales or visits from a CSV or XLSX file
    Import(import::ImportArgs),
    /// Check settings, database, mail, clock, disk, public URL and file modes; changes nothing
    Doctor(CommonArgs),
    /// Back up database and documents to a new folder; the server may be running
    Backup(backup::BackupArgs),
    /// Restore a backup into an empty database
    Restore(backup::RestoreArgs),
    /// Show or erase the personal data of a person, or end their logins
    Person(person::Person),
    /// Migrate the schema of the configured database
    Migrate(CommonArgs),
    /// Create a new key for signing access tokens, used from the next start; issued tokens stay valid until they expire
    RotateKey(CommonArgs),
    /// Make an existing account a platform admin
    GrantAdmin {
        #[command(flatten)]
        place: CommonArgs,
        /// E-mail address of the account
        email: String,
    },
    /// Print the OpenAPI document (committed as openapi.json)
    Openapi,
}

/// Port, data folder and settings.
#[derive(Args)]
struct CommonArgs {
    /// Port to listen on [default: the setting server.port, 8080]
    #[arg(long)]
    port: Option<u16>,
    /// Folder for the embedded database, documents and signing keys
    #[arg(long, default_value = "hoicho-data")]
    data_dir: PathBuf,
    /// Settings file; config/default.toml documents all settings
    #[arg(long)]
    config: Option<PathBuf>,
}

/// Port and data folder of the demo.
#[derive(Args)]
struct DemoArgs {
    /// Port to listen on [default: the setting server.port, 8080]
    #[arg(long)]
    port: Option<u16>,
    /// Folder for the database [default: hoicho-demo in the system's temporary folder]
    #[arg(long)]
    data_dir: Option<PathBuf>,
}

impl From<DemoArgs> for CommonArgs {
    fn from(place: DemoArgs) -> Self {
        let data_dir = place.data_dir.unwrap_or_else(|| std::env::temp_dir().join("hoicho-demo"));
        CommonArgs { port: place.port, data_dir, config: None }
    }
}

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,hoicho=info".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let result = match Cli::parse().command {
        Command::Serve(place) => serve::serve(&place),
        Command::Demo { place, reset } => demo::demo(&place.into(), reset),
        Command::Allocate(args) => allocate::allocate(&args),
        Command::Import(args) => import::import(&args),
        Command::Doctor(place) => doctor::doctor(&place),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Person(args) => person::person(&args),
        Command::Migrate(place) => migrate(&place),
        Command::RotateKey(place) => rotate_key(&place),
        Command::GrantAdmin { place, email } => grant_admin(&place, &email),
        Command::Openapi => openapi(),
    };
    match result {
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

fn settings(place: &CommonArgs) -> Result<Settings, String> {
    Settings::load(place.config.as_deref()).map_err(|e| format!("invalid settings: {e}"))
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn rotate_key(place: &CommonArgs) -> Result<(), String> {
    let folder = config::folder_or_default(&settings(place)?.tokens.keys, &place.data_dir, "keys");
    let file = token::create_key(&folder)?;
    println!("{}: used for signing from the next start of each node", file.display());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn grant_admin(place: &CommonArgs, email: &str) -> Result<(), String> {
    let (_, db) = open_database(place)?;
    let key = email.trim().to_lowercase();
    let now = Clock::System.now();
    let granted = db.write_blocking(|tx| {
        let granted = store::grant_admin(tx, &key)?;
        let entry = audit::Entry::<()> {
            organiser: None,
            edition: None,
            actor: None,
            api_key: None,
            action: AuditAction::UserGrantAdmin,
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
        false => Err(format!("no account with the address {key}")),
    }
}

/// Loads the settings and resolves the database URL; creates the data folder.
fn load_settings(place: &CommonArgs) -> Result<(Settings, DatabaseUrl), String> {
    let settings = settings(place)?;
    std::fs::create_dir_all(&place.data_dir)
        .map_err(|e| format!("the data folder {}: {e}", place.data_dir.display()))?;
    let url = database_url(place, &settings)?;
    Ok((settings, url))
}

/// The database from the settings, by default a file in the data folder.
///
/// # Errors
/// An invalid URL.
fn database_url(place: &CommonArgs, settings: &Settings) -> Result<DatabaseUrl, String> {
    match settings.database.url.expose_secret() {
        "" => Ok(DatabaseUrl::Sqlite(place.data_dir.join("hoicho.sqlite"))),
        url => url.parse().map_err(|e| format!("[database] url: {e}")),
    }
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn migrate(at: &CommonArgs) -> Result<(), String> {
    let (_, url) = load_settings(at)?;
    let applied = migrate::run_pending(&url).map_err(|e| e.to_string())?;
    println!("{applied} migrations applied");
    Ok(())
}

/// The read replica from the settings, if any.
///
/// # Errors
/// An invalid URL, or a database other than PostgreSQL.
fn read_replica(settings: &Settings, primary: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
    let url = match settings.database.replica_url.expose_secret() {
        "" => return Ok(None),
        url => url.parse().map_err(|e| format!("[database] replica_url: {e}"))?,
    };
    match (primary, &url) {
        (DatabaseUrl::Postgres(_), DatabaseUrl::Postgres(_)) => Ok(Some(url)),
        (DatabaseUrl::Sqlite(_), _) | (_, DatabaseUrl::Sqlite(_)) => {
            Err("[database] replica_url: read replicas need PostgreSQL; leave it empty".to_owned())
        }
    }
}

/// Loads the settings and opens the database. Applies pending migrations, unless `[database] migrate` is off.
fn open_database(at: &CommonArgs) -> Result<(Settings, Database), String> {
    let (settings, url) = load_settings(at)?;
    if settings.database.migrate {
        let applied = migrate::run_pending(&url).map_err(|e| e.to_string())?;
        tracing::info!(applied, "migrated the database");
    } else if let missing @ 1.. = migrate::count_pending(&url).map_err(|e| e.to_string())? {
        return Err(format!("{missing} pending database migrations: run `hoicho migrate` first"));
    }
    let connections = settings.database.connections;
    let db = Database::open(&url, connections).map_err(|e| e.to_string())?;
    let db = match read_replica(&settings, &url)? {
        Some(replica) => db.with_read_replica(&url, &replica, connections),
        None => db,
    };
    Ok((settings, db))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn read_replica_requires_a_valid_postgresql_url() {
        let (sqlite, postgres) = ("sqlite:a.db", "postgres://localhost/hoicho");
        let read_replica = |primary: &str, replica: &str| {
            let mut settings = Settings::load(None).unwrap();
            settings.database.replica_url = replica.to_owned().into();
            super::read_replica(&settings, &primary.parse().unwrap())
        };
        assert_eq!(read_replica(postgres, ""), Ok(None));
        assert_eq!(read_replica(sqlite, ""), Ok(None));
        let replica = "postgres://127.0.0.1/hoicho";
        assert_eq!(read_replica(postgres, replica), Ok(Some(replica.parse().unwrap())));
        #[cfg(not(feature = "postgres-tls"))]
        assert!(read_replica(postgres, "postgres://b/hoicho").unwrap_err().contains("plain text"));
        for (primary, replica) in [(sqlite, postgres), (postgres, sqlite), (postgres, "postgre://b/hoicho")] {
            assert!(read_replica(primary, replica).unwrap_err().contains("replica_url"), "{primary} {replica}");
        }
    }
}
