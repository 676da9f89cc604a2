//! Text of records.
use std::convert::Infallible;

use serde::{Deserialize, Deserializer, Serialize};

use hoicho_core::values::text;
use hoicho_web::http::{Validator, limits::TextLimit};

/// Max characters of a text.
const MAX_TEXT_CHARACTERS: usize = 2_000;

/// Text that is validated when deserialized (length, no control characters), because files are untrusted input.
#[derive(
    Debug, Clone, PartialEq, Eq, Hash, Serialize, diesel::expression::AsExpression, diesel::deserialize::FromSqlRow,
)]
#[serde(transparent)]
#[diesel(sql_type = diesel::sql_types::Text)]
pub struct CleanText(String);

hoicho_core::db_text!(CleanText);

impl CleanText {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Requires that a text would be accepted as it is where it is typed, with the length `L`.
pub fn require_text<L: TextLimit>(checks: &mut Validator, pointer: &str, text: &CleanText) {
    checks.require_text::<L>(pointer, text.as_str());
}

impl<'de> Deserialize<'de> for CleanText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = String::deserialize(deserializer)?;
        let is_valid = value.is_empty() || text::normalize(&value, MAX_TEXT_CHARACTERS).is_some();
        if is_valid {
            Ok(Self(value))
        } else {
            Err(serde::de::Error::custom("text is too long or contains control characters"))
        }
    }
}

impl From<String> for CleanText {
    fn from(value: String) -> Self {
        Self(value)
    }
}

/// Text from the database, which was validated when it was stored.
impl std::str::FromStr for CleanText {
    type Err = Infallible;

    fn from_str(value: &str) -> Result<Self, Infallible> {
        Ok(Self(value.to_owned()))
    }
}
