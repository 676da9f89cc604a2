//! Settings and database of a command, from its arguments.
use std::path::PathBuf;

use clap::Args;

use hoicho_core::{
    config::Settings,
    db::{Database, DatabaseUrl, migrate},
};
use secrecy::ExposeSecret;

/// Port, data folder and settings.
#[derive(Args)]
pub(super) struct CommonArgs {
    /// Port to listen on [default: the setting server.port, 8080]
    #[arg(long)]
    pub(super) port: Option<u16>,
    /// Folder for the embedded database, documents and signing keys
    #[arg(long, default_value = "hoicho-data")]
    pub(super) data_dir: PathBuf,
    /// Settings file; config/default.toml documents all settings
    #[arg(long)]
    pub(super) config: Option<PathBuf>,
}

/// Port and data folder of the demo.
#[derive(Args)]
pub(super) struct DemoArgs {
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

pub(super) fn settings(place: &CommonArgs) -> Result<Settings, String> {
    Settings::load(place.config.as_deref()).map_err(|e| format!("invalid settings: {e}"))
}

/// Loads the settings and resolves the database URL; creates the data folder.
pub(super) fn load_settings(place: &CommonArgs) -> Result<(Settings, DatabaseUrl), String> {
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
pub(super) fn database_url(place: &CommonArgs, settings: &Settings) -> Result<DatabaseUrl, String> {
    match settings.database.url.expose_secret() {
        "" => Ok(DatabaseUrl::Sqlite(place.data_dir.join("hoicho.sqlite"))),
        url => url.parse().map_err(|e| format!("[database] url: {e}")),
    }
}

/// The read replica from the settings, if any.
///
/// # Errors
/// An invalid URL, or a database other than PostgreSQL.
pub(super) fn read_replica(settings: &Settings, primary: &DatabaseUrl) -> Result<Option<DatabaseUrl>, String> {
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
pub(super) fn open_database(at: &CommonArgs) -> Result<(Settings, Database), String> {
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
