//! Allocating a whole fair at once: who stands where, for the best total under the organiser's policy, with a proof of
//! how good it is. Knows neither HTTP nor SQL: an [`Instance`] in, a [`Plan`] with its [`Bound`] out.
//!
//! An application takes a *run*: as many adjacent booths as it wants. Runs that differ in nothing the objective sees
//! (same zone, size, category and features) form a *class*; an application's choices are a few classes and the runs
//! around the booths it wishes for, each with a value. Choosing at most one run for each application and at most one
//! application for each booth is a set packing.
//!
//! - [`draw`]: the exact serial rule, strict order, each gets the best still free.
//! - [`search`]: the whole-fair optimum by simulated annealing, from the draw.
//! - [`dual`]: what no plan can exceed: the Lagrangian dual of "one application a booth", which is as strong as the
//!   linear relaxation and costs a few milliseconds a step even for 75,000 booths.
//! - `exact` (with the feature `highs`): the proof of optimality by HiGHS on what the bound leaves open.
#![expect(
    clippy::indexing_slicing,
    clippy::as_conversions,
    reason = "indices are made and kept in range by this folder alone, numbers stay far below 2^52; hot loops"
)]
pub mod adjacency;
pub mod draw;
pub mod dual;
#[cfg(feature = "highs")]
pub mod exact;
pub mod instance;
pub mod model;
pub mod sample;
pub mod search;
pub mod solve;
mod state;
#[cfg(test)]
mod tests;

pub use dual::Bound;
pub use instance::{Applicant, Booth, Features, Instance, Wish};
pub use model::Model;
pub use solve::{Effort, Plan, Policy, Progress, Score, Stop, solve};
