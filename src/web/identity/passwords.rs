//! Password hashing: argon2id on the blocking thread pool, with the cost from the settings.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

use crate::http::{Code, Problem};
use hoicho_core::config;

/// Hashes and verifies passwords at one cost.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    /// Verified for an unknown address, so that the response time does not reveal whether an account exists.
    decoy: String,
    operations: Arc<AtomicU64>,
}

impl PasswordHasher {
    /// # Errors
    /// Parameters that argon2 does not accept.
    pub fn new(cost: config::Password) -> Result<Self, String> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)
            .map_err(|e| format!("[password]: {e}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = argon2.hash_password(b"nobody's password").map_err(|e| e.to_string())?.to_string();
        Ok(Self { argon2, decoy, operations: Arc::default() })
    }

    /// Number of passwords hashed or verified, to test that it does not depend on whether an account exists.
    pub fn operations(&self) -> u64 {
        self.operations.load(Ordering::Relaxed)
    }

    /// Hashes on the current thread, which takes tens of milliseconds.
    pub fn hash_blocking(&self, password: &SecretString) -> Result<String, Problem> {
        self.operations.fetch_add(1, Ordering::Relaxed);
        let hash = self.argon2.hash_password(password.expose_secret().as_bytes());
        hash.map(|h| h.to_string()).map_err(|error| {
            tracing::error!(%error, "failed to hash a password");
            Code::Internal.into()
        })
    }

    /// Verifies a password against a hash on the current thread.
    pub fn verify_blocking(&self, password: &SecretString, hash: &str) -> bool {
        self.operations.fetch_add(1, Ordering::Relaxed);
        PasswordHash::new(hash)
            .is_ok_and(|hash| self.argon2.verify_password(password.expose_secret().as_bytes(), &hash).is_ok())
    }

    /// Hashes on the blocking thread pool.
    #[expect(clippy::disallowed_methods, reason = "hashing is slow on purpose and must not block the async threads")]
    pub async fn hash(&self, password: SecretString) -> Result<String, Problem> {
        let passwords = self.clone();
        actix_web::web::block(move || passwords.hash_blocking(&password))
            .await
            .map_err(|_| Problem::from(Code::Internal))?
    }

    /// Verifies a password against a hash; without a hash it takes as long and returns `false`.
    #[expect(clippy::disallowed_methods, reason = "hashing is slow on purpose and must not block the async threads")]
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Problem> {
        let passwords = self.clone();
        actix_web::web::block(move || {
            let has_account = hash.is_some();
            passwords.verify_blocking(&password, hash.as_ref().unwrap_or(&passwords.decoy)) && has_account
        })
        .await
        .map_err(|_| Code::Internal.into())
    }
}
