//! Free space, and whether the folders can be written to.
use std::path::Path;

use indicatif::HumanBytes;
use rustix::fs::{Access, access, statvfs};

use super::{
    files::Files,
    report::{Finding, or_ok},
};

/// Free space that is reported as an error: uploads and the log of the database soon fail.
const MIN_FREE_BYTES: u64 = 256 * 1024 * 1024;
/// Free space that is reported as a warning.
const LOW_FREE_BYTES: u64 = 1024 * 1024 * 1024;

pub(super) fn check(files: &Files) -> Vec<Finding> {
    let of_database = files.database.as_deref().and_then(Path::parent).filter(|folder| !folder.as_os_str().is_empty());
    let mut folders = vec![files.data.as_path(), files.documents.as_path()];
    folders.extend(of_database.filter(|folder| *folder != files.data));
    let findings = folders.iter().flat_map(|folder| check_folder(folder)).collect();
    or_ok(findings, || {
        let free = free_bytes(&files.data).map(HumanBytes).map(|free| free.to_string()).unwrap_or_default();
        format!("{free} free at {}", files.data.display())
    })
}

fn check_folder(folder: &Path) -> Option<Finding> {
    let place = folder.display();
    if !folder.exists() {
        return Some(Finding::Warning(format!("{place} does not exist; the server creates it when it starts")));
    }
    if let Err(error) = access(folder, Access::WRITE_OK | Access::EXEC_OK) {
        return Some(Finding::Error(format!(
            "this user cannot write to {place} ({error}): run as the user of the server, or chown the folder to it"
        )));
    }
    match free_bytes(folder) {
        Err(error) => Some(Finding::Warning(format!("cannot read the free space at {place}: {error}"))),
        Ok(free) => few_bytes(free, &place.to_string()),
    }
}

fn few_bytes(free: u64, place: &str) -> Option<Finding> {
    let finding = if free < MIN_FREE_BYTES { Finding::Error } else { Finding::Warning };
    let sentence = || format!("{} free at {place}; delete files or enlarge the disk", HumanBytes(free));
    (free < LOW_FREE_BYTES).then(|| finding(sentence()))
}

/// Bytes that an unprivileged user may still write.
fn free_bytes(folder: &Path) -> std::io::Result<u64> {
    let disk = statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn little_free_space_is_reported() {
        assert!(matches!(few_bytes(0, "/"), Some(Finding::Error(_))));
        assert!(matches!(few_bytes(MIN_FREE_BYTES, "/"), Some(Finding::Warning(_))));
        assert_eq!(few_bytes(LOW_FREE_BYTES, "/"), None);
    }
}
