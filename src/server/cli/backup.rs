//! `hoicho backup` and `hoicho restore`: database and uploaded documents in one folder, with a manifest of checksums.
use std::{
    fs, io,
    path::{Path, PathBuf},
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

fn with_path(path: &Path) -> impl Fn(io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

fn digest(file: &Path) -> Result<(u64, String), String> {
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut fs::File::open(file).map_err(with_path(file))?, &mut hasher).map_err(with_path(file))?;
    Ok((bytes, hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()))
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

/// Copies the uploaded documents. Files deleted in the meantime are skipped.
fn copy_documents(from: &Path, to: &Path) -> Result<Vec<String>, String> {
    let names = names(from)?;
    fs::create_dir(to).map_err(with_path(to))?;
    let bar = progress_bar("documents", names.len())?;
    let mut copied = Vec::new();
    for name in names {
        match fs::copy(from.join(&name), to.join(&name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            result => {
                result.map_err(with_path(&from.join(&name)))?;
                copied.push(name);
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
    fs::create_dir_all(&partial).map_err(with_path(&partial))?;
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
    let manifest = fs::read_to_string(from.join(MANIFEST)).map_err(with_path(&from.join(MANIFEST)))?;
    let manifest: Manifest =
        serde_json::from_str(&manifest).map_err(|e| format!("{}: not a backup: {e}", from.display()))?;
    let bar = progress_bar("files verified", manifest.files.len())?;
    for file in &manifest.files {
        let is_inside = !file.name.contains("..") && Path::new(&file.name).is_relative();
        let path = from.join(&file.name);
        if !is_inside || digest(&path)? != (file.bytes, file.sha256.clone()) {
            return Err(format!("{}: checksum mismatch", path.display()));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let database = backup::file_name(&url);
    if !manifest.files.iter().any(|f| f.name == database) {
        return Err(format!("the backup is for another database system: it contains no {database}"));
    }
    let bar = spinner("database")?;
    backup::restore(&from.join(database), &url).map_err(|e| format!("the database: {e}"))?;
    bar.finish_and_clear();
    let documents_folder = config::folder_or_default(&settings.uploads.folder, &args.place.data_dir, DOCUMENTS);
    fs::create_dir_all(&documents_folder).map_err(with_path(&documents_folder))?;
    for name in names(&from.join(DOCUMENTS))? {
        fs::copy(from.join(DOCUMENTS).join(&name), documents_folder.join(&name))
            .map_err(with_path(&documents_folder.join(&name)))?;
    }
    println!(
        "Restored the backup of {}. Start the server with `hoicho serve`.",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC")
    );
    Ok(())
}
