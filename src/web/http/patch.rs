//! Partial changes: a field that is absent stays as it is, and `null` is a value like any other.
use serde::{Deserialize, Deserializer};

/// For `#[serde(default, deserialize_with = "present")]` on an `Option`: `Some` says that the field was sent.
///
/// `Option<T>` then refuses `null`; `Option<Option<T>>` takes it as "no value any more".
pub fn present<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
