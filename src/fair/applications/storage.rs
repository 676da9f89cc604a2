//! Storage of uploaded documents: a folder outside the database with one file per document.
use std::path::{Path, PathBuf};

use tokio::io::AsyncWriteExt;

use hoicho_core::{config, i18n::MessageId, values::ids::DocumentId};
use hoicho_web::http::{
    Code, Problem,
    size_limits::{MAX_DOCUMENT_BYTES, MIB},
};

/// Document folder and upload limits.
#[derive(Debug, Clone)]
pub struct DocumentStorage {
    folder: PathBuf,
    /// Max size of a file.
    pub max_bytes: usize,
    /// Max documents per application.
    pub max_per_application: i64,
}

fn storage_error(error: &std::io::Error) -> Problem {
    tracing::error!(%error, "document storage failed");
    Problem::new(Code::Unavailable, MessageId("error-file-storage"))
}

impl DocumentStorage {
    /// Checks the settings without creating the folder.
    ///
    /// # Errors
    /// The setting that is out of range, with the range.
    pub fn check_settings(settings: &config::Uploads) -> Result<(), String> {
        if !(1..=MAX_DOCUMENT_BYTES).contains(&settings.max_bytes) {
            return Err(format!("[uploads] max_bytes must be between 1 and {MAX_DOCUMENT_BYTES}"));
        }
        Ok(())
    }

    /// Validates the settings and creates the folder, by default `documents` in the folder `data`.
    pub fn open(settings: &config::Uploads, data: &Path) -> Result<Self, String> {
        Self::check_settings(settings)?;
        let folder = config::folder_or_default(&settings.folder, data, "documents");
        std::fs::create_dir_all(&folder)
            .map_err(|e| format!("cannot create document folder {}: {e}", folder.display()))?;
        Ok(Self { folder, max_bytes: settings.max_bytes, max_per_application: settings.max_per_application })
    }

    /// Max size of a file, for display: `5 MB`.
    pub fn max_size(&self) -> String {
        if self.max_bytes.is_multiple_of(MIB) {
            format!("{} MB", self.max_bytes / MIB)
        } else {
            format!("{} KB", self.max_bytes / 1024)
        }
    }

    fn path(&self, id: DocumentId) -> PathBuf {
        self.folder.join(id.to_string())
    }

    /// Writes the content to a new file and syncs it, so that it is durable before the row is inserted.
    pub async fn write(&self, id: DocumentId, bytes: &[u8]) -> Result<(), Problem> {
        let write = async {
            let mut file = tokio::fs::OpenOptions::new().write(true).create_new(true).open(self.path(id)).await?;
            file.write_all(bytes).await?;
            file.sync_all().await
        };
        write.await.map_err(|e| storage_error(&e))
    }

    /// Reads the content of a document.
    pub async fn read(&self, id: DocumentId) -> Result<Vec<u8>, Problem> {
        tokio::fs::read(self.path(id)).await.map_err(|e| storage_error(&e))
    }

    /// Deletes the file; a missing file is not an error.
    pub async fn delete(&self, id: DocumentId) {
        if let Err(error) = tokio::fs::remove_file(self.path(id)).await
            && error.kind() != std::io::ErrorKind::NotFound
        {
            tracing::warn!(%id, %error, "failed to delete document file");
        }
    }
}
