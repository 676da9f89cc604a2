//! Access tokens (JWT, EdDSA, short) and refresh tokens (opaque, used once).
use std::path::Path;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::{
    http::{Code, Problem},
    values::{clock::Instant, ids::UserId},
};

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: UserId,
    iat: i64,
    exp: i64,
}

/// Signs and checks access tokens with one Ed25519 key.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    checking: DecodingKey,
    key_id: String,
    access_s: u32,
}

impl Tokens {
    /// Reads the key from `file`, or makes one there (readable by its owner only) at the first start.
    pub fn open(file: &Path, access_s: u32) -> Result<Self, String> {
        let said = |e: &dyn std::fmt::Display| format!("the key file {}: {e}", file.display());
        let key = match std::fs::read_to_string(file) {
            Ok(pem) => SigningKey::from_pkcs8_pem(&pem).map_err(|e| said(&e))?,
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
                let mut seed = [0_u8; 32];
                rand::rng().fill_bytes(&mut seed);
                let key = SigningKey::from_bytes(&seed);
                let pem = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| said(&e))?;
                write_private(file, pem.as_bytes()).map_err(|e| said(&e))?;
                key
            }
            Err(e) => return Err(said(&e)),
        };
        let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|e| said(&e))?;
        let public = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|e| said(&e))?;
        Ok(Self {
            signing: EncodingKey::from_ed_pem(private.as_bytes()).map_err(|e| said(&e))?,
            checking: DecodingKey::from_ed_pem(public.as_bytes()).map_err(|e| said(&e))?,
            key_id: digest(key.verifying_key().as_bytes()).chars().take(12).collect(),
            access_s,
        })
    }

    /// Seconds an access token is good for.
    pub fn access_s(&self) -> u32 {
        self.access_s
    }

    /// An access token for `user`.
    pub fn sign(&self, user: UserId, now: Instant) -> Result<String, Problem> {
        let iat = now.and_utc().timestamp();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.key_id.clone());
        let claims = Claims { sub: user, iat, exp: iat + i64::from(self.access_s) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Code::Internal.into()
        })
    }

    /// Whose token it is; `None` when forged, malformed or past its time.
    pub fn check(&self, token: &str, now: Instant) -> Option<UserId> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // Our own clock decides below, so that tests can set it.
        rules.validate_exp = false;
        let claims = jsonwebtoken::decode::<Claims>(token, &self.checking, &rules).ok()?.claims;
        (now.and_utc().timestamp() < claims.exp).then_some(claims.sub)
    }
}

fn write_private(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    use std::io::Write;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file)?.write_all(bytes)
}

/// A new opaque token: 256 random bits.
pub fn opaque() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What is kept of a token: it is looked up by this, so no comparison leaks the token's bytes.
pub fn digest(token: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}
