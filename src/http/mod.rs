//! What every endpoint shares: problems (RFC 9457), bodies, query strings, pages, entity tags, exports.
pub mod body;
pub mod check;
pub mod etag;
pub mod export;
pub mod page;
pub mod problem;

pub use body::{Body, Query};
pub use check::Checks;
pub use problem::{Code, Problem};
