#![no_main]
#[path = "../parsers/spreadsheet.rs"]
#[expect(dead_code, reason = "the other targets run the rest")]
mod parsers;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| parsers::number(bytes));
