//! What changed between two OpenAPI documents of the API, and whether it breaks clients. The changelog of the API is made from it, and a
//! guard compares the code with the released document.
mod schemas;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
};

use serde_json::{Value, json};

use schemas::{Direction, Schemas, names};

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// A difference between two documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Method and path, or the type of a webhook message.
    pub operation: String,
    /// Parameter, or path of a field in a body; empty for the operation itself.
    pub place: String,
    /// What is different.
    pub what: String,
    /// Whether a client that follows the older document may fail.
    pub is_breaking: bool,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    schemas: Schemas<'a>,
    found: Vec<Change>,
}

fn parameters(operation: &Value, document: &Value) -> BTreeMap<(String, String), (Value, bool)> {
    let listed = operation.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let resolved = listed.map(|parameter| schemas::resolve_reference(document, parameter));
    let text =
        |parameter: &Value, name: &str| parameter.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    resolved
        .map(|parameter| {
            let schema = parameter.get("schema").cloned().unwrap_or_default();
            let is_required = parameter.get("required") == Some(&json!(true));
            ((text(parameter, "in"), text(parameter, "name")), (schema, is_required))
        })
        .collect()
}

impl Comparison<'_> {
    fn add(&mut self, operation: &str, place: &str, what: &str, is_breaking: bool) {
        let (operation, place, what) = (operation.to_owned(), place.to_owned(), what.to_owned());
        self.found.push(Change { operation, place, what, is_breaking });
    }

    fn compare_schemas(&mut self, operation: &str, place: &str, direction: Direction, old: &Value, new: &Value) {
        for found in self.schemas.compare(place, direction, old, new) {
            self.add(operation, &found.place, &found.what, found.is_breaking);
        }
    }

    fn compare_content(
        &mut self,
        operation: &str,
        place: &str,
        direction: Direction,
        old: Option<&Value>,
        new: Option<&Value>,
    ) {
        let content = |of: Option<&Value>| {
            of.and_then(|of| of.get("content")).and_then(Value::as_object).cloned().unwrap_or_default()
        };
        let (before, after) = (content(old), content(new));
        for (media, old) in &before {
            match after.get(media) {
                None => self.add(operation, place, &format!("no longer has `{media}`"), true),
                Some(new) => {
                    if let (Some(old), Some(new)) = (old.get("schema"), new.get("schema")) {
                        self.compare_schemas(operation, place, direction, old, new);
                    }
                }
            }
        }
        for media in after.keys().filter(|media| !before.contains_key(*media)) {
            self.add(operation, place, &format!("has `{media}`"), false);
        }
    }

    fn compare_parameters(&mut self, operation: &str, old: &Value, new: &Value) {
        let (before, after) = (parameters(old, self.old), parameters(new, self.new));
        for (key, (old, was_required)) in &before {
            let place = format!("parameter `{}`", key.1);
            match after.get(key) {
                None => self.add(operation, &place, "is gone", true),
                Some((new, is_required)) => {
                    if *is_required && !was_required {
                        self.add(operation, &place, "is required", true);
                    }
                    self.compare_schemas(operation, &place, Direction::Request, old, new);
                }
            }
        }
        for (key, (_, is_required)) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
            let what = if *is_required { "is new and required" } else { "is new" };
            self.add(operation, &format!("parameter `{}`", key.1), what, *is_required);
        }
    }

    fn compare_operation(&mut self, operation: &str, old: &Value, new: &Value) {
        self.compare_parameters(operation, old, new);
        let (before, after) = (names(old.get("x-scopes")), names(new.get("x-scopes")));
        if before != after {
            let list = |scopes: &BTreeSet<String>| scopes.iter().cloned().collect::<Vec<_>>().join(", ");
            let what = format!("keys need `{}`, before `{}`", list(&after), list(&before));
            self.add(operation, "", &what, !before.is_empty());
        }
        self.compare_content(operation, "request", Direction::Request, old.get("requestBody"), new.get("requestBody"));
        let responses = |of: &Value| of.get("responses").and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (responses(old), responses(new));
        for (status, old) in before.iter().filter(|(status, _)| status.starts_with('2')) {
            let place = format!("response {status}");
            match after.get(status) {
                None => self.add(operation, &place, "is gone", true),
                Some(new) => self.compare_content(operation, &place, Direction::Response, Some(old), Some(new)),
            }
        }
    }

    fn compare_paths(&mut self, section: &str, name: impl Fn(&str, &str) -> String) {
        let paths = |document: &Value| document.get(section).and_then(Value::as_object).cloned().unwrap_or_default();
        let (before, after) = (paths(self.old), paths(self.new));
        let all: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
        for path in all {
            for method in METHODS {
                let of =
                    |paths: &serde_json::Map<String, Value>| paths.get(path).and_then(|item| item.get(method)).cloned();
                let operation = name(method, path);
                match (of(&before), of(&after)) {
                    (Some(old), Some(new)) => self.compare_operation(&operation, &old, &new),
                    (Some(_), None) => self.add(&operation, "", "is gone", true),
                    (None, Some(_)) => self.add(&operation, "", "is new", false),
                    (None, None) => {}
                }
            }
        }
    }
}

/// The changes from `old` to `new`, in the order of the paths.
pub fn find_changes(old: &Value, new: &Value) -> Vec<Change> {
    let mut comparison = Comparison { old, new, schemas: Schemas::new(old, new), found: Vec::new() };
    comparison.compare_paths("paths", |method, path| format!("{} {path}", method.to_uppercase()));
    comparison.compare_paths("webhooks", |_, event| format!("webhook {event}"));
    let problem = json!({ "$ref": "#/components/schemas/ProblemView" });
    comparison.compare_schemas("Problems", "problem", Direction::Response, &problem, &problem);
    comparison.found
}

/// The changes as Markdown: those that break clients, then the others.
pub fn to_markdown(changes: &[Change]) -> String {
    let mut written = String::new();
    for (title, is_breaking) in [("Breaking", true), ("Compatible", false)] {
        let listed: Vec<&Change> = changes.iter().filter(|change| change.is_breaking == is_breaking).collect();
        if listed.is_empty() {
            continue;
        }
        // Writing to a string does not fail.
        let _ = writeln!(written, "### {title}");
        for Change { operation, place, what, .. } in listed {
            let place = if place.is_empty() { String::new() } else { format!(" {place}") };
            let _ = writeln!(written, "- `{operation}`{place} {what}");
        }
        written.push('\n');
    }
    if written.is_empty() { "No changes.\n".to_owned() } else { written }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document(more: &Value) -> Value {
        let schema = json!({ "type": "object", "required": ["id"], "properties": {
            "id": { "type": "string", "maxLength": 20 }, "kind": { "type": "string", "enum": ["a", "b"] },
            "note": { "oneOf": [{ "type": "null" }, { "type": "string", "maxLength": 50 }] } } });
        let media = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/X" } } });
        let mut operation = json!({
            "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer" } }],
            "requestBody": { "content": media },
            "responses": { "200": { "content": media }, "404": {} },
        });
        operation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "paths": { "/x": { "post": operation } }, "components": { "schemas": { "X": schema } } })
    }

    /// Breaking and other changes after `value` is set at `at`, or removed if it is null.
    fn count(at: &str, value: Value) -> (usize, usize) {
        let old = document(&json!({}));
        let mut new = old.clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        let name = &name.replace("~1", "/");
        let parent = new.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => drop(parent.remove(name.as_str())),
            value => drop(parent.insert(name.to_owned(), value)),
        }
        let changes = find_changes(&old, &new);
        let breaking = changes.iter().filter(|change| change.is_breaking).count();
        (breaking, changes.len() - breaking)
    }

    #[test]
    fn additions_are_compatible() {
        let old = document(&json!({}));
        assert_eq!(find_changes(&old, &old), []);
        assert_eq!(count("/components/schemas/X/properties/more", json!({ "type": "string" })), (0, 2));
        assert_eq!(count("/paths/~1y", json!({ "get": {} })), (0, 1));
        assert_eq!(count("/components/schemas/X/properties/kind/enum", json!(["a", "b", "c"])), (0, 2));
        assert_eq!(count("/components/schemas/X/properties/id/maxLength", json!(30)), (0, 0));
        assert_eq!(count("/paths/~1x/post/responses/404", Value::Null), (0, 0));
        assert_eq!(count("/paths/~1x/post/x-scopes", json!(["read:x"])), (0, 1));
    }

    #[test]
    fn removals_and_stricter_rules_break() {
        assert_eq!(count("/paths/~1x", Value::Null), (1, 0));
        assert_eq!(count("/components/schemas/X/properties/kind", Value::Null), (2, 0), "request and response");
        assert_eq!(count("/components/schemas/X/properties/id/type", json!("integer")), (2, 0));
        assert_eq!(count("/components/schemas/X/properties/kind/enum", json!(["a"])), (1, 1), "request");
        assert_eq!(count("/components/schemas/X/properties/id/maxLength", json!(10)), (1, 0), "request");
        assert_eq!(
            count("/components/schemas/X/properties/note", json!({ "type": "string", "maxLength": 50 })),
            (1, 0),
            "request"
        );
        assert_eq!(count("/components/schemas/X/required", json!(["id", "kind"])), (1, 0), "request");
        assert_eq!(count("/components/schemas/X/required", json!([])), (1, 0), "response");
        assert_eq!(count("/paths/~1x/post/responses/200", Value::Null), (1, 0));
        let required = json!([{ "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" } }]);
        assert_eq!(count("/paths/~1x/post/parameters", required), (1, 0));
        assert_eq!(count("/paths/~1x/post/parameters", json!([])), (1, 0));
    }

    #[test]
    fn changes_are_listed_as_markdown() {
        let (old, mut new) = (document(&json!({})), document(&json!({})));
        new["paths"]["/y"] = json!({ "get": {} });
        new["paths"]["/x"]["post"]["parameters"] = json!([]);
        let expected = "### Breaking\n- `POST /x` parameter `limit` is gone\n\n### Compatible\n- `GET /y` is new\n\n";
        assert_eq!(to_markdown(&find_changes(&old, &new)), expected);
        assert_eq!(to_markdown(&[]), "No changes.\n");
    }
}
