//! Events and actions are spelled in documents and scripts as in the code.
use std::collections::BTreeSet;

use hoicho_web::audit::{AuditAction, EventType, SubjectKind};
use strum::VariantArray;

fn read(file: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

/// The words between quotes.
fn quoted(text: &str, quote: char) -> BTreeSet<&str> {
    text.split(quote).skip(1).step_by(2).collect()
}

#[test]
fn partners_document_lists_all_event_types() {
    let text = read("docs/partners.md");
    let list = text.split("- **Events**:").nth(1).unwrap().split("`data` has").next().unwrap();
    let event_types: BTreeSet<&str> = EventType::VARIANTS.iter().map(|t| t.as_str()).collect();
    assert_eq!(quoted(list, '`'), event_types);
}

#[test]
fn operation_lists_the_public_kinds_of_an_event_stream() {
    let document = hoicho::app::openapi();
    let operation = &document["paths"]["/api/v1/editions/{edition}/events"]["get"];
    let text = format!("{} {}", operation["summary"], operation["description"]);
    let list = text.split("everybody else").nth(1).unwrap().split('.').next().unwrap();
    let kinds: BTreeSet<&str> = SubjectKind::VARIANTS.iter().filter(|k| k.is_public()).map(|k| k.as_str()).collect();
    assert_eq!(quoted(list, '`'), kinds);
}

/// `booth.change` in a document is an action or an event type.
#[test]
fn documents_name_existing_actions() {
    let known: BTreeSet<&str> = AuditAction::VARIANTS
        .iter()
        .map(|a| a.as_str())
        .chain(EventType::VARIANTS.iter().map(|t| t.as_str()))
        .collect();
    let mut files = vec!["README.md".to_owned(), "ARCHITECTURE.md".to_owned(), "openapi.json".to_owned()];
    for entry in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/docs")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if name.ends_with(".md") {
            files.push(format!("docs/{name}"));
        }
    }
    let mut named = 0;
    for file in files {
        let text = read(&file);
        for word in text.split('`') {
            let Some((kind, verb)) = word.split_once('.') else { continue };
            let is_name =
                |s: &str| !s.is_empty() && s != "ftl" && s.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
            if kind.parse::<SubjectKind>().is_ok() && is_name(verb) {
                assert!(known.contains(word), "{file}: {word}");
                named += 1;
            }
        }
    }
    assert!(named > 15, "{named}");
}

#[test]
fn pages_listen_to_existing_kinds() {
    let text = read("src/console/assets/live.js");
    let list = text.split("for (const type of [").nth(1).unwrap().split(']').next().unwrap();
    let types = quoted(list, '"');
    assert!(!types.is_empty());
    for name in types {
        assert!(name.parse::<SubjectKind>().is_ok(), "{name}");
    }
}
