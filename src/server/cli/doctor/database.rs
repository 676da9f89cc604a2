//! The database: reachable, intact, migrated and suitable.
use std::path::Path;

use super::report::{Finding, or_ok};
use hoicho_core::db::{
    DatabaseUrl,
    inspect::{self, PostgresFacts, ReplicaStatus, SqliteError, SqliteFacts},
    migrate::MigrationStatus,
    url::is_loopback,
};

/// The oldest version with `pg_current_xact_id`, which the change feed needs.
const MIN_POSTGRES_VERSION: i32 = 13;
/// A replica further behind serves hardly any read, because reads wait for at most 100 ms.
const MAX_REPLICA_LAG_BYTES: i64 = 16 * 1024 * 1024;

pub(super) fn check(url: &DatabaseUrl, migrates_at_start: bool) -> Vec<Finding> {
    match url {
        DatabaseUrl::Sqlite(file) if !file.exists() => vec![Finding::Error(format!(
            "no database at {}: check --data-dir and [database] url; `hoicho serve` creates it at the first start",
            file.display()
        ))],
        DatabaseUrl::Sqlite(file) => match inspect::inspect_sqlite(file) {
            Ok(facts) => sqlite(file, &facts, migrates_at_start),
            Err(SqliteError::NotRecovered) => vec![Finding::Warning(format!(
                "{} cannot be checked, because the server was not shut down cleanly; its next start recovers the last writes",
                file.display()
            ))],
            Err(error) => vec![Finding::Error(format!(
                "cannot read {}: {error}; check its mode and owner, or restore the last backup",
                file.display()
            ))],
        },
        DatabaseUrl::Postgres(_) => match inspect::inspect_postgres(url) {
            Ok(facts) => postgres(&facts, migrates_at_start),
            Err(error) => vec![Finding::Error(format!(
                "no connection to PostgreSQL: {error}; check that it runs, [database] url and pg_hba.conf"
            ))],
        },
    }
}

fn sqlite(file: &Path, facts: &SqliteFacts, migrates_at_start: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !facts.damages.is_empty() {
        findings.push(Finding::Error(format!(
            "{} is damaged ({}): stop the server and restore the last backup",
            file.display(),
            facts.damages.join("; ")
        )));
    }
    if !facts.is_wal {
        findings.push(Finding::Warning(
            "the file is not in WAL mode, so reads block writes; restart the server, which sets it".to_owned(),
        ));
    }
    findings.extend(migrations(&facts.migrations, migrates_at_start));
    or_ok(findings, || format!("{} is intact, in WAL mode and has all migrations", file.display()))
}

fn postgres(facts: &PostgresFacts, migrates_at_start: bool) -> Vec<Finding> {
    let (major, minor) = (facts.version / 10_000, facts.version % 10_000);
    let remote = facts.server_address.as_deref().filter(|address| !is_loopback(address));
    let mut findings = Vec::new();
    if major < MIN_POSTGRES_VERSION {
        findings.push(Finding::Error(format!(
            "PostgreSQL {major}.{minor} is too old: upgrade it to {MIN_POSTGRES_VERSION} or later"
        )));
    }
    if facts.encoding != "UTF8" {
        findings.push(Finding::Error(format!(
            "the database has the encoding {}, which cannot store all characters; create it with --encoding UTF8 --template template0",
            facts.encoding
        )));
    }
    if facts.is_standby {
        findings.push(Finding::Error(
            "the server is a standby and refuses writes; [database] url must name the primary".to_owned(),
        ));
    }
    if let Some(address) = remote.filter(|_| !facts.is_encrypted) {
        findings.push(Finding::Warning(format!(
            "the connection to {address} is not encrypted; add sslmode=verify-full to [database] url, unless the network \
             is trusted"
        )));
    }
    findings.extend(migrations(&facts.migrations, migrates_at_start));
    let transport = if facts.is_encrypted { " over TLS" } else { "" };
    or_ok(findings, || format!("PostgreSQL {major}.{minor} is reachable{transport} and has all migrations"))
}

fn migrations(status: &Result<MigrationStatus, String>, migrates_at_start: bool) -> Option<Finding> {
    match status {
        Err(error) => Some(Finding::Error(format!("cannot read the applied migrations: {error}"))),
        Ok(MigrationStatus { unknown: unknown @ 1.., .. }) => Some(Finding::Error(format!(
            "{unknown} migrations are of a newer version of the program: install that version, or restore a backup of \
             this one"
        ))),
        Ok(MigrationStatus { pending: pending @ 1.., .. }) => Some(Finding::Error(match migrates_at_start {
            true => format!("{pending} pending migrations: restart the server, which applies them"),
            false => format!("{pending} pending migrations: stop all nodes, run `hoicho migrate`, start them"),
        })),
        Ok(MigrationStatus { pending: 0, unknown: 0 }) => None,
    }
}

/// Never an error: while the replica cannot be used, the primary serves all reads.
pub(super) fn check_replica(primary: &DatabaseUrl, replica: &DatabaseUrl) -> Vec<Finding> {
    vec![match inspect::inspect_replica(primary, replica) {
        Ok(ReplicaStatus::BytesBehind(bytes)) if bytes > MAX_REPLICA_LAG_BYTES => Finding::Warning(format!(
            "{bytes} bytes behind the primary, so that reads go to the primary; check the replica's load and network"
        )),
        Ok(ReplicaStatus::BytesBehind(bytes)) => Finding::Ok(format!("follows the primary, {bytes} bytes behind")),
        Ok(ReplicaStatus::NotStandby) => Finding::Warning(
            "the server is not a standby, so that reads go to the primary; start the standby, or correct [database] replica_url"
                .to_owned(),
        ),
        Ok(ReplicaStatus::OtherTimeline) => Finding::Warning(
            "the server does not follow the primary, so that reads go to the primary; wait for the next restart point after a \
             promotion, or set up the replica again"
                .to_owned(),
        ),
        Err(error) => Finding::Warning(format!(
            "cannot compare it with the primary: {error}; until it responds the primary serves all reads"
        )),
    }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> PostgresFacts {
        PostgresFacts {
            version: 150_004,
            encoding: "UTF8".to_owned(),
            is_encrypted: false,
            server_address: Some("127.0.0.1".to_owned()),
            is_standby: false,
            migrations: Ok(MigrationStatus { pending: 0, unknown: 0 }),
        }
    }

    #[test]
    fn unsuitable_postgresql_is_reported() {
        let healthy = "PostgreSQL 15.4 is reachable and has all migrations".to_owned();
        assert_eq!(postgres(&facts(), true), [Finding::Ok(healthy)]);
        let remote = Some("10.0.0.1".to_owned());
        let encrypted = PostgresFacts { server_address: remote.clone(), is_encrypted: true, ..facts() };
        assert!(matches!(&postgres(&encrypted, true)[..], [Finding::Ok(text)] if text.contains("TLS")));
        let plain = PostgresFacts { server_address: remote, ..facts() };
        assert!(matches!(&postgres(&plain, true)[..], [Finding::Warning(text)] if text.contains("verify-full")));
        let errors = [
            ("12.9", PostgresFacts { version: 120_009, ..facts() }),
            ("LATIN1", PostgresFacts { encoding: "LATIN1".to_owned(), ..facts() }),
            ("standby", PostgresFacts { is_standby: true, ..facts() }),
            ("newer", PostgresFacts { migrations: Ok(MigrationStatus { pending: 1, unknown: 1 }), ..facts() }),
        ];
        for (expected, facts) in errors {
            let findings = postgres(&facts, true);
            assert!(matches!(&findings[..], [Finding::Error(text)] if text.contains(expected)), "{findings:?}");
        }
    }
}
