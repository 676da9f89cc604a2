#![no_main]
#[path = "../panic_hook.rs"]
mod panic_hook;
#[path = "../parsers/fair.rs"]
#[expect(dead_code, reason = "the other targets run the rest")]
mod parsers;

libfuzzer_sys::fuzz_target!(
    init: panic_hook::ignore_panics_of_calamine(),
    |bytes: &[u8]| parsers::import_table(bytes)
);
