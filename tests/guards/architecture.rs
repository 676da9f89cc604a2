//! Dependencies point one way: between crates, and between the folders of a crate.
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The crates under `src`, lowest first, each with those it may depend on.
pub(super) const CRATES: [(&str, &[&str]); 7] = [
    ("core", &[]),
    ("optimiser", &[]),
    ("spreadsheet", &[]),
    ("web", &["core"]),
    ("fair", &["core", "optimiser", "spreadsheet", "web"]),
    ("console", &["core", "fair", "web"]),
    ("server", &["core", "optimiser", "spreadsheet", "web", "fair", "console"]),
];

/// Ranks of the modules inside a crate: a module uses only modules of lower rank of its crate.
const RANKS: [(&str, &[(&str, u8)]); 4] = [
    ("core", &[("config", 0), ("db", 0), ("metrics", 0), ("states", 1), ("values", 1), ("i18n", 2)]),
    ("web", &[("http", 0), ("audit", 1), ("outbox", 1), ("changes", 2), ("identity", 2), ("response_cache", 3)]),
    (
        "fair",
        &[
            ("organisers", 0),
            ("venues", 0),
            ("localities", 0),
            ("history", 0),
            ("records", 0),
            ("tables", 0),
            ("typed_values", 0),
            ("editions", 1),
            ("organisations", 1),
            ("products", 2),
            ("exhibitors", 2),
            ("floor", 3),
            ("applications", 4),
            ("allocation", 5),
            ("links", 5),
            ("sales", 6),
            ("visits", 6),
            ("merges", 7),
            ("webhooks", 7),
            ("statistics", 7),
            ("mail", 7),
            ("personal_data", 7),
            ("imports", 8),
            ("exports", 8),
            ("archive", 8),
            ("partners", 8),
            ("owners", 9),
        ],
    ),
    ("server", &[("api_changes", 0), ("app", 1), ("jobs", 2), ("sample_data", 3), ("cli", 4), ("main", 5)]),
];

/// Names that follow `prefix` in imports and paths: `x` of `crate::x`, `crate::{x, y::z}`.
fn names_after(source: &str, prefix: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in source.match_indices(prefix) {
        let before = source.get(..at).and_then(|s| s.chars().next_back());
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '$') {
            continue;
        }
        let rest = source.get(at + prefix.len()..).unwrap_or_default();
        let mut depth = 0;
        let (mut word, mut is_first) = (String::new(), true);
        for c in rest.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                c if c.is_alphanumeric() || c == '_' => {
                    if is_first {
                        word.push(c);
                    }
                    continue;
                }
                _ => {}
            }
            if !word.is_empty() {
                names.push(std::mem::take(&mut word));
            }
            is_first = matches!(c, '{' | ',' | ' ' | '\n') && depth == 1;
            if depth <= 0 {
                break;
            }
        }
    }
    names
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

/// The Rust files of a crate.
pub(super) fn sources(name: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    crate::files(&root().join(name), &mut files);
    files.retain(|file| file.extension().is_some_and(|e| e == "rs"));
    files
}

#[test]
fn crates_depend_on_lower_crates_only() {
    let mut wrong = Vec::new();
    for (name, allowed) in CRATES {
        let manifest = match name {
            "server" => root().join("../Cargo.toml"),
            _ => root().join(name).join("Cargo.toml"),
        };
        let text = std::fs::read_to_string(manifest).unwrap();
        let dependencies = text.split("\n[dependencies]\n").nth(1).unwrap().split("\n[").next().unwrap().to_owned();
        for line in dependencies.lines() {
            let Some(other) = line.strip_prefix("hoicho-").and_then(|l| l.split('.').next()) else { continue };
            if !allowed.contains(&other) {
                wrong.push(format!("{name} depends on {other}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn modules_use_lower_modules_only() {
    let (mut wrong, mut uses) = (Vec::new(), 0);
    for (name, ranks) in RANKS {
        let ranks: BTreeMap<&str, u8> = ranks.iter().copied().collect();
        let folder = root().join(name);
        for file in sources(name) {
            let relative = file.strip_prefix(&folder).unwrap();
            let module = relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs");
            if module == "lib" {
                continue;
            }
            let from = ranks.get(module).unwrap_or_else(|| panic!("{name}/{module} has no rank"));
            for other in names_after(&std::fs::read_to_string(&file).unwrap(), "crate::") {
                let Some(to) = ranks.get(other.as_str()) else { continue };
                uses += 1;
                if other != module && to >= from {
                    wrong.push(format!("{name}/{} ({from}) uses {other} ({to})", relative.display()));
                }
            }
        }
    }
    assert!(uses > 100, "only {uses} uses found");
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn names_are_found_in_paths_and_import_blocks() {
    let source = "use crate::{db::{Tx, url}, values};\nfn f() { crate::http::ok() } $crate::skipped!(); mycrate::no()";
    assert_eq!(names_after(source, "crate::"), ["db", "values", "http"]);
}
