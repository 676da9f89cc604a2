//! Rounds: allocating a whole fair at once. A run makes a proposal; nothing changes until it is applied.
//!
//! Invariants: a proposal is carried out whole or not at all, and only on the floor it was made for; whoever is
//! confirmed stays unless the organiser says otherwise; the same request on the same floor gives the same proposal.
pub mod apply;
pub mod execute;
pub mod explain;
pub mod gather;
pub mod order;
pub mod policy;
pub mod refill;
pub mod request;
pub mod store;
pub mod words;
pub use apply::GiveAs;
pub use order::{Order, Weights};
pub use policy::Policy;
pub use request::{MayMove, Rules, StartRun};
