//! Packages from PyPI, installed once per target folder.
use std::{path::PathBuf, process::Command};

/// Installs a package; returns its folder for `PYTHONPATH`, or `None` if that fails and Python is not required.
pub fn installed(folder: &str, package: &str) -> Option<PathBuf> {
    let tools = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(folder);
    if tools.join("installed").exists() {
        return Some(tools);
    }
    let done = Command::new("python3")
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target"])
        .arg(&tools)
        .arg(package)
        .output();
    if !done.is_ok_and(|done| done.status.success()) {
        assert!(std::env::var_os("HOICHO_TEST_REQUIRE_PYTHON").is_none(), "{package} cannot be installed");
        eprintln!("SKIPPED: {package} cannot be installed (python3 with pip is needed once)");
        return None;
    }
    std::fs::write(tools.join("installed"), "").unwrap();
    Some(tools)
}
