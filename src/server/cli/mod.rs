//! Command line interface.
mod allocate;
mod backup;
mod demo;
mod doctor;
pub mod errors;
mod import;
mod person;
mod serve;
mod setup;
mod webhooks;

use std::{io::IsTerminal, path::Path, process::ExitCode};

use clap::{Parser, Subcommand};

use crate::api_changes;
use hoicho_core::{config, db::migrate, values::clock::Clock};
use hoicho_web::{
    audit::{self, AuditAction},
    http::Problem,
    identity::{store, token},
};
use setup::{CommonArgs, DemoArgs, load_settings, open_database, settings};

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
    Serve(serve::ServeArgs),
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
    /// Receive an organiser's webhook messages on this machine, from any server
    Webhooks(webhooks::Webhooks),
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
    /// Print the catalogue of errors of the API (committed as docs/errors.md)
    Errors,
    /// Print what changed in the API since an OpenAPI document, and what of it breaks clients
    ApiChanges {
        /// The older document, for example docs/released/openapi.json
        old: std::path::PathBuf,
        /// The newer document; default: that of this program
        new: Option<std::path::PathBuf>,
    },
}

/// Makes everything that the program creates readable by its user only, whatever the umask of the shell: the database with the files
/// beside it, documents, e-mails, backups, exported rows, and what the programs that it starts create.
#[cfg(unix)]
fn create_private_files() {
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}
#[cfg(not(unix))]
fn create_private_files() {}

/// Parses the arguments and runs the command.
pub fn main() -> ExitCode {
    create_private_files();
    tracing_subscriber::fmt()
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_default_env().unwrap_or_else(|_| "warn,hoicho=info".into()),
        )
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    let result = match Cli::parse().command {
        Command::Serve(args) => serve::serve(&args),
        Command::Demo { place, reset } => demo::demo(&place.into(), reset),
        Command::Allocate(args) => allocate::allocate(&args),
        Command::Import(args) => import::import(&args),
        Command::Doctor(place) => doctor::doctor(&place),
        Command::Backup(args) => backup::backup(&args),
        Command::Restore(args) => backup::restore(&args),
        Command::Webhooks(args) => webhooks::webhooks(&args),
        Command::Person(args) => person::person(&args),
        Command::Migrate(place) => migrate(&place),
        Command::RotateKey(place) => rotate_key(&place),
        Command::GrantAdmin { place, email } => grant_admin(&place, &email),
        Command::Openapi => openapi(),
        Command::Errors => errors(),
        Command::ApiChanges { old, new } => print_api_changes(&old, new.as_deref()),
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
    println!("{}", serde_json::to_string_pretty(&crate::app::openapi()).map_err(|e| e.to_string())?);
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn errors() -> Result<(), String> {
    print!("{}", errors::catalogue());
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn print_api_changes(old: &Path, new: Option<&Path>) -> Result<(), String> {
    let read = |file: &Path| -> Result<serde_json::Value, String> {
        let text = std::fs::read_to_string(file).map_err(|e| format!("{}: {e}", file.display()))?;
        serde_json::from_str(&text).map_err(|e| format!("{}: {e}", file.display()))
    };
    let new = new.map_or_else(|| Ok(crate::app::openapi()), read)?;
    print!("{}", api_changes::to_markdown(&api_changes::find_changes(&read(old)?, &new)));
    Ok(())
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
    let has_account = db.write_blocking(|tx| {
        if !store::grant_admin(tx, &key)? {
            return Ok(false);
        }
        let entry = audit::Entry::<()> {
            organiser: None,
            edition: None,
            actor: None,
            api_key: None,
            on_behalf_of: None,
            action: AuditAction::UserGrantAdmin,
            subject: key.clone(),
            before: None,
            after: None,
            at: now,
        };
        audit::record(tx, entry)?;
        Ok::<_, Problem>(true)
    });
    match has_account.map_err(|e| e.to_string())? {
        true => {
            println!("{key} is a platform admin");
            Ok(())
        }
        false => Err(format!("no account with the address {key}")),
    }
}

#[expect(clippy::print_stdout, reason = "the command's output")]
fn migrate(at: &CommonArgs) -> Result<(), String> {
    let (_, url) = load_settings(at)?;
    let applied = migrate::run_pending(&url).map_err(|e| e.to_string())?;
    println!("{applied} migrations applied");
    Ok(())
}
