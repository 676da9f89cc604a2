//! Files that the program creates are its user's alone, whatever the umask; a backup restores what its manifest names and nothing else.
use std::{
    fs,
    os::unix::fs::{PermissionsExt, symlink},
    path::{Path, PathBuf},
};

use rustix::{fs::Mode, process::umask};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{
    server::{Server, hoicho, shown},
    wait::wait_until,
};

/// All files and folders in a folder.
fn all_in(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_in(&path));
        }
        found.push(path);
    }
    found
}

/// Those that group or others may use.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mode = |path: &Path| fs::symlink_metadata(path).unwrap().permissions().mode() & 0o777;
    let open = all_in(folder).into_iter().filter(|path| mode(path) & 0o077 != 0);
    open.map(|path| format!("{} {:o}", path.display(), mode(&path))).collect()
}

fn run(folder: &Path, arguments: &[&str]) -> (bool, String) {
    let done = hoicho(folder).args(arguments).output().unwrap();
    (done.status.success(), shown(&done.stdout) + &shown(&done.stderr))
}

#[test]
fn everything_that_the_program_creates_is_private() {
    umask(Mode::from_raw_mode(0o022));
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let server = Server::start(&data, &["serve"], &[]);
    let account = json!({ "email": "lan@example.vn", "password": "một câu rất dài", "display_name": "Lan" });
    server.address().call("POST", "/auth/register", None, Some(&account));
    wait_until("the e-mail is a file", || data.join("mail").read_dir().is_ok_and(|mut files| files.next().is_some()));
    let names: Vec<String> = all_in(&data).iter().map(|path| path.display().to_string()).collect();
    for part in ["hoicho.sqlite", "hoicho.sqlite-wal", "hoicho.sqlite-shm", "/mail/", "/keys/access-", "/documents"] {
        assert!(names.iter().any(|name| name.contains(part)), "no {part}: {names:?}");
    }
    assert_eq!(open_to_others(&data), [""; 0]);
    // A document that an older version left readable is copied without its mode.
    let paper = data.join("documents/0198a3f2-0000-7000-8000-000000000001");
    fs::write(&paper, "%PDF-1.7").unwrap();
    assert_eq!(open_to_others(&data).len(), 1, "the umask of this test is an open one");
    let backup = folder.path().join("backup");
    let at = ["--data-dir", data.to_str().unwrap()];
    let (good, said) = run(folder.path(), &[&["backup", backup.to_str().unwrap()], &at[..]].concat());
    assert!(good, "{said}");
    server.stop();
    assert_eq!(open_to_others(&backup), [""; 0]);
    let other = folder.path().join("other");
    let at = ["--data-dir", other.to_str().unwrap()];
    let (good, said) = run(folder.path(), &[&["restore", backup.to_str().unwrap()], &at[..]].concat());
    assert!(good, "{said}");
    assert_eq!(open_to_others(folder.path()).len(), 2, "the data folder, which this test made, and the old document");
    assert_eq!(fs::read_to_string(other.join("documents/0198a3f2-0000-7000-8000-000000000001")).unwrap(), "%PDF-1.7");
}

/// Adds a file to the manifest of a backup.
fn add_to_manifest(backup: &Path, name: &str, content: &[u8]) {
    let file = backup.join("manifest.json");
    let mut manifest: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    let sha256: String = Sha256::digest(content).iter().map(|byte| format!("{byte:02x}")).collect();
    let entry = json!({ "name": name, "bytes": content.len(), "sha256": sha256 });
    manifest["files"].as_array_mut().unwrap().push(entry);
    fs::write(file, manifest.to_string()).unwrap();
}

#[test]
fn restore_follows_no_links_and_takes_only_what_the_manifest_names() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let at = ["--data-dir", data.to_str().unwrap()];
    let (good, said) = run(folder.path(), &[&["migrate"], &at[..]].concat());
    assert!(good, "{said}");
    let backup = folder.path().join("backup");
    let (good, said) = run(folder.path(), &[&["backup", backup.to_str().unwrap()], &at[..]].concat());
    assert!(good, "{said}");
    let restore = |to: &str| {
        let to = folder.path().join(to);
        run(folder.path(), &["restore", backup.to_str().unwrap(), "--data-dir", to.to_str().unwrap()])
    };
    // A file that the manifest does not name, and one beside the database that SQLite would read.
    fs::write(backup.join("documents/planted"), "planted").unwrap();
    fs::write(backup.join("database.sqlite-wal"), "planted").unwrap();
    let (good, said) = restore("first");
    assert!(good, "{said}");
    assert!(!folder.path().join("first/documents/planted").exists());
    assert_eq!(fs::read(backup.join("database.sqlite-wal")).unwrap(), b"planted", "it was not opened");
    // A link to a secret of this machine, with its digest.
    let secret = folder.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    symlink(&secret, backup.join("documents/paper")).unwrap();
    let before = fs::read(backup.join("manifest.json")).unwrap();
    add_to_manifest(&backup, "documents/paper", b"secret");
    let (good, said) = restore("second");
    assert!(!good && said.contains("paper"), "{said}");
    assert!(!folder.path().join("second/documents/paper").exists());
    assert!(!folder.path().join("second/hoicho.sqlite").exists(), "nothing is restored of a backup that is not one");
    // Names that lead out of the folder.
    fs::remove_file(backup.join("documents/paper")).unwrap();
    for name in ["documents/../../secret", "/etc/hostname", "documents/a/b", "../secret", "documents/"] {
        fs::write(backup.join("manifest.json"), &before).unwrap();
        add_to_manifest(&backup, name, b"secret");
        let (good, said) = restore("third");
        assert!(!good && said.contains("no file of a backup has the name"), "{name}: {said}");
    }
    // A folder of documents that is a link, and a target that is one.
    fs::write(backup.join("manifest.json"), &before).unwrap();
    add_to_manifest(&backup, "documents/paper", b"paper");
    fs::write(backup.join("documents/paper"), "paper").unwrap();
    fs::create_dir_all(folder.path().join("fourth/documents")).unwrap();
    symlink(&secret, folder.path().join("fourth/documents/paper")).unwrap();
    let (good, said) = restore("fourth");
    assert!(good, "{said}");
    assert_eq!(fs::read_to_string(folder.path().join("fourth/documents/paper")).unwrap(), "paper");
    assert_eq!(fs::read_to_string(&secret).unwrap(), "secret", "the link was replaced, not followed");
    fs::rename(backup.join("documents"), folder.path().join("elsewhere")).unwrap();
    symlink(folder.path().join("elsewhere"), backup.join("documents")).unwrap();
    let (good, said) = restore("fifth");
    assert!(!good && said.contains("a link instead of a folder"), "{said}");
}
