//! References in place of copies. utoipa copies the argument of a generic type, such as the items of a page, into each use: a
//! generated client would have a type for each copy.
use std::collections::HashMap;

use serde_json::{Value, json};

/// Replaces each schema below a component that is equal to another component by a reference to it.
pub(super) fn restore(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else { return };
    // Only objects are told apart by their properties, and unions by their variants; a bare `string` may be any of several types.
    let named: HashMap<String, String> = schemas
        .iter()
        .filter(|(_, schema)| ["properties", "enum", "anyOf"].iter().any(|part| schema.get(part).is_some()))
        .map(|(name, schema)| (schema.to_string(), name.clone()))
        .collect();
    for schema in schemas.values_mut() {
        for part in children(schema) {
            replace(part, &named);
        }
    }
}

fn children(value: &mut Value) -> Vec<&mut Value> {
    match value {
        Value::Object(fields) => fields.values_mut().collect(),
        Value::Array(items) => items.iter_mut().collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    }
}

fn replace(value: &mut Value, named: &HashMap<String, String>) {
    if value.is_object()
        && let Some(name) = named.get(&value.to_string())
    {
        *value = json!({ "$ref": format!("#/components/schemas/{name}") });
        return;
    }
    for part in children(value) {
        replace(part, named);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_become_references_and_components_stay() {
        let booth = json!({ "type": "object", "properties": { "code": { "type": "string" } } });
        let page = json!({ "properties": { "items": { "type": "array", "items": booth } } });
        let mut document = json!({ "components": { "schemas": { "Booth": booth, "Page": page } } });
        restore(&mut document);
        assert_eq!(document["components"]["schemas"]["Booth"], booth);
        let items = &document["components"]["schemas"]["Page"]["properties"]["items"]["items"];
        assert_eq!(*items, json!({ "$ref": "#/components/schemas/Booth" }));
    }
}
