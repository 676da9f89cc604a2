//! Versions of the schemas of events.
use diesel::{
    deserialize::{self, FromSql, FromSqlRow},
    expression::AsExpression,
    pg::{Pg, PgValue},
    serialize::{self, Output, ToSql},
    sql_types::Integer,
    sqlite::Sqlite,
};
use hoicho_core::db::types::Multi;
use serde::{Serialize, Serializer};
use strum::VariantArray;

/// The list of schema versions, oldest first. A message is rendered in each of them, so they are served side by side: an endpoint gets
/// the one that it was created with. A version is removed when no endpoint has it any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, VariantArray, AsExpression, FromSqlRow)]
#[diesel(sql_type = Integer)]
pub enum SchemaVersion {
    /// Named fields for every event.
    V1,
}

/// Not a version of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("unknown schema version {0}")]
pub struct UnknownVersion(i32);

impl SchemaVersion {
    /// The default of new endpoints.
    pub const NEWEST: Self = Self::V1;

    fn as_number(&self) -> &'static i32 {
        match self {
            Self::V1 => &1,
        }
    }

    /// The number in JSON and in the database.
    pub fn number(self) -> i32 {
        *self.as_number()
    }
}

impl TryFrom<i32> for SchemaVersion {
    type Error = UnknownVersion;

    fn try_from(number: i32) -> Result<Self, UnknownVersion> {
        let found = Self::VARIANTS.iter().copied().find(|version| version.number() == number);
        found.ok_or(UnknownVersion(number))
    }
}

impl Serialize for SchemaVersion {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_i32(self.number())
    }
}

impl ToSql<Integer, Pg> for SchemaVersion {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
        <i32 as ToSql<Integer, Pg>>::to_sql(self.as_number(), out)
    }
}

impl ToSql<Integer, Sqlite> for SchemaVersion {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
        <i32 as ToSql<Integer, Sqlite>>::to_sql(self.as_number(), out)
    }
}

impl ToSql<Integer, Multi> for SchemaVersion {
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Multi>) -> serialize::Result {
        out.set_value((Integer, self.as_number()));
        Ok(serialize::IsNull::No)
    }
}

impl FromSql<Integer, Pg> for SchemaVersion {
    fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(<i32 as FromSql<Integer, Pg>>::from_sql(value)?.try_into()?)
    }
}

impl FromSql<Integer, Sqlite> for SchemaVersion {
    fn from_sql(value: <Sqlite as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        Ok(<i32 as FromSql<Integer, Sqlite>>::from_sql(value)?.try_into()?)
    }
}

impl FromSql<Integer, Multi> for SchemaVersion {
    fn from_sql(value: <Multi as diesel::backend::Backend>::RawValue<'_>) -> deserialize::Result<Self> {
        value.from_sql::<Self, Integer>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_numbered_from_one_and_the_last_is_the_newest() {
        let numbers: Vec<i32> = SchemaVersion::VARIANTS.iter().map(|version| version.number()).collect();
        assert_eq!(numbers, (1..=i32::try_from(numbers.len()).unwrap()).collect::<Vec<_>>());
        assert_eq!(SchemaVersion::VARIANTS.last(), Some(&SchemaVersion::NEWEST));
        assert_eq!(SchemaVersion::try_from(0), Err(UnknownVersion(0)));
    }
}
