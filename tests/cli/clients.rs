//! Clients generated from openapi.json by third-party tools, compiled and used against the demo.
use std::{
    path::{Path, PathBuf},
    process::Command,
};

use serde_json::{Value, json};

use crate::{
    python::installed,
    server::{Server, login, shown},
};

const HERE: &str = env!("CARGO_MANIFEST_DIR");

fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn run(command: &mut Command) -> String {
    let done = command.output().unwrap_or_else(|e| panic!("{command:?}: {e}"));
    assert!(done.status.success(), "{command:?}\n{}\n{}", shown(&done.stdout), shown(&done.stderr));
    shown(&done.stdout)
}

/// Compares the output of a client with the demo's data.
fn check(printed: &str, made: &str) {
    let found: Value = serde_json::from_str(printed.trim()).unwrap_or_else(|e| panic!("{e}: {printed}"));
    let expected = json!({
        "editions": 4, "booths": 460, "let": 460, "changed": 0, "sales": 9_557_600_000_i64, "made": made,
        "fault": "/name", "missing": "not_found",
    });
    assert_eq!(found, expected);
}

/// A server with the demo, an access token, and the organiser's identifier.
fn demo(folder: &Path) -> (Server, String, String) {
    let server = Server::demo(&folder.join("demo"), &[]);
    let token = login(&server);
    let organiser = server.get("/organisers", Some(&token))["items"][0]["id"].as_str().unwrap().to_owned();
    (server, token, organiser)
}

#[test]
fn typescript_client_compiles_and_works() {
    let at = folder("typescript");
    if !at.join("node_modules/typescript").exists() {
        let packages = ["openapi-typescript@7", "openapi-fetch@0.14", "typescript@5", "@types/node@20"];
        if !installed_from_npm(&at, &packages) {
            return;
        }
    }
    let tool = |name: &str| at.join("node_modules/.bin").join(name);
    let document = Path::new(HERE).join("openapi.json");
    run(Command::new(tool("openapi-typescript")).arg(document).args(["-o", "schema.d.ts"]).current_dir(&at));
    std::fs::copy(Path::new(HERE).join("tests/cli/clients/use.ts"), at.join("use.ts")).unwrap();
    std::fs::write(at.join("package.json"), r#"{ "type": "module", "private": true }"#).unwrap();
    run(Command::new(tool("tsc"))
        .args([
            "--strict",
            "--noUncheckedIndexedAccess",
            "--target",
            "es2022",
            "--module",
            "nodenext",
            "--types",
            "node",
            "use.ts",
        ])
        .current_dir(&at));
    let folder = tempfile::tempdir().unwrap();
    let (server, token, organiser) = demo(folder.path());
    let printed =
        run(Command::new("node").arg("use.js").args([server.address().url(), &token, &organiser]).current_dir(&at));
    check(&printed, "Từ TypeScript");
    server.stop();
}

/// Installs packages of npm once; `false` if that is not possible and not required.
fn installed_from_npm(at: &Path, packages: &[&str]) -> bool {
    let installed = Command::new("npm")
        .args(["install", "--no-audit", "--no-fund", "--ignore-scripts"])
        .args(packages)
        .current_dir(at)
        .output();
    if installed.is_ok_and(|done| done.status.success()) {
        return true;
    }
    assert!(std::env::var_os("HOICHO_TEST_REQUIRE_CHROMIUM").is_none(), "{packages:?} cannot be installed");
    eprintln!("SKIPPED: {packages:?} cannot be installed (npm is needed once)");
    false
}

/// Two linters, with their recommended rules and no exception.
#[test]
fn linters_find_nothing_in_the_document() {
    let at = folder("linters");
    let tool = |name: &str| at.join("node_modules/.bin").join(name);
    let packages = ["@redocly/cli@2", "@stoplight/spectral-cli@6"];
    if !tool("spectral").exists() && !installed_from_npm(&at, &packages) {
        return;
    }
    let document = Path::new(HERE).join("openapi.json");
    std::fs::write(at.join("rules.yaml"), "extends: [\"spectral:oas\"]\n").unwrap();
    let spectral = ["lint", "--ruleset", "rules.yaml", "--fail-severity", "hint"];
    run(Command::new(tool("spectral")).args(spectral).arg(&document).current_dir(&at));
    let redocly = ["lint", "--extends", "recommended", "--format", "json"];
    let found = run(Command::new(tool("redocly")).args(redocly).arg(&document).current_dir(&at));
    let found: Value = serde_json::from_str(found.get(found.find('{').unwrap()..).unwrap()).unwrap();
    assert_eq!((&found["totals"]["errors"], &found["totals"]["warnings"]), (&json!(0), &json!(0)), "{found}");
}

#[test]
fn python_client_is_generated_and_works() {
    let at = folder("python");
    let Some(tools) = installed("python/tools", "openapi-python-client==0.29.*") else { return };
    let client = at.join("client");
    std::fs::create_dir_all(&client).unwrap();
    run(Command::new("python3")
        .args(["-m", "openapi_python_client", "generate", "--overwrite", "--meta", "none", "--path"])
        .arg(Path::new(HERE).join("openapi.json"))
        .arg("--output-path")
        .arg(client.join("hoicho_client"))
        .env("PYTHONPATH", &tools));
    let folder = tempfile::tempdir().unwrap();
    let (server, token, organiser) = demo(folder.path());
    let paths = std::env::join_paths([&tools, &client]).unwrap();
    let printed = run(Command::new("python3")
        .arg(Path::new(HERE).join("tests/cli/clients/use.py"))
        .args([server.address().url(), &token, &organiser])
        .env("PYTHONPATH", paths));
    check(&printed, "Từ Python");
    server.stop();
}
