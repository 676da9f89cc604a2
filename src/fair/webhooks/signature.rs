//! Signatures after the Standard Webhooks specification: HMAC-SHA256 (`v1`) and ed25519 (`v1a`) of
//! `<id>.<timestamp>.<body>`.
use base64::{Engine, engine::general_purpose::STANDARD};
use ed25519_dalek::{Signer, SigningKey};
use hmac::{Hmac, Mac};
use rand::TryRngCore;
use sha2::Sha256;

use hoicho_web::http::{Code, Problem};

/// What signs messages to one address.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Secret {
    hmac: Vec<u8>,
    seed: [u8; 32],
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A new one.
    pub(super) fn make() -> Result<Self, Problem> {
        let (mut hmac, mut seed) = (vec![0; 32], [0; 32]);
        let mut random = rand::rngs::OsRng;
        random.try_fill_bytes(&mut hmac).and_then(|()| random.try_fill_bytes(&mut seed)).map_err(|error| {
            tracing::error!(%error, "no randomness");
            Problem::from(Code::Internal)
        })?;
        Ok(Self { hmac, seed })
    }

    /// As it is kept; `None` for what was kept wrongly.
    pub(super) fn read(hmac: &str, seed: &str) -> Option<Self> {
        Some(Self { hmac: STANDARD.decode(hmac).ok()?, seed: STANDARD.decode(seed).ok()?.try_into().ok()? })
    }

    /// To be kept: the shared secret, and the seed of the key pair.
    pub(super) fn kept(&self) -> (String, String) {
        (STANDARD.encode(&self.hmac), STANDARD.encode(self.seed))
    }

    /// The secret as verifiers take it.
    pub(super) fn shared(&self) -> String {
        format!("whsec_{}", STANDARD.encode(&self.hmac))
    }

    /// The public key as verifiers take it.
    pub(super) fn public(&self) -> String {
        format!("whpk_{}", STANDARD.encode(SigningKey::from_bytes(&self.seed).verifying_key().to_bytes()))
    }

    fn sign(&self, content: &[u8]) -> Option<String> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.hmac).ok()?;
        mac.update(content);
        let shared = STANDARD.encode(mac.finalize().into_bytes());
        let paired = STANDARD.encode(SigningKey::from_bytes(&self.seed).sign(content).to_bytes());
        Some(format!("v1,{shared} v1a,{paired}"))
    }
}

/// The `webhook-signature` of a message by all secrets that are good.
pub(super) fn signatures(secrets: &[Secret], id: &str, timestamp: i64, body: &str) -> String {
    let content = format!("{id}.{timestamp}.{body}");
    let each: Vec<String> = secrets.iter().filter_map(|secret| secret.sign(content.as_bytes())).collect();
    each.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of the specification's reference libraries.
    #[test]
    fn the_known_message_has_the_known_signature() {
        let seed = STANDARD.encode([7; 32]);
        let secret = Secret::read("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", &seed).unwrap();
        let signed = signatures(&[secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, r#"{"test": 2432232314}"#);
        assert!(signed.starts_with("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE= v1a,"), "{signed}");
    }

    #[test]
    fn a_pair_signs_what_its_public_key_checks_and_nothing_else() {
        use ed25519_dalek::{Signature, Verifier, VerifyingKey};
        let secret = Secret::make().unwrap();
        let signed = signatures(std::slice::from_ref(&secret), "msg_1", 5, "{}");
        let (_, paired) = signed.split_once(" v1a,").unwrap();
        let signature = Signature::from_slice(&STANDARD.decode(paired).unwrap()).unwrap();
        let public = STANDARD.decode(secret.public().strip_prefix("whpk_").unwrap()).unwrap();
        let public = VerifyingKey::from_bytes(&public.try_into().unwrap()).unwrap();
        public.verify(b"msg_1.5.{}", &signature).unwrap();
        public.verify(b"msg_1.6.{}", &signature).unwrap_err();
    }

    #[test]
    fn what_is_kept_is_read_again_and_never_shown_by_accident() {
        let secret = Secret::make().unwrap();
        let (hmac, seed) = secret.kept();
        assert_eq!(Secret::read(&hmac, &seed), Some(secret.clone()));
        assert_eq!(format!("{secret:?}"), "Secret");
    }
}
