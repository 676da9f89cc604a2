//! What must hold of the source tree itself.
#![expect(clippy::unwrap_used, reason = "a test that breaks should say where")]
mod architecture;
mod openapi;
