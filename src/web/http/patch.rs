//! Partial updates: an absent field is left unchanged, and `null` is a value.
use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "present")]` on an `Option`: `Some` means that the field is present.
///
/// `Option<T>` then rejects `null`; `Option<Option<T>>` deserializes it as `Some(None)`, which clears the value.
pub fn deserialize_present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
