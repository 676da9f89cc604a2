//! Comparison of schemas. Requests and responses have opposite rules: a request must accept all that it accepted, a response must not
//! have what it did not have.
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

/// Where a schema is used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Direction {
    /// What clients send.
    Request,
    /// What clients receive.
    Response,
}

/// A difference of schemas.
pub(super) struct SchemaChange {
    pub place: String,
    pub what: String,
    pub is_breaking: bool,
}

/// Two documents, and the pairs of schemas that were compared already: each difference is reported where it occurs first.
pub(super) struct Schemas<'a> {
    old: &'a Value,
    new: &'a Value,
    seen: BTreeSet<(String, String, Direction)>,
    found: Vec<SchemaChange>,
}

/// What a `$ref` refers to; null if it refers to nothing.
pub(super) fn resolve_reference<'v>(document: &'v Value, mut value: &'v Value) -> &'v Value {
    while let Some(to) = value.get("$ref").and_then(Value::as_str) {
        let Some(target) = document.pointer(to.trim_start_matches('#')) else { return &Value::Null };
        value = target;
    }
    value
}

/// The texts of a list, or the only one.
pub(super) fn names(value: Option<&Value>) -> BTreeSet<String> {
    let name = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match value {
        Some(Value::Array(all)) => all.iter().map(name).collect(),
        Some(one) => BTreeSet::from([name(one)]),
        None => BTreeSet::new(),
    }
}

/// A schema without references, with its types and known values.
struct Resolved<'v> {
    schema: &'v Value,
    types: BTreeSet<String>,
    known: BTreeSet<String>,
}

/// Follows references, and unions that have one alternative besides null. Of open enums the known values are kept.
fn resolve<'v>(document: &'v Value, schema: &'v Value) -> Resolved<'v> {
    let (mut schema, mut may_be_null) = (resolve_reference(document, schema), false);
    let mut known = BTreeSet::new();
    loop {
        let variants = ["oneOf", "anyOf"].iter().find_map(|union| schema.get(union)).and_then(Value::as_array);
        let Some(variants) = variants else { break };
        let variants: Vec<&Value> = variants.iter().map(|variant| resolve_reference(document, variant)).collect();
        let is_null = |variant: &&&Value| variant.get("type").is_some_and(|kind| kind == "null");
        may_be_null |= variants.iter().any(|variant| is_null(&variant));
        let others: Vec<&&Value> = variants.iter().filter(|variant| !is_null(variant)).collect();
        known.extend(others.iter().flat_map(|variant| names(variant.get("enum"))));
        let [only] = others.as_slice() else { break };
        schema = only;
    }
    let mut types = names(schema.get("type"));
    if may_be_null && !types.is_empty() {
        types.insert("null".to_owned());
    }
    known.extend(names(schema.get("enum")));
    Resolved { schema, types, known }
}

/// Properties with their schemas, including those of `allOf`, and the required ones.
fn properties<'v>(document: &'v Value, schema: &'v Value) -> (BTreeMap<String, &'v Value>, BTreeSet<String>) {
    let own = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let mut all: BTreeMap<String, &Value> = own.map(|(name, schema)| (name.clone(), schema)).collect();
    let mut required = names(schema.get("required"));
    for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
        let (more, needed) = properties(document, resolve_reference(document, part));
        all.extend(more);
        required.extend(needed);
    }
    (all, required)
}

impl<'a> Schemas<'a> {
    pub(super) fn new(old: &'a Value, new: &'a Value) -> Self {
        Self { old, new, seen: BTreeSet::new(), found: Vec::new() }
    }

    /// The differences of two schemas at a place of the documents.
    pub(super) fn compare(&mut self, place: &str, direction: Direction, old: &Value, new: &Value) -> Vec<SchemaChange> {
        self.visit(place, direction, old, new);
        std::mem::take(&mut self.found)
    }

    fn add(&mut self, place: &str, what: String, is_breaking: bool) {
        self.found.push(SchemaChange { place: place.to_owned(), what, is_breaking });
    }

    fn visit(&mut self, place: &str, direction: Direction, old: &Value, new: &Value) {
        let target = |schema: &Value| schema.get("$ref").and_then(Value::as_str).unwrap_or_default().to_owned();
        let pair = (target(old), target(new), direction);
        if !pair.0.is_empty() && !self.seen.insert(pair) {
            return;
        }
        let (old_document, new_document) = (self.old, self.new);
        let (before, after) = (resolve(old_document, old), resolve(new_document, new));
        self.compare_types(place, direction, &before, &after);
        self.compare_limits(place, direction, before.schema, after.schema);
        self.compare_properties(
            place,
            direction,
            properties(old_document, before.schema),
            properties(new_document, after.schema),
        );
        if let (Some(old), Some(new)) = (before.schema.get("items"), after.schema.get("items")) {
            self.visit(&format!("{place}[]"), direction, old, new);
        }
    }

    fn compare_types(&mut self, place: &str, direction: Direction, before: &Resolved<'_>, after: &Resolved<'_>) {
        let is_compatible = match direction {
            Direction::Request => before.types.is_subset(&after.types) || after.types.is_empty(),
            Direction::Response => after.types.is_subset(&before.types) || before.types.is_empty(),
        };
        let list =
            |names: &BTreeSet<String>| names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
        if !is_compatible {
            self.add(place, format!("is {}, before {}", list(&after.types), list(&before.types)), true);
        }
        if before.known.is_empty() || after.known.is_empty() {
            return;
        }
        let removed: BTreeSet<String> = before.known.difference(&after.known).cloned().collect();
        let added: BTreeSet<String> = after.known.difference(&before.known).cloned().collect();
        if !removed.is_empty() {
            self.add(place, format!("no longer has {}", list(&removed)), direction == Direction::Request);
        }
        if !added.is_empty() {
            self.add(place, format!("may be {}", list(&added)), false);
        }
    }

    /// A request that was within the limits must stay so.
    fn compare_limits(&mut self, place: &str, direction: Direction, old: &Value, new: &Value) {
        if direction == Direction::Response {
            return;
        }
        let number = |schema: &Value, limit: &str| schema.get(limit).and_then(Value::as_f64);
        for limit in ["maxLength", "maxItems", "maximum", "minLength", "minItems", "minimum"] {
            // Only a limit that was documented can become stricter.
            let (Some(before), Some(after)) = (number(old, limit), number(new, limit)) else { continue };
            let is_stricter = if limit.starts_with("max") { after < before } else { after > before };
            if is_stricter {
                self.add(place, format!("has `{limit}` {after}, before {before}"), true);
            }
        }
    }

    fn compare_properties(
        &mut self,
        place: &str,
        direction: Direction,
        (before, was_required): (BTreeMap<String, &Value>, BTreeSet<String>),
        (after, is_required): (BTreeMap<String, &Value>, BTreeSet<String>),
    ) {
        for (name, old) in &before {
            let place = format!("{place}.{name}");
            let Some(new) = after.get(name) else {
                self.add(&place, "is gone".to_owned(), true);
                continue;
            };
            if direction == Direction::Response && was_required.contains(name) && !is_required.contains(name) {
                self.add(&place, "may be missing".to_owned(), true);
            }
            self.visit(&place, direction, old, new);
        }
        if direction == Direction::Request {
            for name in is_required.difference(&was_required) {
                self.add(&format!("{place}.{name}"), "is required".to_owned(), true);
            }
        }
        for name in after.keys().filter(|name| !before.contains_key(*name)) {
            let is_reported = direction == Direction::Request && is_required.contains(name);
            if !is_reported {
                self.add(&format!("{place}.{name}"), "is new".to_owned(), false);
            }
        }
    }
}
