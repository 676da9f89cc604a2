#![no_main]
#[path = "../parsers.rs"]
#[expect(dead_code, reason = "the other targets run the rest")]
mod parsers;

libfuzzer_sys::fuzz_target!(
    init: {
        // libFuzzer stops at every panic; one of the library that reads workbooks is caught where it is called
        // (src/imports/sheet.rs).
        let stop = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if !panic.location().is_some_and(|at| at.file().contains("calamine")) {
                stop(panic);
            }
        }));
    },
    |bytes: &[u8]| parsers::table(bytes)
);
