//! Allocation runs: computing allocations for all applications of an edition. The result of a run is a proposal; nothing
//! changes until it is applied.
//!
//! Invariants: a proposal is applied in full or not at all, and only if the floor has not changed since the run; confirmed
//! allocations and those placed by hand do not move unless the request allows it; the same request on the same floor gives the
//! same proposal.
pub mod apply;
pub mod execute;
pub mod explanation;
pub mod explanation_text;
pub mod instance;
pub mod order;
pub mod policy;
pub mod preview;
pub mod refill_store;
pub mod request;
pub mod store;
pub mod waiting_list;
pub use apply::GiveAs;
pub use execute::RunSlots;
pub use order::{Order, Weights};
pub use policy::Policy;
pub use request::{MayMove, Rules, StartRun};
