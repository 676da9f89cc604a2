//! Where a request body must have an object. Serde also reads a struct from an array of its fields' values: such a body would be
//! accepted although it is not documented, and would change its meaning with the order of the fields.
use std::{
    any::TypeId,
    collections::{BTreeMap, HashMap},
    sync::{Arc, LazyLock},
};

use parking_lot::RwLock;
use serde_json::Value;
use utoipa::{
    ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{AdditionalProperties, ArrayItems, SchemaType, Type},
    },
};

/// Max nesting of schemas; no request is nested this deep.
const MAX_DEPTH: usize = 16;

/// The objects of a schema.
#[derive(Debug)]
pub(super) enum Shape {
    /// An object, with the shapes of its properties and of other names.
    Object(BTreeMap<String, Shape>, Option<Box<Shape>>),
    /// A list of such items.
    List(Box<Shape>),
    /// One of these.
    OneOf(Vec<Shape>),
    /// A string, a number, a boolean, null, or any JSON.
    Other,
}

type Components = HashMap<String, RefOr<Schema>>;

static SHAPES: LazyLock<RwLock<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(RwLock::default);

impl Shape {
    /// The shape of a type, derived from its schema once.
    pub(super) fn of<T: ToSchema + 'static>() -> Arc<Self> {
        let id = TypeId::of::<T>();
        if let Some(known) = SHAPES.read().get(&id) {
            return known.clone();
        }
        let mut components = Vec::new();
        T::schemas(&mut components);
        let shape = Arc::new(Self::new(&T::schema(), &components.into_iter().collect(), MAX_DEPTH));
        SHAPES.write().entry(id).or_insert(shape).clone()
    }

    fn new(schema: &RefOr<Schema>, components: &Components, depth: usize) -> Self {
        let Some(depth) = depth.checked_sub(1) else { return Self::Other };
        let child = |schema: &RefOr<Schema>| Self::new(schema, components, depth);
        let schema = match schema {
            RefOr::T(schema) => schema,
            RefOr::Ref(to) => {
                let name = to.ref_location.rsplit('/').next().unwrap_or_default();
                return components.get(name).map_or(Self::Other, child);
            }
        };
        match schema {
            Schema::Object(object) => {
                let is_object = match &object.schema_type {
                    SchemaType::Type(only) => *only == Type::Object,
                    SchemaType::Array(types) => types.contains(&Type::Object),
                    SchemaType::AnyValue => false,
                };
                let others = object.additional_properties.as_deref().and_then(|others| match others {
                    AdditionalProperties::RefOr(schema) => Some(Box::new(child(schema))),
                    AdditionalProperties::FreeForm(_) => None,
                });
                let properties = object.properties.iter().map(|(name, schema)| (name.clone(), child(schema)));
                if is_object { Self::Object(properties.collect(), others) } else { Self::Other }
            }
            Schema::Array(array) => match &array.items {
                ArrayItems::RefOrSchema(items) => Self::List(Box::new(child(items))),
                ArrayItems::False => Self::Other,
            },
            Schema::OneOf(one_of) => Self::OneOf(one_of.items.iter().map(child).collect()),
            Schema::AnyOf(any_of) => Self::OneOf(any_of.items.iter().map(child).collect()),
            // A flattened struct: the parts have their properties together.
            Schema::AllOf(all_of) => {
                let (mut properties, mut others) = (BTreeMap::new(), None);
                for part in all_of.items.iter().map(child) {
                    match part {
                        Self::Object(more, other) => {
                            properties.extend(more);
                            others = others.or(other);
                        }
                        Self::List(_) | Self::OneOf(_) | Self::Other => return Self::Other,
                    }
                }
                Self::Object(properties, others)
            }
            // Schemas of later versions of OpenAPI.
            _ => Self::Other,
        }
    }

    /// JSON pointer to the first array where an object must be.
    pub(super) fn find_array(&self, value: &Value) -> Option<String> {
        let below = |name: &str, shape: &Self, value: &Value| Some(format!("/{name}{}", shape.find_array(value)?));
        match (self, value) {
            (Self::Object(..), Value::Array(_)) => Some(String::new()),
            (Self::Object(properties, others), Value::Object(values)) => {
                values.iter().find_map(|(name, value)| below(name, properties.get(name).or(others.as_deref())?, value))
            }
            (Self::List(items), Value::Array(values)) => {
                values.iter().enumerate().find_map(|(ix, value)| below(&ix.to_string(), items, value))
            }
            (Self::OneOf(shapes), value) => {
                let found: Option<Vec<String>> = shapes
                    .iter()
                    .filter(|shape| !matches!(shape, Self::Other) || !matches!(value, Value::Array(_)))
                    .map(|shape| shape.find_array(value))
                    .collect();
                found?.into_iter().next()
            }
            (Self::Object(..) | Self::List(_) | Self::Other, _) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Inner {
        name: String,
    }

    #[derive(ToSchema)]
    #[expect(dead_code, reason = "only its schema matters")]
    struct Request {
        amounts: Vec<i64>,
        inner: Option<Inner>,
        list: Vec<Inner>,
        by_name: BTreeMap<String, Inner>,
        any: Value,
    }

    #[test]
    fn arrays_are_found_where_objects_are_expected() {
        let shape = Shape::of::<Request>();
        for (body, found) in [
            (json!([[1], null, [], {}, 0]), Some("")),
            (json!({ "amounts": [1, 2], "inner": { "name": "a" }, "list": [{ "name": "b" }], "any": [1] }), None),
            (json!({ "inner": ["a"] }), Some("/inner")),
            (json!({ "inner": null }), None),
            (json!({ "list": [{ "name": "b" }, ["c"]] }), Some("/list/1")),
            (json!({ "by_name": { "x": ["a"] } }), Some("/by_name/x")),
            (json!("text"), None),
        ] {
            assert_eq!(shape.find_array(&body).as_deref(), found, "{body}");
        }
    }
}
