//! The cryptography behind JWTs: EdDSA with Ed25519 and nothing else. The `jsonwebtoken` crate would otherwise need its
//! whole set (RSA, P-256, P-384, HMAC), and a token that names one of those algorithms cannot be verified at all here.
use ed25519_dalek::{Signature, SignatureError, Signer, SigningKey, Verifier, VerifyingKey, pkcs8::DecodePrivateKey};
use jsonwebtoken::{
    Algorithm, AlgorithmFamily, DecodingKey, EncodingKey,
    crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils},
    errors::{ErrorKind, Result},
};

static ED25519: CryptoProvider = CryptoProvider {
    signer_factory: signer,
    verifier_factory: verifier,
    // For JWKs, which are not used.
    key_utils: KeyUtils::new_unimplemented(),
};

/// Makes Ed25519 the cryptography of this process's JWTs; must run before the first one is signed or verified. Repeating
/// it has no effect.
pub(super) fn install() {
    // The only error is that a provider is installed already, and there is no other than this one.
    let _installed_before = ED25519.install_default();
}

struct Ed25519Signer(SigningKey);

fn signer(algorithm: &Algorithm, key: &EncodingKey) -> Result<Box<dyn JwtSigner>> {
    require_ed25519(*algorithm, key.family())?;
    let key = SigningKey::from_pkcs8_der(key.as_bytes()).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Ed25519Signer(key)))
}

impl Signer<Vec<u8>> for Ed25519Signer {
    fn try_sign(&self, message: &[u8]) -> std::result::Result<Vec<u8>, SignatureError> {
        let signature: Signature = self.0.try_sign(message)?;
        Ok(signature.to_vec())
    }
}

impl JwtSigner for Ed25519Signer {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

struct Ed25519Verifier(VerifyingKey);

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>> {
    require_ed25519(*algorithm, key.family())?;
    let key = VerifyingKey::try_from(key.try_get_as_bytes()?).map_err(|_| ErrorKind::InvalidEddsaKey)?;
    Ok(Box::new(Ed25519Verifier(key)))
}

impl Verifier<Vec<u8>> for Ed25519Verifier {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> std::result::Result<(), SignatureError> {
        self.0.verify(message, &Signature::from_slice(signature)?)
    }
}

impl JwtVerifier for Ed25519Verifier {
    fn algorithm(&self) -> Algorithm {
        Algorithm::EdDSA
    }
}

fn require_ed25519(algorithm: Algorithm, key: AlgorithmFamily) -> Result<()> {
    if algorithm == Algorithm::EdDSA && key == AlgorithmFamily::Ed {
        return Ok(());
    }
    Err(ErrorKind::InvalidAlgorithm.into())
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    use ed25519_dalek::pkcs8::EncodePrivateKey;
    use jsonwebtoken::{Header, Validation};
    use serde_json::{Value, json};

    use super::*;

    fn keys(seed: u8) -> (EncodingKey, DecodingKey) {
        let key = SigningKey::from_bytes(&[seed; 32]);
        let signing = EncodingKey::from_ed_der(key.to_pkcs8_der().unwrap().as_bytes());
        (signing, DecodingKey::from_ed_der(key.verifying_key().as_bytes()))
    }

    fn decode(token: &str, key: &DecodingKey, algorithm: Algorithm) -> std::result::Result<Value, ErrorKind> {
        let mut validation = Validation::new(algorithm);
        validation.required_spec_claims.clear();
        let decoded = jsonwebtoken::decode::<Value>(token, key, &validation);
        decoded.map(|token| token.claims).map_err(|error| error.kind().clone())
    }

    #[test]
    fn only_a_signature_of_the_key_is_accepted() {
        install();
        install();
        let ((signing, verifying), claims) = (keys(1), json!({ "sub": "lan" }));
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &signing).unwrap();
        assert_eq!(decode(&token, &verifying, Algorithm::EdDSA), Ok(claims.clone()));

        let (head, signature) = token.rsplit_once('.').unwrap();
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        for at in [0, 31, 32, 63] {
            let mut tampered = signature.clone();
            tampered[at] ^= 1;
            let token = format!("{head}.{}", URL_SAFE_NO_PAD.encode(tampered));
            assert_eq!(decode(&token, &verifying, Algorithm::EdDSA), Err(ErrorKind::InvalidSignature), "byte {at}");
        }
        for length in [0, 63] {
            let token = format!("{head}.{}", URL_SAFE_NO_PAD.encode(&signature[..length]));
            assert_eq!(
                decode(&token, &verifying, Algorithm::EdDSA),
                Err(ErrorKind::InvalidSignature),
                "{length} bytes"
            );
        }
        let (header, _) = head.split_once('.').unwrap();
        let other = URL_SAFE_NO_PAD.encode(json!({ "sub": "minh" }).to_string());
        let token = format!("{header}.{other}.{}", URL_SAFE_NO_PAD.encode(&signature));
        assert_eq!(decode(&token, &verifying, Algorithm::EdDSA), Err(ErrorKind::InvalidSignature), "other claims");
        let token = jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &keys(2).0).unwrap();
        assert_eq!(decode(&token, &verifying, Algorithm::EdDSA), Err(ErrorKind::InvalidSignature), "another key");
    }

    #[test]
    fn other_algorithms_are_rejected() {
        install();
        let ((signing, verifying), claims) = (keys(1), json!({ "sub": "lan" }));
        let hmac = EncodingKey::from_secret(verifying.try_get_as_bytes().unwrap());
        for algorithm in [Algorithm::HS256, Algorithm::RS256, Algorithm::PS512, Algorithm::ES256, Algorithm::ES384] {
            for key in [&signing, &hmac] {
                assert!(jsonwebtoken::encode(&Header::new(algorithm), &claims, key).is_err(), "{algorithm:?}");
            }
            let header = URL_SAFE_NO_PAD.encode(json!({ "typ": "JWT", "alg": algorithm }).to_string());
            let token = format!("{header}.{}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()), "A".repeat(86));
            for allowed in [Algorithm::EdDSA, algorithm] {
                assert!(decode(&token, &verifying, allowed).is_err(), "{algorithm:?} where {allowed:?} is allowed");
            }
            let secret = DecodingKey::from_secret(b"secret");
            assert_eq!(decode(&token, &secret, algorithm), Err(ErrorKind::InvalidAlgorithm), "{algorithm:?}");
        }
        assert!(jsonwebtoken::encode(&Header::new(Algorithm::EdDSA), &claims, &hmac).is_err(), "EdDSA with a secret");
    }
}
