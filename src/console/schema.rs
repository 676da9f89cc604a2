//! What a form's fields are, according to the OpenAPI document: names with dots and numbers (`wishes.0.zone`) become the
//! objects and lists of the operation's body, and what is typed becomes the body's types.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Fields of a form as a tree.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    Leaf(Vec<String>),
    Branch(BTreeMap<String, Node>),
}

/// How deep a name may go; no body of ours is deeper.
const DEEPEST: usize = 8;

impl Node {
    fn is_blank(&self) -> bool {
        match self {
            Self::Leaf(values) => values.iter().all(|v| v.trim().is_empty()),
            Self::Branch(children) => children.values().all(Self::is_blank),
        }
    }

    fn put(&mut self, path: &[&str], value: String) {
        match (self, path) {
            (Self::Leaf(values), []) => values.push(value),
            (Self::Branch(children), [first, rest @ ..]) => {
                let new = || if rest.is_empty() { Self::Leaf(Vec::new()) } else { Self::Branch(BTreeMap::new()) };
                children.entry((*first).to_owned()).or_insert_with(new).put(rest, value);
            }
            // A name that is both a value and a group: the first one counts.
            (Self::Leaf(_), _) | (Self::Branch(_), []) => {}
        }
    }
}

/// The bodies of all operations.
pub struct Bodies {
    operations: Vec<(String, Vec<String>, Option<Value>)>,
    schemas: Map<String, Value>,
}

impl Bodies {
    /// Reads an OpenAPI document.
    pub fn of(document: &Value) -> Self {
        let schemas = document.pointer("/components/schemas").and_then(Value::as_object).cloned().unwrap_or_default();
        let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
        let operations = paths
            .flat_map(|(path, operations)| {
                let parts: Vec<String> = path.split('/').map(str::to_owned).collect();
                operations.as_object().into_iter().flatten().map(move |(method, operation)| {
                    let body = operation.pointer("/requestBody/content/application~1json/schema").cloned();
                    (method.to_uppercase(), parts.clone(), body)
                })
            })
            .collect();
        Self { operations, schemas }
    }

    /// The body of the operation at `path` made of a form's fields; `None` for an operation without one.
    pub fn body(&self, method: &str, path: &str, fields: &[(String, String)]) -> Option<Value> {
        let parts: Vec<&str> = path.split('/').collect();
        let fits = |pattern: &[String]| {
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(|(p, part)| p.starts_with('{') || p == part)
        };
        let exact = |pattern: &[String]| pattern.iter().filter(|p| !p.starts_with('{')).count();
        let found = self.operations.iter().filter(|(m, pattern, _)| m == method && fits(pattern));
        let schema = found.max_by_key(|(_, pattern, _)| exact(pattern))?.2.as_ref()?;
        let mut root = Node::Branch(BTreeMap::new());
        for (name, value) in fields {
            let path: Vec<&str> = name.split('.').take(DEEPEST).collect();
            root.put(&path, value.clone());
        }
        Some(self.value(&root, schema, method == "PATCH").unwrap_or_else(|| Value::Object(Map::new())))
    }

    /// Follows references, and looks through what only says that `null` is possible too.
    fn resolve<'a>(&'a self, schema: &'a Value) -> (&'a Value, bool) {
        let (mut schema, mut nullable) = (schema, false);
        for _ in 0..DEEPEST {
            if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
                let name = name.rsplit('/').next().unwrap_or_default();
                let Some(found) = self.schemas.get(name) else { break };
                schema = found;
                continue;
            }
            let variants = ["oneOf", "anyOf", "allOf"].iter().find_map(|k| schema.get(*k)).and_then(Value::as_array);
            let is_null = |v: &&Value| v.get("type").and_then(Value::as_str) == Some("null");
            let Some(variants) = variants else { break };
            let others: Vec<&Value> = variants.iter().filter(|v| !is_null(v)).collect();
            nullable |= others.len() < variants.len();
            let [only] = others.as_slice() else { break };
            schema = only;
        }
        let types = schema.get("type").and_then(Value::as_array);
        nullable |= types.is_some_and(|types| types.iter().any(|t| t == "null"));
        (schema, nullable)
    }

    fn value(&self, node: &Node, schema: &Value, is_patch: bool) -> Option<Value> {
        let (schema, nullable) = self.resolve(schema);
        let of_type = |name: &str| match schema.get("type") {
            Some(Value::String(t)) => t == name,
            Some(Value::Array(types)) => types.iter().any(|t| t == name),
            _ => false,
        };
        match node {
            Node::Leaf(values) if of_type("array") => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                let leaves = values.iter().filter(|v| !v.trim().is_empty());
                let leaves = leaves.filter_map(|v| self.value(&Node::Leaf(vec![v.clone()]), items, false));
                Some(Value::Array(leaves.collect()))
            }
            Node::Leaf(values) => {
                // The last of several: a box that is ticked comes after the hidden field that says it is not.
                let typed = values.last().map(|v| v.trim()).unwrap_or_default();
                if typed.is_empty() && nullable {
                    return is_patch.then_some(Value::Null);
                }
                if of_type("integer") || of_type("number") {
                    return (!typed.is_empty()).then(|| number(typed));
                }
                if of_type("boolean") {
                    return Some(Value::Bool(matches!(typed, "true" | "on" | "1")));
                }
                Some(Value::String(typed.to_owned()))
            }
            Node::Branch(children) if of_type("array") => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                let mut rows: Vec<(u32, &Node)> =
                    children.iter().filter_map(|(name, child)| Some((name.parse().ok()?, child))).collect();
                rows.sort_by_key(|(n, _)| *n);
                let rows = rows.into_iter().filter(|(_, row)| !row.is_blank());
                Some(Value::Array(rows.filter_map(|(_, row)| self.value(row, items, false)).collect()))
            }
            Node::Branch(children) => {
                if node.is_blank() && nullable {
                    return is_patch.then_some(Value::Null);
                }
                let properties = self.properties(schema, children);
                let value = |(name, child): (&String, &Node)| {
                    let of = properties.and_then(|p| p.get(name)).unwrap_or(&Value::Null);
                    Some((name.clone(), self.value(child, of, is_patch)?))
                };
                Some(Value::Object(children.iter().filter_map(value).collect()))
            }
        }
    }

    /// The properties of an object; of one of several kinds, those of the kind that has all the names given.
    fn properties<'a>(&'a self, schema: &'a Value, named: &BTreeMap<String, Node>) -> Option<&'a Map<String, Value>> {
        let own = |schema: &'a Value| schema.get("properties").and_then(Value::as_object);
        if let Some(properties) = own(schema) {
            return Some(properties);
        }
        let variants = ["oneOf", "anyOf"].iter().find_map(|k| schema.get(*k)).and_then(Value::as_array)?;
        let mut kinds = variants.iter().filter_map(|v| own(self.resolve(v).0));
        kinds.find(|properties| named.keys().all(|name| properties.contains_key(name)))
    }
}

/// A number as people type it: `8.500.000`, `8 500 000 đ`. What is no number stays as it is, and is refused as such.
fn number(typed: &str) -> Value {
    let plain: String =
        typed.chars().filter(|c| !c.is_whitespace() && !matches!(c, '.' | ',' | 'đ' | '₫' | '\u{a0}')).collect();
    plain.parse::<i64>().map_or_else(|_| Value::String(typed.to_owned()), Value::from)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn bodies() -> Bodies {
        Bodies::of(&json!({
            "paths": {
                "/x/{id}": { "post": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/X" } } } } },
                             "patch": { "requestBody": { "content": { "application/json": { "schema": { "$ref": "#/components/schemas/X" } } } } } },
                "/x/{id}/days": { "put": { "requestBody": { "content": { "application/json": { "schema": { "type": "array", "items": { "$ref": "#/components/schemas/Day" } } } } } } },
                "/x/{id}/go": { "post": {} },
            },
            "components": { "schemas": {
                "X": { "type": "object", "properties": {
                    "name": { "type": "string" },
                    "amount": { "type": ["integer", "null"] },
                    "apart": { "type": "boolean" },
                    "booths": { "type": "array", "items": { "type": "string" } },
                    "wishes": { "type": "array", "items": { "oneOf": [
                        { "type": "object", "properties": { "zone": { "type": "string" } } },
                        { "type": "object", "properties": { "place": { "type": "integer" } } },
                    ] } },
                    "size": { "oneOf": [{ "type": "null" }, { "$ref": "#/components/schemas/Size" }] },
                } },
                "Size": { "type": "object", "properties": { "wide": { "type": "integer" } } },
                "Day": { "type": "object", "properties": { "day": { "type": "string" }, "seats": { "type": "integer" } } },
            } },
        }))
    }

    fn body(method: &str, path: &str, fields: &[(&str, &str)]) -> Option<Value> {
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        bodies().body(method, path, &fields)
    }

    #[test]
    fn what_is_typed_gets_the_type_of_the_body() {
        let typed = [
            ("name", " A "),
            ("amount", "8.500.000 đ"),
            ("apart", "false"),
            ("apart", "true"),
            ("booths", "1"),
            ("booths", "2"),
        ];
        let made = body("POST", "/x/1", &typed).unwrap();
        assert_eq!(made, json!({ "name": "A", "amount": 8_500_000, "apart": true, "booths": ["1", "2"] }));
        assert_eq!(body("POST", "/x/1", &[("amount", "nhiều")]).unwrap(), json!({ "amount": "nhiều" }));
    }

    #[test]
    fn what_is_left_blank_is_left_out_and_taken_away_by_a_patch() {
        assert_eq!(body("POST", "/x/1", &[("amount", ""), ("size.wide", "")]).unwrap(), json!({}));
        assert_eq!(
            body("PATCH", "/x/1", &[("amount", ""), ("size.wide", "")]).unwrap(),
            json!({ "amount": null, "size": null })
        );
        assert_eq!(body("POST", "/x/1", &[("booths", "")]).unwrap(), json!({ "booths": [] }));
    }

    #[test]
    fn numbered_names_become_lists_in_the_order_of_their_numbers() {
        let typed = [("10.day", "b"), ("2.day", "a"), ("2.seats", "3"), ("3.day", ""), ("3.seats", "")];
        assert_eq!(body("PUT", "/x/1/days", &typed).unwrap(), json!([{ "day": "a", "seats": 3 }, { "day": "b" }]));
        let typed = [("wishes.0.zone", "z"), ("wishes.1.place", "7")];
        assert_eq!(body("POST", "/x/1", &typed).unwrap(), json!({ "wishes": [{ "zone": "z" }, { "place": 7 }] }));
    }

    #[test]
    fn an_operation_without_a_body_gets_none_and_a_strange_name_breaks_nothing() {
        assert_eq!(body("POST", "/x/1/go", &[("a", "b")]), None);
        let typed = [("a", "1"), ("a.b", "2"), ("c.d.e.f.g.h.i.j.k.l", "3"), ("", "4"), (".", "5")];
        assert!(body("POST", "/x/1", &typed).unwrap().is_object());
    }
}
