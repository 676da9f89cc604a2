//! Sources fit on a screen: no line is over 140 characters, and no Rust file is over 500 lines.
use std::path::{Path, PathBuf};

const MAX_CHARACTERS: usize = 140;
const MAX_LINES: usize = 500;
const FOLDERS: [&str; 4] = ["src", "tests", "benches", "fuzz"];
/// Inputs of the fuzz targets, and what building and running them leaves behind.
const GENERATED: [&str; 4] = ["fuzz/artifacts", "fuzz/corpus", "fuzz/coverage", "fuzz/target"];

/// Whether the limit on line length holds for a file. A text file is source only if it is a template; the others are test data.
fn is_source(file: &Path) -> bool {
    match file.extension().and_then(|e| e.to_str()) {
        Some("rs" | "html" | "toml" | "js" | "css") => true,
        Some("txt") => file.components().any(|c| c.as_os_str() == "templates"),
        _ => false,
    }
}

/// Source files with their text, by path from the root of the repository.
fn sources() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    for folder in FOLDERS {
        crate::files(&root.join(folder), &mut files);
    }
    files.sort();
    let mut sources = Vec::new();
    for file in files {
        let path = file.strip_prefix(root).unwrap().to_owned();
        if is_source(&path) && !GENERATED.iter().any(|folder| path.starts_with(folder)) {
            sources.push((path, std::fs::read_to_string(&file).unwrap()));
        }
    }
    sources
}

#[test]
fn no_line_is_over_140_characters() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        for (line, number) in text.lines().zip(1..) {
            let characters = line.chars().count();
            if characters > MAX_CHARACTERS {
                long.push(format!("{}:{number}: {characters} characters", path.display()));
            }
        }
    }
    assert!(long.is_empty(), "{} lines are too long:\n{}", long.len(), long.join("\n"));
}

#[test]
fn no_rust_file_is_over_500_lines() {
    let mut long = Vec::new();
    for (path, text) in sources() {
        let lines = text.lines().count();
        if path.extension().is_some_and(|e| e == "rs") && lines > MAX_LINES {
            long.push(format!("{}: {lines} lines", path.display()));
        }
    }
    assert!(long.is_empty(), "{} files are too long:\n{}", long.len(), long.join("\n"));
}
