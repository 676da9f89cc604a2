//! Shared HTTP layer: problems (RFC 9457), request bodies, query parameters, validation, responses, pagination, ETags,
//! idempotency keys, security headers, exports, streaming.
pub mod answer;
pub mod body;
pub mod check;
pub mod conditional;
pub mod document;
pub mod etag;
pub mod export;
pub mod fields;
pub mod guarded;
pub mod idempotency;
pub mod import;
pub mod methods;
pub mod page;
pub mod parameters;
pub mod patch;
pub mod problem;
pub mod raw;
pub mod slow;
pub mod streamed;

pub use answer::{Answer, Items};
pub use body::{Body, Query};
pub use check::Checks;
pub use problem::{Code, FaultyField, FieldError, Problem, ProblemView};
pub use raw::Raw;
