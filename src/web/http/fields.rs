//! Sparse field sets: `?fields=` selects the fields of each row.
use std::marker::PhantomData;

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::{
    ToSchema,
    openapi::{RefOr, Schema},
};

use super::{code::Code, problem::Problem};
use hoicho_core::i18n::MessageId;

/// Selected fields of `T`; all by default.
#[derive(Debug)]
pub struct Fields<T>(Option<Vec<String>>, PhantomData<T>);

/// Property names of a schema.
fn names_in(schema: &RefOr<Schema>) -> Vec<String> {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.keys().cloned().collect(),
        RefOr::T(Schema::AllOf(all)) => all.items.iter().flat_map(names_in).collect(),
        _ => Vec::new(),
    }
}

impl<T: Serialize + ToSchema> Fields<T> {
    /// Parses comma-separated names; an unknown name is an error.
    pub fn parse(parameter: Option<&str>) -> Result<Self, Problem> {
        let Some(parameter) = parameter else { return Ok(Self(None, PhantomData)) };
        let known = names_in(&T::schema());
        let selected: Vec<String> = parameter.split(',').map(|name| name.trim().to_owned()).collect();
        if let Some(unknown) = selected.iter().find(|name| !known.contains(name)) {
            let unknown: String = unknown.chars().take(40).collect();
            return Err(Problem::new(
                Code::BadRequest,
                MessageId("error-unknown-field").with_args(&[("name", &unknown), ("known", &known.join(", "))]),
            ));
        }
        Ok(Self(Some(selected), PhantomData))
    }

    /// Whether all fields are selected.
    pub fn is_all(&self) -> bool {
        self.0.is_none()
    }

    /// A row with the selected fields.
    pub fn select(&self, row: &T) -> Result<Value, Problem> {
        let value = serde_json::to_value(row).map_err(|_| Code::Internal)?;
        let (Some(selected), Value::Object(all)) = (&self.0, &value) else { return Ok(value) };
        let fields: Map<String, Value> =
            selected.iter().filter_map(|name| Some((name.clone(), all.get(name)?.clone()))).collect();
        Ok(Value::Object(fields))
    }

    /// Rows with the selected fields.
    pub fn select_all(&self, rows: &[T]) -> Result<Vec<Value>, Problem> {
        rows.iter().map(|row| self.select(row)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize, ToSchema)]
    struct Row {
        id: i32,
        name: &'static str,
    }

    #[test]
    fn unknown_field_is_rejected() {
        let row = Row { id: 1, name: "Gian" };
        assert_eq!(
            Fields::<Row>::parse(Some("name")).unwrap().select(&row).unwrap(),
            serde_json::json!({ "name": "Gian" })
        );
        assert!(Fields::<Row>::parse(None).unwrap().is_all());
        assert!(Fields::<Row>::parse(Some("name,tax_code")).is_err());
        assert!(Fields::<Row>::parse(Some("")).is_err());
    }
}
