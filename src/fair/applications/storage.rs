//! Where uploaded papers are kept: a folder outside the database, a file for each.
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt;

use hoicho_core::{config, i18n::Said, values::ids::DocumentId};
use hoicho_web::http::{Code, Problem};

/// The most that any setting allows.
pub const MOST_BYTES: usize = 10 * 1024 * 1024;

/// The folder and its limits.
#[derive(Debug, Clone)]
pub struct Storage {
    folder: PathBuf,
    /// Bytes one paper may have.
    pub most_bytes: usize,
    /// Papers one application may have.
    pub per_application: i64,
}

fn failed(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "the document folder");
    Problem::new(Code::Unavailable, Said("the-file-could-not-be-stored-or"))
}

impl Storage {
    /// Makes the folder; `data` is the data folder.
    pub fn open(settings: &config::Uploads, data: &Path) -> Result<Self, String> {
        if !(1..=MOST_BYTES).contains(&settings.most_bytes) {
            return Err(format!("[uploads] most_bytes: it must be 1 to {MOST_BYTES}"));
        }
        let folder = config::folder_or(&settings.folder, data, "documents");
        std::fs::create_dir_all(&folder).map_err(|e| format!("the document folder {}: {e}", folder.display()))?;
        Ok(Self { folder, most_bytes: settings.most_bytes, per_application: settings.per_application })
    }

    fn path(&self, id: DocumentId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Keeps a paper's content, durably: it is on the disk before its row is.
    pub async fn keep(&self, id: DocumentId, bytes: &[u8]) -> Result<(), Problem> {
        let write = async {
            let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(self.path(id)).await?;
            file.write_all(bytes).await?;
            file.sync_all().await
        };
        write.await.map_err(|e| failed(&e))
    }

    /// The content of a paper.
    pub async fn read(&self, id: DocumentId) -> Result<Vec<u8>, Problem> {
        tokio::fs::read(self.path(id)).await.map_err(|e| failed(&e))
    }

    /// Removes a paper's content; one that is gone already is no fault.
    pub async fn remove(&self, id: DocumentId) {
        if let Err(error) = tokio::fs::remove_file(self.path(id)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%id, %error, "a document's file could not be removed");
        }
    }
}
