//! Signatures of the Standard Webhooks specification: HMAC-SHA256 (`v1`) and ed25519 (`v1a`) over
//! `<id>.<timestamp>.<body>`.
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use sha2::Sha256;

use hoicho_web::http::{Code, Problem};

/// Signing secret of one endpoint: an HMAC key and an ed25519 key pair.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningSecret {
    hmac: Vec<u8>,
    ed25519_seed: [u8; 32],
}

impl std::fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl SigningSecret {
    /// Generates a random secret.
    ///
    /// # Errors
    /// [`Code::Internal`] if the random number generator of the system fails.
    pub fn generate() -> Result<Self, Problem> {
        let (mut hmac, mut ed25519_seed) = (vec![0; 32], [0; 32]);
        let mut random = rand::rngs::OsRng;
        random.try_fill_bytes(&mut hmac).and_then(|()| random.try_fill_bytes(&mut ed25519_seed)).map_err(|error| {
            tracing::error!(%error, "random number generator failed");
            Problem::from(Code::Internal)
        })?;
        Ok(Self { hmac, ed25519_seed })
    }

    /// A secret with this HMAC key (`whsec_…`), and a random ed25519 key pair; `None` if the key is not base64 after its prefix.
    ///
    /// # Errors
    /// [`Code::Internal`] if the random number generator of the system fails.
    pub fn with_hmac_key(key: &str) -> Result<Option<Self>, Problem> {
        let Some(hmac) = key.strip_prefix("whsec_").and_then(|key| STANDARD.decode(key).ok()) else { return Ok(None) };
        Ok(Some(Self { hmac, ..Self::generate()? }))
    }

    /// Decodes the stored base64 values; `None` if they are invalid.
    pub(super) fn decode(hmac: &str, ed25519_seed: &str) -> Option<Self> {
        Some(Self {
            hmac: STANDARD.decode(hmac).ok()?,
            ed25519_seed: STANDARD.decode(ed25519_seed).ok()?.try_into().ok()?,
        })
    }

    /// Encodes the HMAC key and the ed25519 seed as base64 for storage.
    pub(super) fn encode(&self) -> (String, String) {
        (STANDARD.encode(&self.hmac), STANDARD.encode(self.ed25519_seed))
    }

    /// The HMAC key in the `whsec_` format of the specification.
    pub fn hmac_key(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.hmac))
    }

    /// The ed25519 public key in the `whpk_` format of the specification.
    pub fn public_key(&self) -> String {
        format!("whpk_{}", STANDARD.encode(SigningKey::from_bytes(&self.ed25519_seed).verifying_key().to_bytes()))
    }

    fn sign(&self, content: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.hmac).ok()?;
        mac.update(content);
        let hmac = STANDARD.encode(mac.finalize().into_bytes());
        let ed25519 = STANDARD.encode(SigningKey::from_bytes(&self.ed25519_seed).sign(content).to_bytes());
        Some(format!("v1,{hmac} v1a,{ed25519}"))
    }
}

/// Value of the `webhook-signature` header: signatures by all active secrets, separated by spaces.
pub fn signature_header(secrets: &[SigningSecret], id: &str, timestamp: i64, body: &str) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    let signatures: Vec<String> = secrets.iter().filter_map(|secret| secret.sign(content.as_bytes())).collect();
    signatures.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Test vector of the specification's reference libraries.
    #[test]
    fn signature_matches_the_test_vector_of_the_specification() {
        let ed25519_seed = STANDARD.encode([7; 32]);
        let secret = SigningSecret::decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &ed25519_seed).unwrap();
        let signed =
            signature_header(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert!(signed.starts_with("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,"), "{signed}");
    }

    #[test]
    fn ed25519_signature_verifies_with_the_public_key() {
        use ed25519_dalek::{Signature, Verifier, VerifyingKey};
        let secret = SigningSecret::generate().unwrap();
        let signed = signature_header(std::slice::from_ref(&secret), "msg_1", 5, "{}");
        let (_, ed25519) = signed.split_once(" v1a,").unwrap();
        let signature = Signature::from_slice(&STANDARD.decode(ed25519).unwrap()).unwrap();
        let public = STANDARD.decode(secret.public_key().strip_prefix("whpk_").unwrap()).unwrap();
        let public = VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
        public.verify(b"msg_1.5.{}", &signature).unwrap();
        public.verify(b"msg_1.6.{}", &signature).unwrap_err();
    }

    #[test]
    fn secret_round_trips_and_debug_output_is_redacted() {
        let secret = SigningSecret::generate().unwrap();
        let (hmac, ed25519_seed) = secret.encode();
        assert_eq!(SigningSecret::decode(&hmac, &ed25519_seed), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
