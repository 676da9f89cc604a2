//! Redacts a person in JSON values.
use serde_json::Value;

/// Placeholder of redacted text.
pub(super) const ERASED: &str = "[erased]";

/// Identifiers of a person to search for (e-mail address, phone number), in lower case.
#[derive(Debug, Clone)]
pub(super) struct Identifiers(pub(super) Vec<String>);

impl Identifiers {
    /// Whether the text contains one of the identifiers; ignores case.
    pub(super) fn matches(&self, text: &str) -> bool {
        let text = text.to_lowercase();
        self.0.iter().any(|mark| text.contains(mark))
    }

    /// Replaces every string that contains an identifier. In an object with such a string all strings are replaced, because
    /// they describe the same person (the name of a contact next to the phone number). Returns whether anything was replaced.
    pub(super) fn redact(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) if self.matches(text) => {
                *text = ERASED.to_owned();
                true
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => false,
            Value::Array(items) => self.redact_all(items.iter_mut()),
            Value::Object(fields) => {
                let named = fields.values().any(|v| v.as_str().is_some_and(|text| self.matches(text)));
                for text in fields.values_mut().filter(|v| named && v.is_string()) {
                    *text = ERASED.into();
                }
                self.redact_all(fields.values_mut()) || named
            }
        }
    }

    fn redact_all<'a>(&self, values: impl Iterator<Item = &'a mut Value>) -> bool {
        values.map(|value| self.redact(value)).filter(|found| *found).count() > 0
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    #[test]
    fn contact_is_redacted_in_full_and_others_stay() {
        let mut list = json!([
            { "name": "Lan", "phone": "0912 345 678", "email": "LAN@example.vn" },
            { "name": "Minh", "phone": "0988", "email": null },
            ["lan@example.vn", "gate"],
        ]);
        assert!(Identifiers(vec!["lan@example.vn".to_owned()]).redact(&mut list));
        let expected = json!([
            { "name": ERASED, "phone": ERASED, "email": ERASED },
            { "name": "Minh", "phone": "0988", "email": null },
            [ERASED, "gate"],
        ]);
        assert_eq!(list, expected);
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let text = prop_oneof!["[a-z ]{0,8}", Just("Lan@Example.vn".to_owned()), Just("x lan@example.vn y".to_owned())];
        let leaf = prop_oneof![Just(Value::Null), any::<i64>().prop_map(Value::from), text.prop_map(Value::from)];
        leaf.prop_recursive(4, 40, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("[a-z]{1,3}", inner, 0..5)
                    .prop_map(|fields| Value::Object(fields.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn only_values_of_the_person_are_redacted(value in any_json()) {
            let marks = Identifiers(vec!["lan@example.vn".to_owned()]);
            let mut redacted = value.clone();
            let found = marks.redact(&mut redacted);
            prop_assert!(!redacted.to_string().to_lowercase().contains("lan@example.vn"));
            prop_assert_eq!(found, value.to_string().to_lowercase().contains("lan@example.vn"));
            if !found {
                prop_assert_eq!(redacted, value);
            }
        }
    }
}
