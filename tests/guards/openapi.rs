//! The committed OpenAPI document matches the code and is valid.
#[test]
fn openapi_document_is_current() {
    let current = serde_json::to_string_pretty(&hoicho::app::openapi()).unwrap();
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap_or_default();
    assert!(current.trim() == committed.trim(), "openapi.json is stale: cargo run -- openapi > openapi.json");
}

#[test]
fn catalogue_of_errors_is_current() {
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/errors.md")).unwrap_or_default();
    assert!(
        hoicho::cli::errors::catalogue() == committed,
        "docs/errors.md is stale: cargo run -- errors > docs/errors.md"
    );
}

/// Client generators fail on dangling references and duplicate operation identifiers.
#[test]
fn openapi_document_is_valid() {
    let document = hoicho::app::openapi();
    let (mut waiting, mut nowhere) = (vec![&document], Vec::new());
    while let Some(value) = waiting.pop() {
        match value {
            serde_json::Value::Object(all) => {
                if let Some(to) = all.get("$ref").and_then(|r| r.as_str())
                    && document.pointer(to.trim_start_matches('#')).is_none()
                {
                    nowhere.push(to);
                }
                waiting.extend(all.values());
            }
            serde_json::Value::Array(all) => waiting.extend(all),
            _ => {}
        }
    }
    assert!(nowhere.is_empty(), "{nowhere:?}");
    let mut seen = std::collections::BTreeSet::new();
    for operation in document["paths"].as_object().unwrap().values().flat_map(|p| p.as_object().unwrap().values()) {
        let name = operation["operationId"].as_str().unwrap();
        assert!(seen.insert(name), "two operations are called {name}");
    }
}

/// Pages of the console are not operations of the API.
fn sources_of_the_api() -> Vec<std::path::PathBuf> {
    let mut sources = Vec::new();
    crate::files(std::path::Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src")), &mut sources);
    sources.retain(|file| !file.components().any(|part| part.as_os_str() == "console"));
    sources
}

#[test]
fn all_routes_are_documented() {
    let document = hoicho::app::openapi();
    let documented: usize = document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
    let sources = sources_of_the_api();
    let verbs = ["#[get(", "#[post(", "#[put(", "#[patch(", "#[delete("];
    let mounted: usize = sources
        .iter()
        .map(|file| std::fs::read_to_string(file).unwrap_or_default())
        .map(|source| source.lines().filter(|l| verbs.iter().any(|v| l.starts_with(v))).count())
        .sum();
    assert_eq!(documented, mounted);
}

/// A retried `POST` must not be executed twice: all handlers but those of the login (whose responses contain tokens and
/// are not stored) go through `once`.
#[test]
fn post_operations_accept_idempotency_keys() {
    let sources = sources_of_the_api();
    let mut checked = 0;
    for file in sources {
        let source = std::fs::read_to_string(&file).unwrap_or_default();
        for handler in source.split("#[post(").skip(1) {
            let path = handler.split('"').nth(1).unwrap();
            let response = handler.split("->").nth(1).unwrap().split('{').next().unwrap().trim();
            checked += 1;
            assert!(
                path.starts_with("/auth/") || response == "Result<ApiResponse, Problem>",
                "{path} in {}",
                file.display()
            );
        }
    }
    assert!(checked > 40, "{checked}");
}
