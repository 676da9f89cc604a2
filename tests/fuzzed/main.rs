//! Parsers of untrusted input with the fuzzing corpus (`fuzz/corpus`) and random mutations of it: what libFuzzer does for
//! hours, in seconds and with the stable compiler.
#![expect(clippy::unwrap_used, reason = "a test that breaks should say where")]
#[path = "../../fuzz/parsers/fair.rs"]
mod fair;
#[path = "../../fuzz/parsers/spreadsheet.rs"]
mod spreadsheet;
#[path = "../../fuzz/parsers/web.rs"]
mod web;

use proptest::{collection::vec, prelude::*, sample::Index, test_runner::TestRunner};

fn corpus(name: &str) -> Vec<Vec<u8>> {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(name);
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| std::fs::read(file).unwrap()).collect()
}

#[derive(Debug, Clone)]
enum Edit {
    Put(u8),
    Insert(Vec<u8>),
    Remove,
    Cut,
    Double,
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        any::<u8>().prop_map(Edit::Put),
        vec(any::<u8>(), 1..8).prop_map(Edit::Insert),
        Just(Edit::Remove),
        Just(Edit::Cut),
        Just(Edit::Double),
    ]
}

fn edited(mut bytes: Vec<u8>, edits: &[(Index, Edit)]) -> Vec<u8> {
    for (at, edit) in edits {
        let at = at.index(bytes.len() + 1);
        match edit {
            Edit::Put(byte) => bytes.iter_mut().skip(at).take(1).for_each(|b| *b = *byte),
            Edit::Insert(more) => drop(bytes.splice(at..at, more.iter().copied())),
            Edit::Remove => drop(bytes.drain(at..(at + 1).min(bytes.len().max(at)))),
            Edit::Cut => bytes.truncate(at),
            Edit::Double => {
                let rest: Vec<u8> = bytes.iter().skip(at).take(64).copied().collect();
                drop(bytes.splice(at..at, rest));
            }
        }
    }
    bytes
}

fn run(name: &str, parser: fn(&[u8])) {
    let corpus = corpus(name);
    assert!(corpus.len() >= 3, "{name}: {} files", corpus.len());
    corpus.iter().for_each(|bytes| parser(bytes));
    let changed = (any::<Index>(), vec((any::<Index>(), edit()), 1..6))
        .prop_map(|(which, edits)| edited(which.get(&corpus).clone(), &edits));
    let made_up = prop_oneof![4 => changed, 1 => vec(any::<u8>(), 0..120)];
    TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(1_000) })
        .run(&made_up, |bytes| {
            parser(&bytes);
            Ok(())
        })
        .unwrap();
}

macro_rules! parsers {
    ($($parser:ident::$name:ident: $corpus:literal),+ $(,)?) => { $(
        #[test]
        fn $name() { run($corpus, $parser::$name); }
    )+ };
}

parsers!(
    spreadsheet::table: "table",
    spreadsheet::number: "number",
    spreadsheet::day: "day",
    spreadsheet::hours: "hours",
    spreadsheet::yes_no: "yes_no",
    web::cursor: "cursor",
    web::entity_tag: "entity_tag",
    web::idempotency_key: "idempotency_key",
    web::date: "date",
    fair::import_table: "table",
    fair::booth_pattern: "booth_pattern",
    fair::tax_code: "tax_code",
    fair::document: "document",
);
