//! The API is compatible with the last released document (docs/released/openapi.json), or CHANGELOG.md has a line that
//! begins with `- Breaking:` and names the operation.
use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

const VERBS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Direction of the data; requests and responses have opposite rules.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Way {
    Asked,
    Answered,
}

struct Comparison<'a> {
    old: &'a Value,
    new: &'a Value,
    found: Vec<String>,
    seen: BTreeSet<(String, String, bool)>,
}

fn resolved<'v>(document: &'v Value, schema: &'v Value) -> &'v Value {
    let mut schema = schema;
    while let Some(to) = schema.get("$ref").and_then(Value::as_str) {
        // A dangling reference in the released document cannot be fixed any more.
        let Some(there) = document.pointer(to.trim_start_matches('#')) else { return &Value::Null };
        schema = there;
    }
    schema
}

fn names(value: Option<&Value>) -> BTreeSet<String> {
    match value {
        Some(Value::Array(all)) => {
            all.iter().map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned)).collect()
        }
        Some(one) => BTreeSet::from([one.as_str().map_or_else(|| one.to_string(), str::to_owned)]),
        None => BTreeSet::new(),
    }
}

/// Properties with their schemas, including those of `allOf`, and the required ones.
fn properties<'v>(document: &'v Value, schema: &'v Value) -> (Map<String, Value>, BTreeSet<String>) {
    let mut all = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    let mut required = names(schema.get("required"));
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        let (more, needed) = properties(document, resolved(document, part));
        all.extend(more);
        required.extend(needed);
    }
    (all, required)
}

impl Comparison<'_> {
    fn note(&mut self, at: &str, what: &str) {
        self.found.push(format!("{at}: {what}"));
    }

    fn schemas(&mut self, at: &str, way: Way, old: &Value, new: &Value) {
        let named = |s: &Value| s.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let pair = (named(old), named(new), way == Way::Asked);
        if !pair.0.is_empty() && !self.seen.insert(pair) {
            return;
        }
        let (documents, old, new) =
            ((self.old, self.new), resolved(self.old, old).clone(), resolved(self.new, new).clone());
        let (before, after) = (names(old.get("type")), names(new.get("type")));
        let fits = match way {
            // Requests must accept all former values; responses must not have new ones.
            Way::Asked => before.is_subset(&after) || after.is_empty(),
            Way::Answered => after.is_subset(&before) || before.is_empty(),
        };
        if !fits {
            self.note(at, &format!("was {before:?}, is {after:?}"));
        }
        let (before, after) = (names(old.get("enum")), names(new.get("enum")));
        if way == Way::Asked && !before.is_empty() && !after.is_empty() && !before.is_subset(&after) {
            self.note(at, &format!("takes no more {:?}", before.difference(&after).collect::<Vec<_>>()));
        }
        let ((before, was_required), (after, is_required)) =
            (properties(documents.0, &old), properties(documents.1, &new));
        for (name, schema) in &before {
            let here = format!("{at}.{name}");
            match after.get(name) {
                None => self.note(&here, "is gone"),
                Some(now) => self.schemas(&here, way, schema, now),
            }
            if way == Way::Answered
                && was_required.contains(name)
                && after.contains_key(name)
                && !is_required.contains(name)
            {
                self.note(&here, "may be missing now");
            }
        }
        if way == Way::Asked {
            for name in is_required.difference(&was_required) {
                self.note(&format!("{at}.{name}"), "is needed now");
            }
        }
        if let (Some(old), Some(new)) = (old.get("items"), new.get("items")) {
            self.schemas(&format!("{at}[]"), way, old, new);
        }
    }

    fn content(&mut self, at: &str, way: Way, old: Option<&Value>, new: Option<&Value>) {
        for (kind, media) in old.and_then(|o| o.get("content")).and_then(Value::as_object).into_iter().flatten() {
            match new.and_then(|n| n.get("content")).and_then(|c| c.get(kind)) {
                None => self.note(at, &format!("no more {kind}")),
                Some(now) => {
                    if let (Some(old), Some(new)) = (media.get("schema"), now.get("schema")) {
                        self.schemas(at, way, old, new);
                    }
                }
            }
        }
    }

    fn operation(&mut self, at: &str, old: &Value, new: &Value) {
        fn listed(operation: &Value) -> Vec<&Value> {
            operation.get("parameters").and_then(Value::as_array).into_iter().flatten().collect()
        }
        let same = |a: &Value, b: &Value| a["name"] == b["name"] && a["in"] == b["in"];
        for parameter in listed(old) {
            let here = format!("{at} ?{}", parameter["name"].as_str().unwrap());
            match listed(new).into_iter().find(|p| same(p, parameter)) {
                None => self.note(&here, "is gone"),
                Some(now) => self.schemas(&here, Way::Asked, &parameter["schema"], &now["schema"]),
            }
        }
        for parameter in listed(new) {
            let before = listed(old).into_iter().find(|p| same(p, parameter));
            if parameter["required"] == json!(true) && before.is_none_or(|p| p["required"] != json!(true)) {
                self.note(&format!("{at} ?{}", parameter["name"].as_str().unwrap()), "is needed now");
            }
        }
        self.content(&format!("{at} body"), Way::Asked, old.get("requestBody"), new.get("requestBody"));
        for (status, response) in old["responses"].as_object().into_iter().flatten().filter(|(s, _)| s.starts_with('2'))
        {
            match new["responses"].get(status) {
                None => self.note(at, &format!("answers no more {status}")),
                Some(now) => self.content(&format!("{at} {status}"), Way::Answered, Some(response), Some(now)),
            }
        }
    }
}

/// Breaking changes from `old` to `new`, each beginning with its operation.
fn breaks(old: &Value, new: &Value) -> Vec<String> {
    let mut comparison = Comparison { old, new, found: Vec::new(), seen: BTreeSet::new() };
    for (path, operations) in old["paths"].as_object().unwrap() {
        for verb in VERBS {
            let Some(operation) = operations.get(verb) else { continue };
            let at = format!("{} {path}", verb.to_uppercase());
            match new["paths"].get(path).and_then(|p| p.get(verb)) {
                None => comparison.note(&at, "is gone"),
                Some(now) => comparison.operation(&at, operation, now),
            }
        }
    }
    comparison.found
}

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
    let silent: Vec<String> = breaks(&released, &current)
        .into_iter()
        .filter(|found| {
            let operation = found.split([':', '?']).next().unwrap().split(" body").next().unwrap().trim();
            let operation = operation.rsplit_once(" 2").map_or(operation, |(operation, _)| operation);
            !declared.iter().any(|line| line.contains(&format!("`{operation}`")))
        })
        .collect();
    assert!(
        silent.is_empty(),
        "these break whoever builds on the API; CHANGELOG.md must say so (- Breaking: `GET /api/v1/…` …):\n{silent:#?}"
    );
}

#[test]
fn breaking_changes_are_detected() {
    let schema = json!({ "type": "object", "required": ["id"], "properties": {
        "id": { "type": "string" }, "kind": { "type": "string", "enum": ["a", "b"] } } });
    let document = |schema: &Value, more: &Value| {
        let media = json!({ "application/json": { "schema": { "$ref": "#/components/schemas/X" } } });
        let mut operation = json!({
            "parameters": [{ "name": "limit", "in": "query", "schema": { "type": "integer" } }],
            "requestBody": { "content": media },
            "responses": { "200": { "content": media }, "404": {} },
        });
        operation.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        json!({ "paths": { "/x": { "post": operation } }, "components": { "schemas": { "X": schema } } })
    };
    let old = document(&schema, &json!({}));
    let with = |at: &str, value: Value| {
        let mut changed = old.clone();
        let (parent, name) = at.rsplit_once('/').unwrap();
        let name = &name.replace("~1", "/");
        let parent = changed.pointer_mut(parent).unwrap().as_object_mut().unwrap();
        match value {
            Value::Null => drop(parent.remove(name.as_str())),
            value => drop(parent.insert(name.to_owned(), value)),
        }
        breaks(&old, &changed).len()
    };
    assert_eq!(breaks(&old, &old), Vec::<String>::new());
    // Additions are compatible.
    assert_eq!(with("/components/schemas/X/properties/more", json!({ "type": "string" })), 0);
    assert_eq!(with("/paths/~1y", json!({ "get": {} })), 0);
    assert_eq!(with("/components/schemas/X/properties/kind/enum", json!(["a", "b", "c"])), 0);
    // Removals and changes are not.
    assert_eq!(with("/paths/~1x", Value::Null), 1);
    assert_eq!(with("/components/schemas/X/properties/kind", Value::Null), 2, "asked and answered");
    assert_eq!(with("/components/schemas/X/properties/id/type", json!("integer")), 2);
    assert_eq!(with("/components/schemas/X/properties/kind/enum", json!(["a"])), 1, "asked");
    assert_eq!(with("/components/schemas/X/required", json!(["id", "kind"])), 1, "asked");
    assert_eq!(with("/components/schemas/X/required", json!([])), 1, "answered");
    assert_eq!(with("/paths/~1x/post/responses/200", Value::Null), 1);
    assert_eq!(with("/paths/~1x/post/responses/404", Value::Null), 0);
    let needed = json!([{ "name": "limit", "in": "query", "required": true, "schema": { "type": "integer" } }]);
    assert_eq!(with("/paths/~1x/post/parameters", needed), 1);
    assert_eq!(with("/paths/~1x/post/parameters", json!([])), 1);
}
