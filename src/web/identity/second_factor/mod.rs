//! The second factor of an account: codes of an authenticator app (TOTP), and recovery codes for a lost phone.
//!
//! Invariants: a factor counts once its owner has entered a right code; each code and each recovery code is accepted once, on
//! whatever node; a wrong code counts for the lock-out before it is checked, and for a limit of the account that no right password
//! resets; a login with a factor is a challenge until the code is right, and no session; the secret leaves the database only to
//! the session that enrols.
mod challenge;
mod code;
pub mod enrolment;
pub(super) mod notice;
mod recovery_code;
pub mod store;
mod totp;
mod verification;

pub(super) use challenge::{CHALLENGE_TTL_S, begin as begin_challenge, find as find_challenge};
pub use enrolment::{PendingFactor, delete_expired};
pub(super) use verification::{complete_login, verify};
