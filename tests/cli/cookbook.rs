//! Runs the commands of docs/cookbook.md.
use std::{
    io::Write,
    process::{Command, Stdio},
};

use crate::server::{Server, shown};

#[test]
fn cookbook_commands_work() {
    if Command::new("curl").arg("--version").output().is_err() {
        assert!(std::env::var_os("HOICHO_TEST_REQUIRE_PYTHON").is_none(), "curl is missing");
        eprintln!("SKIPPED the cookbook: curl is missing");
        return;
    }
    let book = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/cookbook.md")).unwrap();
    let blocks: Vec<&str> = book.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert!(blocks.len() > 10, "{}", blocks.len());
    let folder = tempfile::tempdir().unwrap();
    let server = Server::demo(&folder.path().join("demo"), &[]);
    // One shell runs them in order and stops at the first error.
    let mut shell = Command::new("bash")
        .current_dir(folder.path())
        .env("BASE", server.address().url())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let script = blocks.iter().map(|block| format!("set -ex -o pipefail\n{block}\n")).collect::<String>();
    shell.stdin.take().unwrap().write_all(script.as_bytes()).unwrap();
    let done = shell.wait_with_output().unwrap();
    assert!(done.status.success(), "{}\n{}", shown(&done.stdout), shown(&done.stderr));
    server.stop();
}
