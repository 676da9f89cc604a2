//! Password hashing (argon2id, with the cost from the settings) and rating (zxcvbn), on a bounded pool of their own.
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher as _, PasswordVerifier, phc::PasswordHash},
};
use secrecy::{ExposeSecret, SecretString};

use crate::http::{Code, CpuPool, Problem};
use hoicho_core::config;

/// Passwords per core that may wait to be hashed, verified or rated: about a second at the default cost.
const MAX_WAITING_PER_CORE: usize = 32;

/// Characters of a password that are rated. The time grows steeply with the number of characters that could stand for letters.
const MAX_RATED_CHARS: usize = 24;

/// Hashes and verifies passwords at one cost.
#[derive(Clone)]
pub struct PasswordHasher {
    argon2: Argon2<'static>,
    /// Verified for an unknown address, so that the response time does not reveal whether an account exists.
    decoy: String,
    operations: Arc<AtomicU64>,
    pool: CpuPool,
}

impl PasswordHasher {
    /// # Errors
    /// Parameters that argon2 does not accept.
    pub fn new(cost: config::Password) -> Result<Self, String> {
        let params = Params::new(cost.memory_kib, cost.iterations, cost.parallelism, None)
            .map_err(|e| format!("[password]: {e}"))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let decoy = argon2.hash_password(b"nobody's password").map_err(|e| e.to_string())?.to_string();
        Ok(Self { argon2, decoy, operations: Arc::default(), pool: CpuPool::new(MAX_WAITING_PER_CORE) })
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

    /// Hashes on the pool.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if too many are waiting.
    pub async fn hash(&self, password: SecretString) -> Result<String, Problem> {
        let passwords = self.clone();
        self.pool.run(move || passwords.hash_blocking(&password)).await?
    }

    /// Whether a password is among the first million guesses: those of everybody, and those of `own`, the owner's name and address.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if too many are waiting.
    pub async fn is_guessable(&self, password: &SecretString, own: Vec<String>) -> Result<bool, Problem> {
        let rated: String = password.expose_secret().chars().take(MAX_RATED_CHARS).collect();
        let rated = SecretString::from(rated);
        let rate = move || {
            let own: Vec<&str> = own.iter().map(String::as_str).chain(["hoicho", "hội chợ", "ocop"]).collect();
            zxcvbn::zxcvbn(rated.expose_secret(), &own).score() < zxcvbn::Score::Two
        };
        self.pool.run(rate).await
    }

    /// Verifies a password against a hash on the pool; without a hash it takes as long and returns `false`.
    ///
    /// # Errors
    /// [`Code::Unavailable`] if too many are waiting.
    pub async fn verify(&self, password: SecretString, hash: Option<String>) -> Result<bool, Problem> {
        let passwords = self.clone();
        let verify = move || {
            let has_account = hash.is_some();
            passwords.verify_blocking(&password, hash.as_ref().unwrap_or(&passwords.decoy)) && has_account
        };
        self.pool.run(verify).await
    }
}
