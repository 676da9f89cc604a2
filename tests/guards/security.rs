//! Tests and files that docs/security.md names exist.
use std::collections::BTreeSet;

const DOCUMENT: &str = include_str!("../../docs/security.md");

/// Words between backquotes that look like a path of the repository.
fn named() -> impl Iterator<Item = &'static str> {
    DOCUMENT
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| ["src/", "tests/", "config/"].iter().any(|p| word.starts_with(p)))
}

#[test]
fn security_document_names_existing_tests_and_files() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut seen = 0;
    for word in named() {
        let (path, name) = word.split_once("::").map_or((word, None), |(path, name)| (path, Some(name)));
        assert!(root.join(path).exists(), "{word} is not there");
        if let Some(name) = name {
            let source = std::fs::read_to_string(root.join(path)).unwrap();
            assert!(source.contains(&format!("fn {name}(")), "{word} is not there");
        }
        seen += 1;
    }
    assert!(seen > 60, "{seen}");
}

#[test]
fn security_document_covers_each_requirement_once() {
    let rows = DOCUMENT.lines().filter(|line| line.starts_with('|') && line.as_bytes()[2].is_ascii_digit());
    let told: Vec<&str> = rows.flat_map(|row| row.split('|').nth(1).unwrap().split(',')).map(str::trim).collect();
    // Level 1 has 70 requirements, level 2 has 183 more.
    assert_eq!(told.len(), 253);
    assert_eq!(told.iter().collect::<BTreeSet<_>>().len(), 253, "one is there twice");
}
