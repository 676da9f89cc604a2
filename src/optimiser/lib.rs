//! Solver of allocation runs: computes an assignment of booths to all applications of a fair that maximizes the
//! objective of the organiser's policy, with an upper bound on the objective. Independent of HTTP and SQL: the input is
//! an [`Instance`], the output an [`Assignment`] with its [`Bound`].
//!
//! An application is assigned a *block*: as many adjacent booths as it wants. Blocks with the same zone, size, category
//! and features have the same value in the objective and form a *class*. The choices of an application are a few classes
//! and the blocks around the booths it wishes for, each with a value. Choosing at most one block per application and at
//! most one application per booth is a set packing problem.
//!
//! - [`draw`]: serial dictatorship: in strict order, each application gets the best free block. Exact.
//! - [`annealing`]: the optimum over the entire fair by simulated annealing, starting from the draw.
//! - [`bound`]: upper bound by the Lagrangian dual of "at most one application per booth". As strong as the linear
//!   relaxation, at a few milliseconds per step even for 75,000 booths.
//! - `exact` (feature `highs`): proves optimality with HiGHS on the choices that the bound does not exclude.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "indices are created and range-checked only in this module, numbers stay far below 2^52; hot loops"
)]
pub mod adjacency;
pub mod annealing;
pub mod bound;
pub mod draw;
#[cfg(feature = "highs")]
pub mod exact;
pub mod instance;
pub mod model;
pub mod sample;
mod score;
pub mod solve;
mod state;
#[cfg(test)]
mod tests;

pub use bound::Bound;
pub use instance::{Application, Booth, Features, Instance, Wish};
pub use model::Model;
pub use score::Score;
pub use solve::{Assignment, Policy, Progress, SolverSettings, StopReason, solve};
