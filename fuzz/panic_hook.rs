/// libFuzzer stops at every panic. A panic of calamine is not an error: `src/spreadsheet/sheet.rs` catches it.
pub fn ignore_panics_of_calamine() {
    let report = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !panic.location().is_some_and(|at| at.file().contains("calamine")) {
            report(panic);
        }
    }));
}
