//! The list of migrations, as Diesel reads it for each database.
use std::{borrow::Cow, fmt};

use diesel::{
    backend::Backend,
    connection::BoxableConnection,
    migration::{Migration, MigrationMetadata, MigrationName, MigrationSource, MigrationVersion, Result},
    pg::Pg,
    sqlite::Sqlite,
};

use super::sqlite_dialect::translate;

/// The files of one migration.
struct Files {
    name: &'static str,
    up: &'static str,
    down: &'static str,
    /// `up.sqlite.sql` and `down.sqlite.sql`: used on SQLite as they are, instead of a translation.
    sqlite: Option<(&'static str, &'static str)>,
}

macro_rules! sql {
    ($name:literal, $file:literal) => {
        include_str!(concat!("../../../../migrations/", $name, "/", $file))
    };
}
macro_rules! files {
    ($name:literal) => {
        Files { name: $name, up: sql!($name, "up.sql"), down: sql!($name, "down.sql"), sqlite: None }
    };
    ($name:literal, sqlite) => {
        Files { sqlite: Some((sql!($name, "up.sqlite.sql"), sql!($name, "down.sqlite.sql"))), ..files!($name) }
    };
}

/// Every folder of `migrations/`, in order.
const ALL: [Files; 3] = [
    files!("2026-12-01-000000_tables"),
    files!("2026-12-01-000100_triggers", sqlite),
    files!("2026-12-01-000200_localities"),
];

impl Files {
    fn for_postgres(&self) -> Script {
        Script { name: Name(self.name), up: self.up.into(), down: self.down.into() }
    }

    fn for_sqlite(&self) -> Result<Script> {
        let (up, down) = match self.sqlite {
            Some((up, down)) => (up.into(), down.into()),
            None => (self.translated(self.up)?.into(), self.translated(self.down)?.into()),
        };
        Ok(Script { name: Name(self.name), up, down })
    }

    fn translated(&self, sql: &str) -> Result<String> {
        translate(sql).map_err(|e| format!("{}: {e}", self.name).into())
    }
}

/// All migrations of the program.
#[derive(Clone, Copy)]
pub(super) struct Migrations;

impl MigrationSource<Pg> for Migrations {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Pg>>>> {
        Ok(ALL.iter().map(|files| -> Box<dyn Migration<Pg>> { Box::new(files.for_postgres()) }).collect())
    }
}

impl MigrationSource<Sqlite> for Migrations {
    fn migrations(&self) -> Result<Vec<Box<dyn Migration<Sqlite>>>> {
        ALL.iter().map(|files| -> Result<Box<dyn Migration<Sqlite>>> { Ok(Box::new(files.for_sqlite()?)) }).collect()
    }
}

/// A migration in the dialect of one database.
struct Script {
    name: Name,
    up: Cow<'static, str>,
    down: Cow<'static, str>,
}

impl Script {
    fn execute<DB: Backend>(&self, sql: &str, conn: &mut dyn BoxableConnection<DB>) -> Result<()> {
        conn.batch_execute(sql).map_err(|e| format!("{}: {e}", self.name).into())
    }
}

impl<DB: Backend> Migration<DB> for Script {
    fn run(&self, conn: &mut dyn BoxableConnection<DB>) -> Result<()> {
        self.execute(&self.up, conn)
    }

    fn revert(&self, conn: &mut dyn BoxableConnection<DB>) -> Result<()> {
        self.execute(&self.down, conn)
    }

    fn metadata(&self) -> &dyn MigrationMetadata {
        self
    }

    fn name(&self) -> &dyn MigrationName {
        &self.name
    }
}

/// The defaults of Diesel: every migration in a transaction.
impl MigrationMetadata for Script {}

struct Name(&'static str);

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Name {
    /// The digits before the underscore, as Diesel's command line reads a folder's name.
    fn digits(&self) -> String {
        self.0.split('_').next().unwrap_or(self.0).replace('-', "")
    }
}

impl MigrationName for Name {
    fn version(&self) -> MigrationVersion<'_> {
        self.digits().into()
    }
}

/// The versions of all migrations, ascending.
pub(super) fn versions() -> impl Iterator<Item = String> {
    ALL.iter().map(|files| Name(files.name).digits())
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeSet, fs, path::Path};

    use super::*;

    /// `include_str!` needs every folder by name: one that is missing from the list would never run.
    #[test]
    fn every_file_is_listed() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../migrations");
        let mut on_disk = BTreeSet::new();
        for folder in fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()) {
            for file in fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()) {
                on_disk.insert([&folder, &file].map(|path| path.file_name().unwrap().to_str().unwrap().to_owned()));
            }
        }
        let mut listed = BTreeSet::new();
        for files in &ALL {
            let of_sqlite: &[_] = if files.sqlite.is_some() { &["up.sqlite.sql", "down.sqlite.sql"] } else { &[] };
            listed.extend(["up.sql", "down.sql"].iter().chain(of_sqlite).map(|f| [files.name, *f].map(str::to_owned)));
        }
        assert_eq!(listed, on_disk);
        assert!(ALL.is_sorted_by(|a, b| Name(a.name).version() < Name(b.name).version()), "not in order");
    }

    /// A migration that was released must not change, on SQLite neither: a change to the translation shows here.
    #[test]
    fn translations_stay_as_they_are() {
        for files in ALL.iter().filter(|files| files.sqlite.is_none()) {
            let script = files.for_sqlite().unwrap();
            for (direction, original, translated) in [("up", files.up, script.up), ("down", files.down, script.down)] {
                if original != translated {
                    insta::assert_snapshot!(format!("{}_{direction}", files.name), translated);
                }
            }
        }
    }
}
