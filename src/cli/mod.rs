//! The command line.
mod demo;
mod serve;

use std::{path::PathBuf, process::ExitCode};

use clap::{Args, Parser, Subcommand};
use secrecy::ExposeSecret;

use crate::{
    config::Settings,
    db::{DatabaseUrl, Db, migrate},
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
        .init();
    let done = match Cli::parse().command {
        Command::Serve(place) => serve::serve(&place),
        Command::Demo { place, reset } => demo::demo(&place.into(), reset),
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

/// Reads the settings and opens the database they name, migrated.
fn open(place: &Place) -> Result<(Settings, Db), String> {
    let settings = Settings::load(place.config.as_deref()).map_err(|e| format!("the settings are not right: {e}"))?;
    std::fs::create_dir_all(&place.data_dir)
        .map_err(|e| format!("the data folder {}: {e}", place.data_dir.display()))?;
    let url = match settings.database.url.expose_secret() {
        "" => DatabaseUrl::Sqlite(place.data_dir.join("hoicho.sqlite")),
        url => url.parse().map_err(|e| format!("[database] url: {e}"))?,
    };
    let applied = migrate::up(&url).map_err(|e| e.to_string())?;
    tracing::info!(applied, "the database is migrated");
    let db = Db::open(&url, settings.database.connections).map_err(|e| e.to_string())?;
    Ok((settings, db))
}
