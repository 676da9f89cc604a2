//! Shared HTTP layer: problems (RFC 9457), request bodies, query parameters, validation, responses, pagination, ETags,
//! idempotency keys, security headers, exports, downloads.
pub mod body;
pub mod body_timeout;
pub mod conditional_get;
pub mod content_encoding;
pub mod cors;
pub mod cpu_pool;
pub mod download;
pub mod etag;
pub mod export;
pub mod field_code;
pub mod fields;
pub mod head_requests;
pub mod idempotency;
pub mod method_not_allowed;
pub mod negotiation;
pub mod openapi;
pub mod pagination;
pub mod patch;
pub mod problem;
pub mod query_parameters;
pub mod raw_body;
pub mod request_id;
mod request_shape;
pub mod response;
pub mod security_headers;
pub mod size_limits;
pub mod spreadsheet;
pub mod validation;

pub use body::{Body, OptionalBody, Query};
pub use cpu_pool::CpuPool;
pub use field_code::FieldCode;
pub use negotiation::{accepted_media, preferred_language};
pub use problem::{Code, FieldError, FieldErrorView, Problem, ProblemView};
pub use raw_body::RawBody;
pub use response::{ApiResponse, Items};
pub use validation::Validator;
