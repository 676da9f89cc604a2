//! Access tokens (JWT, EdDSA, short) and refresh tokens (opaque, used once).
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use ed25519_dalek::{
    SigningKey,
    pkcs8::{DecodePrivateKey, EncodePrivateKey, EncodePublicKey, spki::der::pem::LineEnding},
};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation};
use moka::sync::Cache;
use rand::RngCore;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::http::{Code, Problem};
use hoicho_core::values::{clock::Instant, ids::UserId};

/// What our tokens are for (RFC 9068): a token of another kind or for another service opens nothing here.
const KIND: &str = "at+jwt";
const AUDIENCE: &str = "hoicho";
/// Tokens whose signature is remembered to be right: checking one takes longer than reading a booth.
const SEEN: u64 = 10_000;

#[derive(Serialize, Deserialize)]
struct Claims {
    aud: String,
    sub: UserId,
    iat: i64,
    exp: i64,
}

/// Signs access tokens with the newest Ed25519 key of a folder, and checks them with any of its keys: after a
/// rotation the tokens that are out there stay good until their time is over.
#[derive(Clone)]
pub struct Tokens {
    signing: EncodingKey,
    signing_id: String,
    checking: HashMap<String, DecodingKey>,
    access_s: u32,
    /// Digests of tokens that we signed, with whose they are and until when (seconds since 1970).
    seen: Cache<[u8; 32], (UserId, i64)>,
}

/// Adds a key to `folder`; the next start signs with it. Returns its file.
pub fn make_key(folder: &Path) -> Result<PathBuf, String> {
    // Version 7 sorts by time: the last by name is the newest.
    let file = folder.join(format!("access-{}.pem", uuid::Uuid::now_v7()));
    let said = |e: &dyn std::fmt::Display| format!("the key file {}: {e}", file.display());
    std::fs::create_dir_all(folder).map_err(|e| said(&e))?;
    let mut seed = [0_u8; 32];
    rand::rng().fill_bytes(&mut seed);
    let pem = SigningKey::from_bytes(&seed).to_pkcs8_pem(LineEnding::LF).map_err(|e| said(&e))?;
    write_private(&file, pem.as_bytes()).map_err(|e| said(&e))?;
    Ok(file)
}

fn key_files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
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

impl Tokens {
    /// Reads the keys of `folder`, or makes one there (readable by its owner only) at the first start.
    pub fn open(folder: &Path, access_s: u32) -> Result<Self, String> {
        let mut files = key_files(folder).map_err(|e| format!("the key folder {}: {e}", folder.display()))?;
        if files.is_empty() {
            files.push(make_key(folder)?);
        }
        let mut checking = HashMap::new();
        let mut newest = None;
        for file in files {
            let said = |e: &dyn std::fmt::Display| format!("the key file {}: {e}", file.display());
            let pem = std::fs::read_to_string(&file).map_err(|e| said(&e))?;
            let key = SigningKey::from_pkcs8_pem(&pem).map_err(|e| said(&e))?;
            let public = key.verifying_key().to_public_key_pem(LineEnding::LF).map_err(|e| said(&e))?;
            let id: String = digest(key.verifying_key().as_bytes()).chars().take(12).collect();
            checking.insert(id.clone(), DecodingKey::from_ed_pem(public.as_bytes()).map_err(|e| said(&e))?);
            newest = Some((EncodingKey::from_ed_pem(pem.as_bytes()).map_err(|e| said(&e))?, id));
        }
        let (signing, signing_id) = newest.ok_or("there is no key")?;
        let seen = Cache::builder().max_capacity(SEEN).time_to_live(Duration::from_secs(access_s.into())).build();
        Ok(Self { signing, signing_id, checking, access_s, seen })
    }

    /// Seconds an access token is good for.
    pub fn access_s(&self) -> u32 {
        self.access_s
    }

    /// An access token for `user`.
    pub fn sign(&self, user: UserId, now: Instant) -> Result<String, Problem> {
        let iat = now.and_utc().timestamp();
        let mut header = Header::new(Algorithm::EdDSA);
        header.kid = Some(self.signing_id.clone());
        header.typ = Some(KIND.to_owned());
        let claims = Claims { aud: AUDIENCE.to_owned(), sub: user, iat, exp: iat + i64::from(self.access_s) };
        jsonwebtoken::encode(&header, &claims, &self.signing).map_err(|error| {
            tracing::error!(%error, "a token could not be signed");
            Code::Internal.into()
        })
    }

    /// Whose token it is; `None` when forged, malformed or past its time.
    pub fn check(&self, token: &str, now: Instant) -> Option<UserId> {
        let digest = Sha256::digest(token.as_bytes()).into();
        let (user, until) = match self.seen.get(&digest) {
            Some(seen) => seen,
            None => {
                let claims = self.verified(token)?;
                self.seen.insert(digest, (claims.sub, claims.exp));
                (claims.sub, claims.exp)
            }
        };
        (now.and_utc().timestamp() < until).then_some(user)
    }

    /// What a token says, if we signed it.
    fn verified(&self, token: &str) -> Option<Claims> {
        let mut rules = Validation::new(Algorithm::EdDSA);
        // Our own clock decides, so that tests can set it.
        rules.validate_exp = false;
        rules.set_audience(&[AUDIENCE]);
        rules.set_required_spec_claims(&["aud", "exp", "sub"]);
        let header = jsonwebtoken::decode_header(token).ok()?;
        let key = self.checking.get(&header.kid.filter(|_| header.typ.as_deref() == Some(KIND))?)?;
        Some(jsonwebtoken::decode::<Claims>(token, key, &rules).ok()?.claims)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rotated_key_signs_and_the_old_one_still_checks() {
        let folder = tempfile::tempdir().unwrap();
        let now = chrono::NaiveDate::from_ymd_opt(2026, 3, 1).unwrap().and_hms_opt(0, 0, 0).unwrap();
        let user = UserId::make();
        let before = Tokens::open(folder.path(), 900).unwrap();
        let old = before.sign(user, now).unwrap();
        make_key(folder.path()).unwrap();
        let after = Tokens::open(folder.path(), 900).unwrap();
        let new = after.sign(user, now).unwrap();
        assert_eq!((after.check(&old, now), after.check(&new, now)), (Some(user), Some(user)));
        assert_eq!(before.check(&new, now), None, "a key it does not have");
        assert_eq!(after.check(&old, now + chrono::Duration::seconds(900)), None, "its time is over");
        // A key that leaked is taken away: what it signed is worth nothing from then on.
        let mut files: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path()).collect();
        files.sort();
        std::fs::remove_file(&files[0]).unwrap();
        let without = Tokens::open(folder.path(), 900).unwrap();
        assert_eq!((without.check(&old, now), without.check(&new, now)), (None, Some(user)));
    }
}
