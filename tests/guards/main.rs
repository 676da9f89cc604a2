//! Rules for the source tree.
#![expect(clippy::unwrap_used, reason = "a test that breaks should say where")]
mod architecture;
mod events;
mod import_cycles;
mod line_length;
mod messages;
mod openapi;
mod questions;
mod security;
mod stability;

/// All files under a folder.
fn files(folder: &std::path::Path, into: &mut Vec<std::path::PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { files(&path, into) } else { into.push(path) }
    }
}
