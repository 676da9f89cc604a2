//! The program: see `hoicho --help`.
fn main() -> std::process::ExitCode {
    hoicho::cli::main()
}
