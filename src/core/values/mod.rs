//! Shared value types: identifiers, money, time, text. They contain no HTTP handling and no queries.
pub mod clock;
pub mod ids;
pub mod money;
pub mod phone;
pub mod text;

/// Defines an enum stored as text, with the same spelling in the database, in JSON and in the OpenAPI document: snake_case, or
/// the text after `Variant =`.
#[macro_export]
macro_rules! text_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident $(= $text:tt)?),+ $(,)? }) => {
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, utoipa::ToSchema,
            strum::IntoStaticStr, strum::EnumString, strum::VariantArray,
            diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
        )]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(rename_all = "snake_case")]
        #[strum(serialize_all = "snake_case")]
        $(#[$doc])*
        pub enum $name { $($(#[$vdoc])* $(#[serde(rename = $text)] #[strum(serialize = $text)])? $variant),+ }
        impl $name {
            /// The spelling used in the database and in JSON.
            pub fn as_str(self) -> &'static str { self.into() }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        $crate::db_text!($name);
    };
}
