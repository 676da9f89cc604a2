//! Comparison of responses with schemas of the OpenAPI document.
use serde_json::Value;

/// Requires that a value is as its schema has it, formats included; `what` names it in the failure.
#[track_caller]
pub fn assert_valid(schema: &Value, value: &Value, what: &str) {
    let validator = jsonschema::options().should_validate_formats(true).build(schema).unwrap();
    let errors: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{what}: {errors:#?}\n{value:#}");
}
