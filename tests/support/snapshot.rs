//! Responses as text for snapshots.
use serde_json::Value;
use uuid::Uuid;

/// The response, with each identifier replaced by the number of its first occurrence: the text is the same in every run and on
/// both databases, and shows which identifiers are equal.
pub fn numbered(value: &Value) -> String {
    let mut value = value.clone();
    replace(&mut value, &mut Vec::new());
    serde_json::to_string_pretty(&value).unwrap()
}

fn replace(value: &mut Value, known: &mut Vec<Uuid>) {
    match value {
        Value::Object(fields) => fields.values_mut().for_each(|field| replace(field, known)),
        Value::Array(items) => items.iter_mut().for_each(|item| replace(item, known)),
        Value::String(text) => {
            let Ok(id) = text.parse::<Uuid>() else { return };
            let n = known.iter().position(|known| *known == id).unwrap_or_else(|| {
                known.push(id);
                known.len() - 1
            });
            *text = format!("[id {}]", n + 1);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
