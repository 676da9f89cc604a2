//! Column types of identifiers and enums for both backends.
use diesel::sql_types::HasSqlType;

/// The Diesel multi-backend.
pub use super::conn::MultiBackend as Multi;

/// 16 bytes: `UUID` on PostgreSQL, `BLOB` on SQLite. The OIDs are those of PostgreSQL's catalog (`pg_type.dat`). Diesel would
/// look them up with a query on each connection, and would report a connection lost during that query as an unknown type.
#[derive(Clone, Copy, Default, diesel::sql_types::SqlType, diesel::query_builder::QueryId)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951))]
#[diesel(sqlite_type(name = "Binary"))]
pub struct Uuid;

impl HasSqlType<Uuid> for Multi {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Multi::lookup_sql_type::<Uuid>(lookup)
    }
}

/// Implements `ToSql` and `FromSql` of a UUID newtype for both backends.
#[macro_export]
macro_rules! db_uuid {
    ($name:ident) => {
        const _: () = {
            use diesel::{deserialize, pg, serialize, sqlite};
            use $crate::db::types::{Multi, Uuid};
            impl serialize::ToSql<Uuid, pg::Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, pg::Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.0.as_bytes())?;
                    Ok(serialize::IsNull::No)
                }
            }
            impl serialize::ToSql<Uuid, sqlite::Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, sqlite::Sqlite>) -> serialize::Result {
                    out.set_value(self.0.as_bytes().as_slice());
                    Ok(serialize::IsNull::No)
                }
            }
            impl serialize::ToSql<Uuid, Multi> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, Multi>) -> serialize::Result {
                    out.set_value((Uuid, self));
                    Ok(serialize::IsNull::No)
                }
            }
            impl deserialize::FromSql<Uuid, pg::Pg> for $name {
                fn from_sql(value: pg::PgValue<'_>) -> deserialize::Result<Self> {
                    Ok($name(uuid::Uuid::from_slice(value.as_bytes())?))
                }
            }
            impl deserialize::FromSql<Uuid, sqlite::Sqlite> for $name {
                fn from_sql(
                    mut value: <sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>,
                ) -> deserialize::Result<Self> {
                    Ok($name(uuid::Uuid::from_slice(value.read_blob())?))
                }
            }
            impl deserialize::FromSql<Uuid, Multi> for $name {
                fn from_sql(value: <Multi as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    value.from_sql::<$name, Uuid>()
                }
            }
        };
    };
}

/// Implements `ToSql` and `FromSql` of a type that is stored as text for both backends; a value that it cannot parse is an
/// error.
#[macro_export]
macro_rules! db_text {
    ($name:ident) => {
        const _: () = {
            use diesel::{deserialize, pg, serialize, sql_types::Text, sqlite};
            use $crate::db::types::Multi;
            impl serialize::ToSql<Text, pg::Pg> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, pg::Pg>) -> serialize::Result {
                    std::io::Write::write_all(out, self.as_str().as_bytes())?;
                    Ok(serialize::IsNull::No)
                }
            }
            impl serialize::ToSql<Text, sqlite::Sqlite> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, sqlite::Sqlite>) -> serialize::Result {
                    out.set_value(self.as_str());
                    Ok(serialize::IsNull::No)
                }
            }
            impl serialize::ToSql<Text, Multi> for $name {
                fn to_sql<'b>(&'b self, out: &mut serialize::Output<'b, '_, Multi>) -> serialize::Result {
                    out.set_value((Text, self));
                    Ok(serialize::IsNull::No)
                }
            }
            impl deserialize::FromSql<Text, pg::Pg> for $name {
                fn from_sql(value: pg::PgValue<'_>) -> deserialize::Result<Self> {
                    Ok(<String as deserialize::FromSql<Text, pg::Pg>>::from_sql(value)?.parse()?)
                }
            }
            impl deserialize::FromSql<Text, sqlite::Sqlite> for $name {
                fn from_sql(
                    value: <sqlite::Sqlite as diesel::backend::Backend>::RawValue<'_>,
                ) -> deserialize::Result<Self> {
                    Ok(<String as deserialize::FromSql<Text, sqlite::Sqlite>>::from_sql(value)?.parse()?)
                }
            }
            impl deserialize::FromSql<Text, Multi> for $name {
                fn from_sql(value: <Multi as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
                    value.from_sql::<$name, Text>()
                }
            }
        };
    };
}
