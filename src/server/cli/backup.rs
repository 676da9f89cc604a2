//! `hoicho backup` and `hoicho restore`: everything that was entered, in one folder.
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

use super::Place;
use hoicho_core::{
    config,
    db::{DatabaseUrl, backup},
    values::clock::Clock,
};

#[derive(Args)]
pub struct Backup {
    /// A folder that is not there yet
    to: PathBuf,
    #[command(flatten)]
    place: Place,
}

#[derive(Args)]
pub struct Restore {
    /// The folder of a backup
    from: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// One file of a backup.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Copied {
    /// Below the backup's folder.
    name: String,
    bytes: u64,
    sha256: String,
}

/// What is in a backup: `manifest.json`, written last.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    taken_at: DateTime<Utc>,
    version: String,
    files: Vec<Copied>,
}

const MANIFEST: &str = "manifest.json";
const DOCUMENTS: &str = "documents";

fn at(path: &Path) -> impl Fn(io::Error) -> String + '_ {
    move |error| format!("{}: {error}", path.display())
}

fn digest(file: &Path) -> Result<(u64, String), String> {
    let mut hasher = Sha256::new();
    let bytes = io::copy(&mut fs::File::open(file).map_err(at(file))?, &mut hasher).map_err(at(file))?;
    Ok((bytes, hasher.finalize().iter().map(|b| format!("{b:02x}")).collect()))
}

fn working(what: &'static str) -> Result<ProgressBar, String> {
    let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}").map_err(|e| e.to_string())?;
    let bar = ProgressBar::new_spinner().with_style(style).with_message(what);
    bar.enable_steady_tick(Duration::from_millis(100));
    Ok(bar)
}

fn counting(what: &'static str, files: usize) -> Result<ProgressBar, String> {
    let style = ProgressStyle::with_template("{bar:24} {pos}/{len} {msg}").map_err(|e| e.to_string())?;
    Ok(ProgressBar::new(u64::try_from(files).unwrap_or(u64::MAX)).with_style(style).with_message(what))
}

/// The names of the files in a folder; none where there is no folder.
fn names(folder: &Path) -> Result<Vec<String>, String> {
    let listed = match fs::read_dir(folder) {
        Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        listed => listed.map_err(at(folder))?,
    };
    let name = |entry: io::Result<fs::DirEntry>| entry.map(|e| e.file_name().to_string_lossy().into_owned());
    let mut names = listed.map(name).collect::<io::Result<Vec<_>>>().map_err(at(folder))?;
    names.sort();
    Ok(names)
}

/// Copies the papers; one that is removed while we copy was removed after the database was copied, or before it.
fn copy_documents(from: &Path, to: &Path) -> Result<Vec<String>, String> {
    let names = names(from)?;
    fs::create_dir(to).map_err(at(to))?;
    let bar = counting("papers", names.len())?;
    let mut copied = Vec::new();
    for name in names {
        match fs::copy(from.join(&name), to.join(&name)) {
            Err(e) if e.kind() == io::ErrorKind::NotFound => {}
            done => {
                done.map_err(at(&from.join(&name)))?;
                copied.push(name);
            }
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    Ok(copied)
}

/// Copies database and papers while the server goes on. The copy has its name only when it is whole.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn backup(asked: &Backup) -> Result<(), String> {
    let (settings, url) = super::place(&asked.place)?;
    if let DatabaseUrl::Sqlite(file) = &url
        && !file.exists()
    {
        return Err(format!("there is no database at {}", file.display()));
    }
    let to = &asked.to;
    if to.exists() {
        return Err(format!("{} is there already: a backup never overwrites another", to.display()));
    }
    let mut partial = to.clone().into_os_string();
    partial.push(".partial");
    let partial = PathBuf::from(partial);
    fs::create_dir_all(&partial).map_err(at(&partial))?;
    let taken_at = Clock::System.now().and_utc();
    let bar = working("the database")?;
    let database = backup::file_name(&url).to_owned();
    backup::copy(&url, &partial.join(&database)).map_err(|e| format!("the database: {e}"))?;
    bar.finish_and_clear();
    let documents = config::folder_or(&settings.uploads.folder, &asked.place.data_dir, DOCUMENTS);
    let papers = copy_documents(&documents, &partial.join(DOCUMENTS))?;
    let papers = papers.into_iter().map(|name| format!("{DOCUMENTS}/{name}"));
    let files = [database].into_iter().chain(papers).map(|name| {
        let (bytes, sha256) = digest(&partial.join(&name))?;
        Ok(Copied { name, bytes, sha256 })
    });
    let files = files.collect::<Result<Vec<_>, String>>()?;
    let (count, bytes) = (files.len(), files.iter().map(|f| f.bytes).sum());
    let manifest = Manifest { taken_at, version: env!("CARGO_PKG_VERSION").to_owned(), files };
    let text = serde_json::to_string_pretty(&manifest).map_err(|e| e.to_string())?;
    fs::write(partial.join(MANIFEST), text).map_err(at(&partial.join(MANIFEST)))?;
    fs::rename(&partial, to).map_err(at(to))?;
    println!("{}: {count} files, {}. Keys that sign logins are not in it.", to.display(), HumanBytes(bytes));
    Ok(())
}

/// Puts a backup back where there is nothing yet, after every file of it was checked.
#[expect(clippy::print_stdout, reason = "the command's output")]
pub fn restore(asked: &Restore) -> Result<(), String> {
    let (settings, url) = super::place(&asked.place)?;
    let from = &asked.from;
    let manifest = fs::read_to_string(from.join(MANIFEST)).map_err(at(&from.join(MANIFEST)))?;
    let manifest: Manifest =
        serde_json::from_str(&manifest).map_err(|e| format!("{}: this is no backup: {e}", from.display()))?;
    let bar = counting("files checked", manifest.files.len())?;
    for file in &manifest.files {
        let is_ours = !file.name.contains("..") && Path::new(&file.name).is_relative();
        let path = from.join(&file.name);
        if !is_ours || digest(&path)? != (file.bytes, file.sha256.clone()) {
            return Err(format!("{}: it is not as it was when the backup was taken", path.display()));
        }
        bar.inc(1);
    }
    bar.finish_and_clear();
    let database = backup::file_name(&url);
    if !manifest.files.iter().any(|f| f.name == database) {
        return Err(format!("the backup is of another kind of database: it has no {database}"));
    }
    let bar = working("the database")?;
    backup::put_back(&from.join(database), &url).map_err(|e| format!("the database: {e}"))?;
    bar.finish_and_clear();
    let documents = config::folder_or(&settings.uploads.folder, &asked.place.data_dir, DOCUMENTS);
    fs::create_dir_all(&documents).map_err(at(&documents))?;
    for name in names(&from.join(DOCUMENTS))? {
        fs::copy(from.join(DOCUMENTS).join(&name), documents.join(&name)).map_err(at(&documents.join(&name)))?;
    }
    println!(
        "Put back as it was at {}. Start it with `hoicho serve`.",
        manifest.taken_at.format("%Y-%m-%d %H:%M:%S UTC")
    );
    Ok(())
}
