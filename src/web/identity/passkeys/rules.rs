//! Limits of passkeys and ceremonies.
use webauthn_rs::prelude::{PublicKeyCredential, RegisterPublicKeyCredential};

use crate::http::{Code, Problem};
use hoicho_core::i18n::MessageId;

/// Passkeys of a person.
pub const MAX_PASSKEYS: usize = 10;
/// Seconds in which a ceremony must be completed.
pub(in crate::identity) const CEREMONY_TTL_S: u32 = 300;
/// Logins that an address has begun and not completed; a whole fair may share one.
pub(super) const MAX_OPEN_LOGINS: i64 = 100;
/// Bytes of a credential as it is stored; the database has the same limit.
pub(super) const MAX_CREDENTIAL_BYTES: usize = 16_384;
/// Bytes of a part of what an authenticator sends.
const MAX_PART_BYTES: usize = 65_536;

/// The response to a passkey that is unknown, or whose proof is wrong.
pub(super) fn wrong_passkey() -> Problem {
    Problem::new(Code::WrongPasskey, MessageId("error-wrong-passkey"))
}

/// The response to a ceremony that has expired, was used before, or belongs to another session.
pub(super) fn no_ceremony() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-passkey-expired"))
}

/// The response to one passkey more than [`MAX_PASSKEYS`].
pub(super) fn too_many() -> Problem {
    Problem::new(Code::IllegalStep, MessageId("error-passkey-limit").with_args(&[("max", &MAX_PASSKEYS)]))
}

/// The response to a credential that is registered already.
pub(super) fn already_registered() -> Problem {
    Problem::new(Code::AlreadyExists, MessageId("error-passkey-exists"))
}

fn are_small(parts: &[&[u8]]) -> bool {
    parts.iter().all(|part| part.len() <= MAX_PART_BYTES)
}

/// Whether what an authenticator sends for a registration is small enough to be parsed, and can be found again at a login: an
/// authenticator that did not store the credential says so.
pub(super) fn is_acceptable_registration(sent: &RegisterPublicKeyCredential) -> bool {
    let is_discoverable = sent.extensions.cred_props.as_ref().and_then(|properties| properties.rk) != Some(false);
    is_discoverable && are_small(&[&sent.raw_id, &sent.response.attestation_object, &sent.response.client_data_json])
}

/// Whether what an authenticator sends for a login is small enough to be parsed.
pub(super) fn is_acceptable_login(sent: &PublicKeyCredential) -> bool {
    let response = &sent.response;
    are_small(&[&sent.raw_id, &response.authenticator_data, &response.client_data_json, &response.signature])
}
