//! The command line.
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
    /// Print the OpenAPI document
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
