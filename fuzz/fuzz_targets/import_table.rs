#![no_main]
#[path = "../parsers/fair.rs"]
#[expect(dead_code, reason = "the other targets run the rest")]
mod parsers;

libfuzzer_sys::fuzz_target!(
    init: {
        // libFuzzer stops at every panic. A panic of calamine is not an error: `src/spreadsheet/sheet.rs` catches it.
        let report = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|at| at.file().contains("calamine")) {
                report(panic);
            }
        }));
    },
    |bytes: &[u8]| parsers::import_table(bytes)
);
