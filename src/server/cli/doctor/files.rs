//! The files and folders of an installation.
use std::path::{Path, PathBuf};

use super::super::setup::CommonArgs;
use hoicho_core::{
    config::{self, Settings},
    db::DatabaseUrl,
};

/// The files and folders of an installation.
#[derive(Clone)]
pub(super) struct Files {
    pub(super) data: PathBuf,
    pub(super) documents: PathBuf,
    pub(super) keys: PathBuf,
    pub(super) mail: PathBuf,
    /// `None` for PostgreSQL.
    pub(super) database: Option<PathBuf>,
    pub(super) settings: Option<PathBuf>,
}

impl Files {
    /// Without settings those in the data folder.
    pub(super) fn new(place: &CommonArgs, settings: Option<&Settings>, url: Option<&DatabaseUrl>) -> Self {
        let data = &place.data_dir;
        let folder = |configured: Option<&Path>, name| {
            config::folder_or_default(configured.unwrap_or_else(|| "".as_ref()), data, name)
        };
        Self {
            data: data.clone(),
            documents: folder(settings.map(|s| s.uploads.folder.as_path()), "documents"),
            keys: folder(settings.map(|s| s.tokens.keys.as_path()), "keys"),
            mail: folder(None, "mail"),
            database: match url {
                Some(DatabaseUrl::Sqlite(file)) => Some(file.clone()),
                Some(DatabaseUrl::Postgres(_)) | None => None,
            },
            settings: place.config.clone(),
        }
    }
}
