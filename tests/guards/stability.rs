//! The API is compatible with the last released document (docs/released/openapi.json), or CHANGELOG.md has a line that
//! begins with `- Breaking:` and names the operation.
use hoicho::api_changes::find_changes;
use serde_json::Value;

fn read(file: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file)).unwrap()
}

#[test]
fn released_api_has_no_undocumented_breaking_change() {
    let released: Value = serde_json::from_str(&read("docs/released/openapi.json")).unwrap();
    let current = hoicho::app::openapi();
    let changelog = read("CHANGELOG.md");
    let unreleased = changelog.split("\n## ").nth(1).unwrap();
    let declared: Vec<&str> = unreleased.lines().filter(|l| l.starts_with("- Breaking:")).collect();
    let silent: Vec<_> = find_changes(&released, &current)
        .into_iter()
        .filter(|change| change.is_breaking)
        .filter(|change| !declared.iter().any(|line| line.contains(&format!("`{}`", change.operation))))
        .collect();
    assert!(
        silent.is_empty(),
        "these break whoever builds on the API; CHANGELOG.md must say so (- Breaking: `GET /api/v1/…` …):\n{silent:#?}"
    );
}
