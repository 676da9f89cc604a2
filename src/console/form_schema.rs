//! Converts form fields to a JSON request body, using the schemas of the OpenAPI document: dotted and numbered names
//! (`wishes.0.zone`) become objects and arrays, and values are converted to the types of the schema. Numbers are read by the
//! parser of everything that people type; what it refuses is an error of its field.
use std::collections::BTreeMap;

use serde_json::{Map, Value};

use hoicho_core::i18n::LocalizedText;
use hoicho_fair::typed_values::{QuantityName, parse_plain};

/// Errors by name of the form field.
pub type FieldErrors = Vec<(String, LocalizedText)>;

/// What the integers of a property count. Amounts on pages are in VND; areas are typed in m² and sent in square decimetres.
fn quantity_of(property: &str) -> QuantityName {
    match property.rsplit('.').next().unwrap_or(property) {
        "amount" | "ocop_amount" | "fee" | "declared_sales" => QuantityName::Money,
        name if name.ends_with("_dm2") => QuantityName::Area,
        _ => QuantityName::Count,
    }
}

/// Name of a child in the form: `wishes.0`.
fn join(parent: &str, child: &str) -> String {
    if parent.is_empty() { child.to_owned() } else { format!("{parent}.{child}") }
}

/// Tree of form fields.
#[derive(Debug, Clone, PartialEq)]
enum Node {
    Leaf(Vec<String>),
    Branch(BTreeMap<String, Node>),
}

/// Maximum nesting depth of a field name and of a schema reference; no request body is deeper.
const MAX_DEPTH: usize = 8;

impl Node {
    fn is_blank(&self) -> bool {
        match self {
            Self::Leaf(values) => values.iter().all(|v| v.trim().is_empty()),
            Self::Branch(children) => children.values().all(Self::is_blank),
        }
    }

    fn insert(&mut self, path: &[&str], value: String) {
        match (self, path) {
            (Self::Leaf(values), []) => values.push(value),
            (Self::Branch(children), [first, rest @ ..]) => {
                let new = || if rest.is_empty() { Self::Leaf(Vec::new()) } else { Self::Branch(BTreeMap::new()) };
                children.entry((*first).to_owned()).or_insert_with(new).insert(rest, value);
            }
            // The name is used both as a value and as a group: the first use wins.
            (Self::Leaf(_), _) | (Self::Branch(_), []) => {}
        }
    }
}

/// Request body schemas of all API operations.
pub struct RequestSchemas {
    operations: Vec<(String, Vec<String>, Option<Value>)>,
    schemas: Map<String, Value>,
}

impl RequestSchemas {
    /// Extracts the schemas from an OpenAPI document.
    pub fn from_openapi(document: &Value) -> Self {
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

    /// Builds the request body of the operation at `path` from form fields; `None` if the operation has no body.
    ///
    /// # Errors
    /// Numbers that are not understood, by field.
    pub fn build_body(
        &self,
        method: &str,
        path: &str,
        fields: &[(String, String)],
    ) -> Result<Option<Value>, FieldErrors> {
        let parts: Vec<&str> = path.split('/').collect();
        let matches = |pattern: &[String]| {
            pattern.len() == parts.len() && pattern.iter().zip(&parts).all(|(p, part)| p.starts_with('{') || p == part)
        };
        let literal_segments = |pattern: &[String]| pattern.iter().filter(|p| !p.starts_with('{')).count();
        let candidates = self.operations.iter().filter(|(m, pattern, _)| m == method && matches(pattern));
        let operation = candidates.max_by_key(|(_, pattern, _)| literal_segments(pattern));
        let Some(schema) = operation.and_then(|(.., body)| body.as_ref()) else { return Ok(None) };
        let mut root = Node::Branch(BTreeMap::new());
        for (name, value) in fields {
            let path: Vec<&str> = name.split('.').take(MAX_DEPTH).collect();
            root.insert(&path, value.clone());
        }
        let mut errors = Vec::new();
        let body = self.value(&root, schema, method == "PATCH", "", &mut errors);
        if errors.is_empty() { Ok(Some(body.unwrap_or_else(|| Value::Object(Map::new())))) } else { Err(errors) }
    }

    /// Follows `$ref` and unwraps `oneOf`/`anyOf`/`allOf` with a single non-null variant. Also returns whether the schema
    /// is nullable.
    fn resolve<'a>(&'a self, schema: &'a Value) -> (&'a Value, bool) {
        let (mut schema, mut nullable) = (schema, false);
        for _ in 0..MAX_DEPTH {
            if let Some(name) = schema.get("$ref").and_then(Value::as_str) {
                let name = name.rsplit('/').next().unwrap_or_default();
                let Some(target) = self.schemas.get(name) else { break };
                schema = target;
                continue;
            }
            let variants = ["oneOf", "anyOf", "allOf"].iter().find_map(|k| schema.get(*k)).and_then(Value::as_array);
            let is_null = |v: &&Value| v.get("type").and_then(Value::as_str) == Some("null");
            let Some(variants) = variants else { break };
            let others: Vec<&Value> = variants.iter().filter(|v| !is_null(v)).collect();
            nullable |= others.len() < variants.len();
            let [variant] = others.as_slice() else { break };
            schema = variant;
        }
        let types = schema.get("type").and_then(Value::as_array);
        nullable |= types.is_some_and(|types| types.iter().any(|t| t == "null"));
        (schema, nullable)
    }

    fn value(
        &self,
        node: &Node,
        schema: &Value,
        is_patch: bool,
        name: &str,
        errors: &mut FieldErrors,
    ) -> Option<Value> {
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
                let leaves =
                    leaves.filter_map(|v| self.value(&Node::Leaf(vec![v.clone()]), items, false, name, errors));
                Some(Value::Array(leaves.collect()))
            }
            Node::Leaf(values) => {
                // The last value wins: a ticked checkbox follows its hidden `false` field.
                let text = values.last().map(|v| v.trim()).unwrap_or_default();
                if text.is_empty() && nullable {
                    return is_patch.then_some(Value::Null);
                }
                if of_type("integer") || of_type("number") {
                    if text.is_empty() {
                        return None;
                    }
                    return parse_plain(text, quantity_of(name))
                        .map_err(|error| errors.push((name.to_owned(), error)))
                        .ok()
                        .map(Value::from);
                }
                if of_type("boolean") {
                    return Some(Value::Bool(matches!(text, "true" | "on" | "1")));
                }
                Some(Value::String(text.to_owned()))
            }
            Node::Branch(children) if of_type("array") => {
                let items = schema.get("items").unwrap_or(&Value::Null);
                let mut rows: Vec<(u32, &Node)> =
                    children.iter().filter_map(|(name, child)| Some((name.parse().ok()?, child))).collect();
                rows.sort_by_key(|(n, _)| *n);
                let rows = rows.into_iter().filter(|(_, row)| !row.is_blank());
                let row = |(n, row): (u32, &Node)| self.value(row, items, false, &join(name, &n.to_string()), errors);
                Some(Value::Array(rows.filter_map(row).collect()))
            }
            Node::Branch(children) => {
                if node.is_blank() && nullable {
                    return is_patch.then_some(Value::Null);
                }
                let properties = self.properties(schema, children);
                let value = |(key, child): (&String, &Node)| {
                    let property = properties.and_then(|p| p.get(key)).unwrap_or(&Value::Null);
                    Some((key.clone(), self.value(child, property, is_patch, &join(name, key), errors)?))
                };
                Some(Value::Object(children.iter().filter_map(value).collect()))
            }
        }
    }

    /// The properties of an object schema; for `oneOf`/`anyOf`, those of the first variant that has all the given names.
    fn properties<'a>(&'a self, schema: &'a Value, names: &BTreeMap<String, Node>) -> Option<&'a Map<String, Value>> {
        let own = |schema: &'a Value| schema.get("properties").and_then(Value::as_object);
        if let Some(properties) = own(schema) {
            return Some(properties);
        }
        let variants = ["oneOf", "anyOf"].iter().find_map(|k| schema.get(*k)).and_then(Value::as_array)?;
        let mut candidates = variants.iter().filter_map(|v| own(self.resolve(v).0));
        candidates.find(|properties| names.keys().all(|name| properties.contains_key(name)))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reference(name: &str) -> Value {
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    fn json_body(schema: &Value) -> Value {
        json!({ "requestBody": { "content": { "application/json": { "schema": schema } } } })
    }

    fn bodies() -> RequestSchemas {
        RequestSchemas::from_openapi(&json!({
            "paths": {
                "/x/{id}": { "post": json_body(&reference("X")), "patch": json_body(&reference("X")) },
                "/x/{id}/days": { "put": json_body(&json!({ "type": "array", "items": reference("Day") })) },
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
                "Size": { "type": "object", "properties": {
                    "wide": { "type": "integer" }, "area_dm2": { "type": "integer" },
                } },
                "Day": { "type": "object", "properties": { "day": { "type": "string" }, "seats": { "type": "integer" } } },
            } },
        }))
    }

    fn built(method: &str, path: &str, fields: &[(&str, &str)]) -> Result<Option<Value>, FieldErrors> {
        let fields: Vec<_> = fields.iter().map(|(n, v)| ((*n).to_owned(), (*v).to_owned())).collect();
        bodies().build_body(method, path, &fields)
    }

    fn body(method: &str, path: &str, fields: &[(&str, &str)]) -> Option<Value> {
        built(method, path, fields).unwrap()
    }

    #[test]
    fn values_are_converted_to_the_types_of_the_schema() {
        let typed = [
            ("name", " A "),
            ("amount", "8.500.000 đ"),
            ("apart", "false"),
            ("apart", "true"),
            ("booths", "1"),
            ("booths", "2"),
        ];
        let json = body("POST", "/x/1", &typed).unwrap();
        assert_eq!(json, json!({ "name": "A", "amount": 8_500_000, "apart": true, "booths": ["1", "2"] }));
    }

    #[test]
    fn numbers_are_understood_or_refused_at_their_field() {
        let size = |area: &str| body("POST", "/x/1", &[("size.area_dm2", area)]).unwrap();
        assert_eq!(size("9,5"), json!({ "size": { "area_dm2": 950 } }));
        assert_eq!(size("3x3m"), json!({ "size": { "area_dm2": 900 } }));
        assert_eq!(body("POST", "/x/1", &[("amount", "15,5 triệu")]).unwrap(), json!({ "amount": 15_500_000 }));
        assert_eq!(body("POST", "/x/1", &[("amount", "13.250.000,00")]).unwrap(), json!({ "amount": 13_250_000 }));
        assert_eq!(body("POST", "/x/1", &[("amount", "-5000000")]).unwrap(), json!({ "amount": -5_000_000 }));
        for (field, typed) in [("amount", "nhiều"), ("amount", "A02-03"), ("size.area_dm2", "1.200")] {
            let errors = built("POST", "/x/1", &[("name", "A"), (field, typed)]).unwrap_err();
            assert_eq!(errors.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), [field], "{typed}");
        }
        let errors = built("PUT", "/x/1/days", &[("0.seats", "5"), ("1.seats", "nhiều")]).unwrap_err();
        assert_eq!(errors[0].0, "1.seats");
    }

    /// The rows of `numbers.csv` without a title around them.
    #[test]
    fn table_of_numbers() {
        for line in include_str!("../../tests/cases/numbers.csv").lines().skip(1) {
            // kind,"typed",unit,expected,why
            let (kind, rest) = line.split_once(",\"").unwrap();
            let (typed, rest) = rest.split_once("\",").unwrap();
            let mut rest = rest.splitn(3, ',');
            let (unit, expected) = (rest.next().unwrap(), rest.next().unwrap());
            let field = if kind == "area" { "size.area_dm2" } else { "amount" };
            let body = built("POST", "/x/1", &[(field, typed)]);
            match expected.parse::<i64>() {
                _ if !unit.is_empty() => {}
                Ok(value) => {
                    let body = body.unwrap().unwrap();
                    assert_eq!(body.pointer(&format!("/{}", field.replace('.', "/"))), Some(&json!(value)), "{line}");
                }
                Err(_) => assert_eq!(body.unwrap_err()[0].0, field, "{line}"),
            }
        }
    }

    #[test]
    fn blank_fields_are_omitted_and_null_in_a_patch() {
        assert_eq!(body("POST", "/x/1", &[("amount", ""), ("size.wide", "")]).unwrap(), json!({}));
        assert_eq!(
            body("PATCH", "/x/1", &[("amount", ""), ("size.wide", "")]).unwrap(),
            json!({ "amount": null, "size": null })
        );
        assert_eq!(body("POST", "/x/1", &[("booths", "")]).unwrap(), json!({ "booths": [] }));
    }

    #[test]
    fn numbered_names_become_arrays_in_numeric_order() {
        let typed = [("10.day", "b"), ("2.day", "a"), ("2.seats", "3"), ("3.day", ""), ("3.seats", "")];
        assert_eq!(body("PUT", "/x/1/days", &typed).unwrap(), json!([{ "day": "a", "seats": 3 }, { "day": "b" }]));
        let typed = [("wishes.0.zone", "z"), ("wishes.1.place", "7")];
        assert_eq!(body("POST", "/x/1", &typed).unwrap(), json!({ "wishes": [{ "zone": "z" }, { "place": 7 }] }));
    }

    #[test]
    fn operations_without_body_return_none_and_malformed_names_do_not_panic() {
        assert_eq!(body("POST", "/x/1/go", &[("a", "b")]), None);
        let typed = [("a", "1"), ("a.b", "2"), ("c.d.e.f.g.h.i.j.k.l", "3"), ("", "4"), (".", "5")];
        assert!(body("POST", "/x/1", &typed).unwrap().is_object());
    }
}
