//! An authenticator in memory: makes credentials and signs challenges as a phone does (WebAuthn Level 2, ES256, no attestation).
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use p256::ecdsa::{DerSignature, SigningKey, signature::Signer};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// User present and verified.
pub const VERIFIED: u8 = 0x05;
/// User present only.
pub const PRESENT: u8 = 0x01;
/// A credential follows.
const HAS_CREDENTIAL: u8 = 0x40;

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

fn sha256(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    Sha256::digest(bytes.as_ref()).to_vec()
}

/// A credential in an authenticator. Its fields can be changed, to send what an authenticator never would.
#[derive(Clone)]
pub struct Credential {
    pub key: SigningKey,
    pub id: Vec<u8>,
    pub user_handle: String,
    pub origin: String,
    pub rp_id: String,
    pub flags: u8,
    pub counter: u32,
}

impl Credential {
    /// A new credential for the options of a registration.
    pub fn make(options: &Value, origin: &str) -> Self {
        let seed: [u8; 32] = rand::random();
        Self {
            key: SigningKey::from_slice(&seed).unwrap(),
            id: rand::random::<[u8; 32]>().to_vec(),
            user_handle: options["user"]["id"].as_str().unwrap().to_owned(),
            origin: origin.to_owned(),
            rp_id: options["rp"]["id"].as_str().unwrap().to_owned(),
            flags: VERIFIED,
            counter: 0,
        }
    }

    fn client_data(&self, kind: &str, options: &Value) -> Vec<u8> {
        let data =
            json!({ "type": kind, "challenge": options["challenge"], "origin": self.origin, "crossOrigin": false });
        data.to_string().into_bytes()
    }

    fn authenticator_data(&self, flags: u8) -> Vec<u8> {
        [sha256(&self.rp_id).as_slice(), &[flags], &self.counter.to_be_bytes()].concat()
    }

    /// What the authenticator returns for the options of a registration.
    pub fn attest(&self, options: &Value) -> Value {
        let point = self.key.verifying_key().to_sec1_bytes();
        // SEC 1 without compression: 4, x, y.
        let point = if point.len() == 65 { point.to_vec() } else { panic!("a compressed point") };
        let key = [&[0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21, 0x58, 32][..], &point[1..33], &[0x22, 0x58, 32], &point[33..]];
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data =
            [&self.authenticator_data(self.flags | HAS_CREDENTIAL)[..], &[0; 16], &length, &self.id, &key.concat()]
                .concat();
        let mut object = b"\xa3\x63fmt\x64none\x67attStmt\xa0\x68authData\x59".to_vec();
        object.extend(u16::try_from(data.len()).unwrap().to_be_bytes());
        object.extend(data);
        let client_data = self.client_data("webauthn.create", options);
        json!({
            "id": encode(&self.id),
            "rawId": encode(&self.id),
            "type": "public-key",
            "response": { "attestationObject": encode(object), "clientDataJSON": encode(client_data) },
            "clientExtensionResults": { "credProps": { "rk": true } },
        })
    }

    /// What the authenticator returns for the options of a login.
    pub fn assert(&self, options: &Value) -> Value {
        let (data, client_data) = (self.authenticator_data(self.flags), self.client_data("webauthn.get", options));
        let signature: DerSignature = self.key.sign(&[data.as_slice(), &sha256(&client_data)].concat());
        json!({
            "id": encode(&self.id),
            "rawId": encode(&self.id),
            "type": "public-key",
            "response": {
                "authenticatorData": encode(data),
                "clientDataJSON": encode(client_data),
                "signature": encode(signature.as_bytes()),
                "userHandle": self.user_handle,
            },
            "clientExtensionResults": {},
        })
    }
}
