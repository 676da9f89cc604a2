//! Passwords: argon2id, off the async threads, with the cost from the settings.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

use crate::http::{Code, Problem};
use hoicho_core::config;

/// Hashes and checks passwords at one cost.
#[derive(Clone)]
pub struct Passwords {
    argon2: Argon2<'static>,
    /// Checked when the e-mail is unknown, so that the time taken does not tell.
    decoy: String,
    worked: Arc<AtomicU64>,
}

impl Passwords {
    /// Fails when the parameters are outside what argon2 allows.
    pub fn new(cost: config::Password) -> Result<Self, String> {
        let params =
            Params::new(cost.memory_kib, cost.passes, cost.lanes, None).map_err(|e| format!("[password]: {e}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = argon2.hash_password(b"nobody's password").map_err(|e| e.to_string())?.to_string();
        Ok(Self { argon2, decoy, worked: Arc::default() })
    }

    /// How many passwords were hashed or checked: the same for whatever an outsider may ask.
    pub fn worked(&self) -> u64 {
        self.worked.load(Ordering::Relaxed)
    }

    /// The hash to keep, on this thread: takes tens of milliseconds.
    pub fn hash_now(&self, password: &SecretString) -> Result<String, Problem> {
        self.worked.fetch_add(1, Ordering::Relaxed);
        let hash = self.argon2.hash_password(password.expose_secret().as_bytes());
        hash.map(|h| h.to_string()).map_err(|error| {
            tracing::error!(%error, "a password could not be hashed");
            Code::Internal.into()
        })
    }

    /// The hash to keep.
    #[expect(clippy::disallowed_methods, reason = "hashing is slow on purpose and must leave the async threads")]
    pub async fn hash(&self, password: SecretString) -> Result<String, Problem> {
        let passwords = self.clone();
        actix_web::web::block(move || passwords.hash_now(&password)).await.map_err(|_| Problem::from(Code::Internal))?
    }

    /// Whether the password has this hash; with no hash it takes as long and says no.
    #[expect(clippy::disallowed_methods, reason = "hashing is slow on purpose and must leave the async threads")]
    pub async fn check(&self, password: SecretString, hash: Option<String>) -> Result<bool, Problem> {
        let passwords = self.clone();
        actix_web::web::block(move || {
            passwords.worked.fetch_add(1, Ordering::Relaxed);
            let known = hash.is_some();
            let hash = hash.unwrap_or(passwords.decoy);
            let right = PasswordHash::new(&hash)
                .is_ok_and(|hash| passwords.argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok());
            right && known
        })
        .await
        .map_err(|_| Code::Internal.into())
    }
}
