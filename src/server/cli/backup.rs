//! `hoicho backup` and `hoicho restore`: database and uploaded documents in one folder, with a manifest of checksums.
use std::{
    fs, io,
    path::{Component, Path, PathBuf},
    time::Duration,
};

use chrono::{DateTime, Utc};
use clap::Args;
use indicatif::{HumanBytes, ProgressBar, ProgressStyle};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::setup::CommonArgs;
use hoicho_core::{
    config,
    db::{DatabaseUrl, backup},
    values::clock::Clock,
};

#[derive(Args)]
pub struct BackupArgs {
    /// Folder to create; it must not exist
    to: PathBuf,
    #[command(flatten)]
    place: CommonArgs,
}

#[derive(Args)]
pub struct RestoreArgs {
    /// Folder of the backup
    from: PathBuf,
    #[command(flatten)]
    place: CommonArgs,
}

/// One file of a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct FileEntry {
    /// Path relative to the backup folder.
    name: String,
    bytes: u64,
    sha256: String,
}

/// `manifest.json`, the list of files in a backup. Written last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    taken_at: DateTime<Utc>,
    version: String,
    files: Vec<FileEntry>,
}

const MANIFEST: &str = "manifest.json";
const DOCUMENTS: &str = "documents";
/// Names of the database in backups.
const DATABASES: [&str; 2] = ["database.sqlite", "database.pgdump"];

fn with_path(path: &Path) -> impl Fn(io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

/// Opens a file that is no link, device or pipe: a backup has none, and a link would read another file of this machine.
fn open_regular(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        let flags = i32::try_from(flags.bits()).map_err(|_| io::ErrorKind::Unsupported)?;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags);
    }
    let file = options.open(path)?;
    if file.metadata()?.is_file() {
        Ok(file)
    } else {
        Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"))
    }
}

/// Bytes that pass through, with their number and digest.
struct DigestWriter<W> {
    inner: W,
    hasher: Sha256,
    bytes: u64,
}

impl<W: io::Write> io::Write for DigestWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hasher.update(bytes.get(..written).unwrap_or(bytes));
        self.bytes = self.bytes.saturating_add(u64::try_from(written).unwrap_or(u64::MAX));
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Copies a regular file; returns size and digest of what was copied.
fn copy_to(file: &Path, to: impl io::Write) -> Result<(u64, String), String> {
    let mut writer = DigestWriter { inner: to, hasher: Sha256::new(), bytes: 0 };
    let mut opened = open_regular(file).map_err(with_path(file))?;
    io::copy(&mut opened, &mut writer).map_err(with_path(file))?;
    Ok((writer.bytes, writer.hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()))
}

fn digest(file: &Path) -> Result<(u64, String), String> {
    copy_to(file, io::sink())
}

/// Copies a regular file to a new one, which has the mode of new files and not that of the copied one.
fn copy_new(from: &Path, to: &Path) -> Result<(u64, String), String> {
    let file = fs::OpenOptions::new().write(true).create_new(true).open(to).map_err(with_path(to))?;
    let copied = copy_to(from, &file)?;
    file.sync_all().map_err(with_path(to))?;
    Ok(copied)
}

impl FileEntry {
    /// Whether the name is one that backups have: the database, or a file right in the folder of documents.
    fn has_known_name(&self) -> bool {
        let is_plain = |name: &str| {
            let mut parts = Path::new(name).components();
            let is_file = matches!(parts.next(), Some(Component::Normal(part)) if part == name);
            is_file && parts.next().is_none()
        };
        match self.document() {
            Some(name) => is_plain(name),
            None => DATABASES.contains(&self.name.as_str()),
        }
    }

    /// The name of a document.
    fn document(&self) -> Option<&str> {
        self.name.strip_prefix(DOCUMENTS)?.strip_prefix('/')
    }

    /// Fails unless this is what was read.
    fn require(&self, read: (u64, String)) -> Result<(), String> {
        if read == (self.bytes, self.sha256.clone()) {
            Ok(())
        } else {
            Err(format!("{}: checksum mismatch", self.name))
        }
    }
}

fn spinner(label: &'static str) -> Result<ProgressBar, String> {
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new_spinner().with_style(style).with_message(label);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}

fn progress_bar(label: &'static str, files: usize) -> Result<ProgressBar, String> {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}").map_err(|e| e.to_string())?;
    Ok(ProgressBar::new(u64::try_from(files).unwrap_or(u64::MAX)).with_style(style).with_message(label))
}

/// The sorted names of the files in a folder; empty if the folder does not exist.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let entries = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(with_path(folder))?,
    };
    let name = |entry: io::Result<fs::DirEntry>| entry.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names = entries.map(name).collect::<io::Result<Vec<_>>>().map_err(with_path(folder))?;
    names.sort();
    Ok(names)
}

/// Copies the uploaded documents. Files deleted in the meantime are skipped; a link is an error.
fn copy_documents(from: &Path, to: &Path) -> Result<Vec<String>, String> {
    let names = names(from)?;
    fs::create_dir(to).map_err(with_path(to))?;
    let bar = progress_bar("documents", names.len())?;
    let mut copied = Vec::new();
    for name in names {
        if from.join(&name).symlink_metadata().is_ok() {
            match copy_new(&from.join(&name), &to.join(&name)) {
                Ok(_) => copied.push(name),
                // Deleted in between.
                Err(_) if from.join(&name).symlink_metadata().is_err() => {
                    fs::remove_file(to.join(&name)).map_err(with_path(&to.join(&name)))?;
                }
                Err(error) => return Err(error),
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(copied)
}

/// Backs up database and documents while the server is running. The folder is renamed from `.partial` when complete.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn backup(args: &BackupArgs) -> Result<(), String> {
    let (settings, url) = super::setup::load_settings(&args.place)?;
    if let DatabaseUrl::Sqlite(file) = &url
        && !file.exists()
    {
        return Err(format!("no database at {}", file.display()));
    }
    let to = &args.to;
    if to.exists() {
        return Err(format!("{} already exists: a backup does not overwrite files", to.display()));
    }
    let mut partial = to.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    if let Some(parent) = partial.parent() {
        fs::create_dir_all(parent).map_err(with_path(parent))?;
    }
    fs::create_dir(&partial).map_err(with_path(&partial))?;
    let taken_at = Clock::System.now().and_utc();
    let bar = spinner("database")?;
    let database = backup::file_name(&url).to_owned();
    backup::create(&url, &partial.join(&database)).map_err(|e| format!("the database: {e}"))?;
    bar.finish_and_clear();
    let documents_folder = config::folder_or_default(&settings.uploads.folder, &args.place.data_dir, DOCUMENTS);
    let documents = copy_documents(&documents_folder, &partial.join(DOCUMENTS))?;
    let documents = documents.into_iter().map(|name| format!("{DOCUMENTS}/{name}"));
    let files = [database].into_iter().chain(documents).map(|name| {
        let (bytes, sha256) = digest(&partial.join(&name))?;
        Ok(FileEntry { name, bytes, sha256 })
    });
    let files = files.collect::<Result<Vec<_>, String>>()?;
    let (count, bytes) = (files.len(), files.iter().map(|f| f.bytes).sum());
    let manifest = Manifest { taken_at, version: env!("CARGO_PKG_VERSION").to_owned(), files };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| e.to_string())?;
    fs::write(partial.join(MANIFEST), text).map_err(with_path(&partial.join(MANIFEST)))?;
    fs::rename(&partial, to).map_err(with_path(to))?;
    println!(
        "{}: {count} files, {}. Keys for signing access tokens are not included.",
        to.display(),
        HumanBytes(bytes)
    );
    Ok(())
}

/// Restores a backup into an empty database, after verifying the checksums of all files.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn restore(args: &RestoreArgs) -> Result<(), String> {
    let (settings, url) = super::setup::load_settings(&args.place)?;
    let from = &args.from;
    let manifest = open_regular(&from.join(MANIFEST)).map_err(with_path(&from.join(MANIFEST)))?;
    let manifest: Manifest = serde_json::from_reader(io::BufReader::new(manifest))
        .map_err(|e| format!("{}: not a backup: {e}", from.display()))?;
    if from.join(DOCUMENTS).is_symlink() {
        return Err(format!("{}: a link instead of a folder", from.join(DOCUMENTS).display()));
    }
    let bar = progress_bar("files verified", manifest.files.len())?;
    for file in &manifest.files {
        if !file.has_known_name() {
            return Err(format!("{}: no file of a backup has the name {}", from.display(), file.name));
        }
        file.require(digest(&from.join(&file.name))?)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    let database = backup::file_name(&url);
    let Some(entry) = manifest.files.iter().find(|f| f.name == database) else {
        return Err(format!("the backup is for another database system: it contains no {database}"));
    };
    let bar = spinner("database")?;
    // A copy of its own: SQLite would also read files beside the one in the backup.
    let staging = tempfile::tempdir_in(&args.place.data_dir).map_err(with_path(&args.place.data_dir))?;
    let copy = staging.path().join(database);
    entry.require(copy_new(&from.join(database), &copy)?)?;
    backup::restore(&copy, &url).map_err(|e| format!("the database: {e}"))?;
    drop(staging);
    bar.finish_and_clear();
    let documents_folder = config::folder_or_default(&settings.uploads.folder, &args.place.data_dir, DOCUMENTS);
    fs::create_dir_all(&documents_folder).map_err(with_path(&documents_folder))?;
    // Only what the manifest names: other files in the folder were not verified.
    for (file, name) in manifest.files.iter().filter_map(|file| Some((file, file.document()?))) {
        let to = documents_folder.join(name);
        // A file or a link of before is replaced, not written through.
        if to.symlink_metadata().is_ok() {
            fs::remove_file(&to).map_err(with_path(&to))?;
        }
        file.require(copy_new(&from.join(&file.name), &to)?)?;
    }
    println!(
        "Restored the backup of {}. Start the server with `hoicho serve`.",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC")
    );
    Ok(())
}
