//! A folder uses only folders of lower rank: the map of ARCHITECTURE.md, enforced.
use std::{collections::BTreeMap, path::Path};

const RANKS: [(&str, u8); 37] = [
    ("values", 0),
    ("config", 0),
    ("db", 1),
    ("i18n", 1),
    ("metrics", 1),
    ("http", 2),
    ("audit", 2),
    ("outbox", 2),
    ("changes", 3),
    ("identity", 3),
    ("kept", 4),
    ("organisers", 4),
    ("venues", 4),
    ("localities", 4),
    ("history", 4),
    ("editions", 5),
    ("exhibitors", 5),
    ("products", 6),
    ("floor", 7),
    ("applications", 8),
    ("allocation", 9),
    ("sales", 10),
    ("visits", 10),
    ("webhooks", 11),
    ("statistics", 11),
    ("mail", 11),
    ("personal_data", 11),
    ("imports", 12),
    ("archive", 12),
    ("partners", 12),
    ("console", 13),
    ("app", 14),
    ("jobs", 15),
    ("demo", 16),
    ("cli", 17),
    ("main", 18),
    ("lib", 18),
];

/// `crate::x` in an import block or a path, without macros.
fn used(source: &str) -> Vec<String> {
    let mut names = Vec::new();
    for (at, _) in source.match_indices("crate::") {
        let rest = source.get(at + 7..).unwrap_or_default();
        let mut depth = 0;
        let (mut word, mut top) = (String::new(), true);
        for c in rest.chars() {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                c if c.is_alphanumeric() || c == '_' => {
                    if top {
                        word.push(c);
                    }
                    continue;
                }
                _ => {}
            }
            if !word.is_empty() {
                names.push(std::mem::take(&mut word));
            }
            top = matches!(c, '{' | ',' | ' ' | '\n') && depth == 1;
            if depth <= 0 {
                break;
            }
        }
    }
    names
}

#[test]
fn no_arrow_points_up() {
    let ranks: BTreeMap<&str, u8> = RANKS.into_iter().collect();
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"));
    let mut all = Vec::new();
    crate::files(root, &mut all);
    let (mut wrong, mut arrows) = (Vec::new(), 0);
    for file in all {
        let relative = file.strip_prefix(root).unwrap();
        let first =
            relative.components().next().unwrap().as_os_str().to_str().unwrap().trim_end_matches(".rs").to_owned();
        if first == "lib" {
            continue;
        }
        let from = ranks.get(first.as_str()).unwrap_or_else(|| panic!("{first} has no rank"));
        for name in used(&std::fs::read_to_string(&file).unwrap()) {
            let Some(to) = ranks.get(name.as_str()) else { continue };
            arrows += 1;
            // The state of a request is wiring that extractors must name; identifiers name their database type.
            let wiring = name == "app"
                && [
                    "identity",
                    "editions",
                    "localities",
                    "allocation",
                    "console",
                    "partners",
                    "kept",
                    "webhooks",
                    "imports",
                ]
                .contains(&first.as_str());
            let excepted = wiring || (first == "values" && name == "db");
            if name != first && to >= from && !excepted {
                wrong.push(format!("{} ({from}) uses {name} ({to})", relative.display()));
            }
        }
    }
    assert!(arrows > 100, "the reader of imports found only {arrows}");
    assert!(wrong.is_empty(), "{wrong:#?}");
}
