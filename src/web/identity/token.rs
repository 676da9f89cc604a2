//! Access tokens (JWT with EdDSA, short-lived) and refresh tokens (opaque, single use).
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{ended_sessions::EndedSessions, jwt_crypto};
use crate::http::{Code, Problem};
use hoicho_core::values::{
    clock::Instant,
    ids::{SessionId, UserId},
};

/// `typ` and `aud` of access tokens (RFC 9068): tokens of another type or for another service are rejected.
const TOKEN_TYPE: &str = "at+jwt";
const AUDIENCE: &str = "hoicho";
/// Max cached signature checks: verifying a signature takes longer than reading a booth.
const MAX_VERIFIED: u64 = 10_000;

#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    sub: UserId,
    /// The session, which can end before the token expires.
    sid: SessionId,
    iat: i64,
    exp: i64,
}

/// Signs access tokens with the newest Ed25519 key of a folder and verifies them with all of its keys, so that issued
/// tokens remain valid after a key rotation until they expire.
#[derive(Clone)]
pub struct AccessTokens {
    signing: EncodingKey,
    signing_id: String,
    verifying: HashMap<String, DecodingKey>,
    access_ttl_s: u32,
    /// Cache of verified tokens: digest to user, session and expiry (Unix time in seconds).
    verified: Cache<[u8; 32], (VerifiedToken, i64)>,
    ended: EndedSessions,
}

/// What a valid access token says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VerifiedToken {
    /// Who uses it.
    pub user: UserId,
    /// The session that it belongs to.
    pub session: SessionId,
}

/// Creates a key in `folder`, used for signing from the next start. Returns its file.
pub fn create_key(folder: &Path) -> Result<PathBuf, String> {
    // UUID version 7 sorts by time: the last file name is the newest key.
    let file = folder.join(format!("access-{}.pem", uuid::Uuid::now_v7()));
    let describe = |e: &dyn std::fmt::Display| format!("the key file {}: {e}", file.display());
    std::fs::create_dir_all(folder).map_err(|e| describe(&e))?;
    let mut seed = [0_u8; 32];
    rand::rng().fill_bytes(&mut seed);
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(|e| describe(&e))?;
    write_private(&file, pem.as_bytes()).map_err(|e| describe(&e))?;
    Ok(file)
}

/// The key files of `folder`, oldest first; none if the folder does not exist.
pub fn key_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    match std::fs::read_dir(folder) {
        Ok(entries) => {
            for entry in entries {
                let path = entry?.path();
                if path.extension().is_some_and(|e| e == "pem") {
                    files.push(path);
                }
            }
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {}
        Err(e) => return Err(e),
    }
    files.sort();
    Ok(files)
}

impl AccessTokens {
    /// Reads the keys of `folder`; creates one (readable by its owner only) if there is none.
    pub fn open(folder: &Path, access_ttl_s: u32) -> Result<Self, String> {
        jwt_crypto::install();
        let mut files = key_files(folder).map_err(|e| format!("the key folder {}: {e}", folder.display()))?;
        if files.is_empty() {
            files.push(create_key(folder)?);
        }
        let mut verifying = HashMap::new();
        let mut newest = None;
        for file in files {
            let describe = |e: &dyn std::fmt::Display| format!("the key file {}: {e}", file.display());
            let pem = std::fs::read_to_string(&file).map_err(|e| describe(&e))?;
            let key = SigningKey::from_pkcs8_pem(&pem).map_err(|e| describe(&e))?;
            let private = key.to_pkcs8_der().map_err(|e| describe(&e))?;
            let public = key.verifying_key();
            let id: String = digest(public.as_bytes()).chars().take(12).collect();
            verifying.insert(id.clone(), DecodingKey::from_ed_der(public.as_bytes()));
            newest = Some((EncodingKey::from_ed_der(private.as_bytes()), id));
        }
        let (signing, signing_id) = newest.ok_or("no signing key")?;
        let verified =
            Cache::builder().max_capacity(MAX_VERIFIED).time_to_live(Duration::from_secs(access_ttl_s.into())).build();
        let ended = EndedSessions::new(access_ttl_s);
        Ok(Self { signing, signing_id, verifying, access_ttl_s, verified, ended })
    }

    /// Lifetime of an access token, in seconds.
    pub fn access_ttl_s(&self) -> u32 {
        self.access_ttl_s
    }

    /// Sessions that have ended before their tokens.
    pub fn ended_sessions(&self) -> &EndedSessions {
        &self.ended
    }

    /// Signs an access token of a session of `user`.
    pub fn sign(&self, user: UserId, session: SessionId, now: Instant) -> Result<String, Problem> {
        let iat = now.and_utc().timestamp();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.signing_id.clone());
        header.typ = Some(TOKEN_TYPE.to_owned());
        let exp = iat + i64::from(self.access_ttl_s);
        let claims = Claims { aud: AUDIENCE.to_owned(), sub: user, sid: session, iat, exp };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| {
            tracing::error!(%error, "failed to sign an access token");
            Code::Internal.into()
        })
    }

    /// Verifies a token; `None` if it is forged, malformed or expired, or its session has ended.
    pub fn verify_cached(&self, token: &str, now: Instant) -> Option<VerifiedToken> {
        let digest = Sha256::digest(token.as_bytes()).into();
        let (verified, expires_at) = match self.verified.get(&digest) {
            Some(entry) => entry,
            None => {
                let claims = self.verify(token)?;
                let verified = VerifiedToken { user: claims.sub, session: claims.sid };
                self.verified.insert(digest, (verified, claims.exp));
                (verified, claims.exp)
            }
        };
        let is_valid = now.and_utc().timestamp() < expires_at && !self.ended.contains(verified.session);
        is_valid.then_some(verified)
    }

    /// The claims of a token with a valid signature.
    fn verify(&self, token: &str) -> Option<Claims> {
        let mut validation = Validation::new(Algorithm::EdDSA);
        // Compared with `Clock` instead, which tests can set.
        validation.validate_exp = false;
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["aud", "exp", "sub"]);
        let header = jsonwebtoken::decode_header(token).ok()?;
        let key = self.verifying.get(&header.kid.filter(|_| header.typ.as_deref() == Some(TOKEN_TYPE))?)?;
        Some(jsonwebtoken::decode::<Claims>(token, key, &validation).ok()?.claims)
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

/// Generates an opaque token of 256 random bits.
pub fn generate_opaque() -> String {
    let mut bytes = [0_u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Characters of an opaque token: 32 bytes in base64 without padding.
const OPAQUE_LENGTH: usize = 43;

/// Whether a text has the form of our opaque tokens; nothing has to be looked up for any other text.
pub fn is_opaque(token: &str) -> bool {
    let is_base64url = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    token.len() == OPAQUE_LENGTH && token.bytes().all(is_base64url)
}

/// The digest under which a token is stored and looked up, so that no comparison of its bytes leaks timing.
pub fn digest(token: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(token))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_tokens_are_told_from_other_texts() {
        let token = generate_opaque();
        assert!(is_opaque(&token));
        for malformed in ["", "x", token.get(1..).unwrap(), &format!("{token}A"), &token.replace(|_| true, "="), "đ"] {
            assert!(!is_opaque(malformed), "{malformed}");
        }
    }

    #[test]
    fn rotation_signs_with_the_new_key_and_still_verifies_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let now = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let (user, session) = (UserId::make(), SessionId::make());
        let verified = Some(VerifiedToken { user, session });
        let before = AccessTokens::open(folder.path(), 900).unwrap();
        let old = before.sign(user, session, now).unwrap();
        create_key(folder.path()).unwrap();
        let after = AccessTokens::open(folder.path(), 900).unwrap();
        let new = after.sign(user, session, now).unwrap();
        assert_eq!((after.verify_cached(&old, now), after.verify_cached(&new, now)), (verified, verified));
        assert_eq!(before.verify_cached(&new, now), None, "signed with an unknown key");
        assert_eq!(after.verify_cached(&old, now + chrono::Duration::seconds(900)), None, "expired");
        // Removing a leaked key invalidates the tokens it signed.
        let mut files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        std::fs::remove_file(&files[0]).unwrap();
        let without = AccessTokens::open(folder.path(), 900).unwrap();
        assert_eq!((without.verify_cached(&old, now), without.verify_cached(&new, now)), (None, verified));
    }
}
