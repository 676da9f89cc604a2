//! Schemas of texts that are known today and may become more.
use serde_json::Value;
use utoipa::openapi::{
    Schema,
    schema::{AnyOfBuilder, ObjectBuilder, Type},
};

/// Schema of texts of which these are known. Others may be added without a breaking change, so clients must accept any.
pub fn open_enum(description: &str, known: impl Iterator<Item = Value>) -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let open = AnyOfBuilder::new().item(text().enum_values(Some(known))).item(text());
    Schema::AnyOf(open.description(Some(description)).build())
}
