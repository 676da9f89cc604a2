//! What must hold of the source tree itself.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that breaks should say where")]
mod architecture;
mod openapi;
