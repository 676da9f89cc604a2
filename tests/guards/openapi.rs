//! The committed OpenAPI document is what the code says.
#[test]
fn the_committed_document_is_current() {
    let current = hoicho::app::openapi().to_pretty_json().unwrap();
    let committed = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.json")).unwrap_or_default();
    assert!(current.trim() == committed.trim(), "openapi.json is stale: cargo run -- openapi > openapi.json");
}

#[test]
fn every_route_of_the_sources_is_documented() {
    let document = serde_json::to_value(hoicho::app::openapi()).unwrap();
    let documented: usize = document["paths"].as_object().unwrap().values().map(|p| p.as_object().unwrap().len()).sum();
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut mounted = 0;
    for entry in std::fs::read_dir(root).unwrap() {
        let routes = entry.unwrap().path().join("routes.rs");
        let source = std::fs::read_to_string(routes).unwrap_or_default();
        mounted += source.lines().filter(|l| ["#[get(", "#[post(", "#[put("].iter().any(|v| l.starts_with(v))).count();
    }
    assert_eq!(documented, mounted);
}
