//! Who may read secrets and personal data, and whether the server's user owns its files.
use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
};

use secrecy::ExposeSecret;

use super::{
    files::Files,
    report::{Finding, or_ok},
};
use hoicho_core::{
    config,
    db::{inspect::with_suffix, url::has_password},
};
use hoicho_web::identity::token;

/// Mode bits of group and others.
const GROUP_AND_OTHERS: u32 = 0o077;
/// Mode bits of others. The package lets the group list the data folder.
const OTHERS: u32 = 0o007;
/// Write bits of group and others.
const WRITE: u32 = 0o022;

pub(super) fn check(files: &Files) -> Vec<Finding> {
    let mut findings = Vec::new();
    findings.extend(too_open(&files.data, OTHERS, "the data folder", "750"));
    findings.extend(too_open(&files.keys, WRITE, "the folder of signing keys", "700"));
    let keys = token::key_files(&files.keys);
    if let Err(error) = &keys {
        findings.push(Finding::Error(format!(
            "cannot read {}: {error}; run as the user of the server, or chown the folder to it",
            files.keys.display()
        )));
    }
    let keys = keys.unwrap_or_default();
    let databases: Vec<PathBuf> =
        files.database.iter().flat_map(|file| ["", "-wal", "-shm"].map(|s| with_suffix(file, s))).collect();
    let private =
        keys.iter().map(|key| (key, "a signing key")).chain(databases.iter().map(|file| (file, "the database")));
    for (file, what) in private {
        findings.extend(too_open(file, GROUP_AND_OTHERS, what, "600"));
        findings.extend(foreign_owner(file, &files.data));
    }
    if let Some(settings) = &files.settings {
        if has_secrets(settings) {
            findings.extend(open_mode(settings, GROUP_AND_OTHERS).map(|mode| {
                let path = settings.display();
                // The server's user may not be the owner: `chmod` alone could keep it from reading its settings.
                Finding::Error(format!(
                    "the settings file {path} has a password and is open to other users (mode {mode:o}): pass the password as \
                     an environment variable, or chown the file to the user of the server and chmod 600 {path}"
                ))
            }));
        }
        // The file of secrets that the systemd unit reads.
        let environment = settings.with_file_name("environment");
        findings.extend(too_open(&environment, GROUP_AND_OTHERS, "the file of secrets", "600"));
    }
    or_ok(findings, || "keys, settings and data are readable by their owner only".to_owned())
}

/// The mode of a file if it has one of `bits` and those users can reach the file; `None` for a file that does not exist.
fn open_mode(path: &Path, bits: u32) -> Option<u32> {
    let mode = fs::metadata(path).ok()?.mode() & 0o777;
    let parent = path.parent().and_then(|folder| fs::metadata(folder).ok()).map_or(0o777, |folder| folder.mode());
    (mode & bits & reachable_bits(parent) != 0).then_some(mode)
}

/// An error if the file is open to the users of `bits`.
fn too_open(path: &Path, bits: u32, what: &str, right_mode: &str) -> Option<Finding> {
    let mode = open_mode(path, bits)?;
    let path = path.display();
    Some(Finding::Error(format!("{what} {path} is open to other users (mode {mode:o}): chmod {right_mode} {path}")))
}

/// The mode bits of those who can reach the files of a folder with this mode: group and others need the right to search it.
fn reachable_bits(folder_mode: u32) -> u32 {
    let group = if folder_mode & 0o010 == 0 { 0 } else { 0o070 };
    let others = if folder_mode & 0o001 == 0 { 0 } else { 0o007 };
    group | others
}

/// An error if a file in the data folder has another owner than the folder, which is the user of the server.
fn foreign_owner(file: &Path, data: &Path) -> Option<Finding> {
    let (owner, expected) = (fs::metadata(file).ok()?.uid(), fs::metadata(data).ok()?.uid());
    (owner != expected && file.starts_with(data)).then(|| {
        let (file, data) = (file.display(), data.display());
        Finding::Error(format!(
            "{file} has another owner than {data}, so the server cannot use it: chown --reference={data} {file}"
        ))
    })
}

/// Whether the settings file itself contains a password.
fn has_secrets(file: &Path) -> bool {
    let value = |setting| config::read_from_file(file, setting);
    ["mail.smtp_password", "sso.client_secret"]
        .into_iter()
        .any(|setting| value(setting).is_some_and(|secret| !secret.expose_secret().is_empty()))
        || ["database.url", "database.replica_url"]
            .into_iter()
            .any(|setting| value(setting).is_some_and(|url| has_password(url.expose_secret())))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }

    #[test]
    fn file_is_open_if_its_mode_and_its_folder_are() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.pem");
        fs::write(&file, "").unwrap();
        let is_open = |folder_mode, file_mode| {
            set_mode(folder.path(), folder_mode);
            set_mode(&file, file_mode);
            open_mode(&file, GROUP_AND_OTHERS).is_some()
        };
        assert!(is_open(0o755, 0o644) && is_open(0o755, 0o640) && is_open(0o750, 0o644) && is_open(0o750, 0o640));
        assert!(!is_open(0o755, 0o600) && !is_open(0o700, 0o644) && !is_open(0o750, 0o604));
        assert_eq!(open_mode(&folder.path().join("missing"), GROUP_AND_OTHERS), None);
    }

    #[test]
    fn settings_with_a_password_are_secret() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("hoicho.toml");
        for (text, expected) in [
            ("", false),
            ("[mail]\nsmtp_password = ''", false),
            ("[mail]\nsmtp_password = 'a'", true),
            ("[sso]\nclient_secret = 'a'", true),
            ("[database]\nurl = 'postgres://hoicho@/hoicho?host=/run/postgresql'", false),
            ("[database]\nurl = 'postgres://hoicho:a@/hoicho'", true),
            ("[database]\nreplica_url = 'postgres://hoicho:a@/hoicho'", true),
        ] {
            fs::write(&file, text).unwrap();
            assert_eq!(has_secrets(&file), expected, "{text}");
        }
    }
}
