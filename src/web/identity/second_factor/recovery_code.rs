//! Recovery codes: 120 random bits each, so that a digest is enough to store them, of letters and digits that are not taken for each
//! other.
use rand::RngCore;

use crate::identity::token;
use hoicho_core::values::ids::UserId;

/// Codes that an account gets at a time.
pub(super) const COUNT: usize = 10;
/// Characters of a code, without the hyphens between groups.
const LENGTH: usize = 24;
/// Characters of a group.
const GROUP: usize = 4;
/// Thirty-two characters, so that each stands for five bits.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Generates a code, in groups as people type it.
pub(super) fn generate() -> String {
    let mut bytes = [0_u8; LENGTH];
    rand::rng().fill_bytes(&mut bytes);
    let letters = bytes.iter().filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied().map(char::from));
    let letters: Vec<char> = letters.collect();
    letters.chunks(GROUP).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

/// A typed code without spaces and hyphens; `None` if it does not have the form of a recovery code.
pub(super) fn normalise(typed: &str) -> Option<String> {
    let code: String =
        typed.chars().filter(|c| !c.is_whitespace() && *c != '-').map(|c| c.to_ascii_lowercase()).collect();
    (code.len() == LENGTH && code.bytes().all(|byte| ALPHABET.contains(&byte))).then_some(code)
}

/// The digest under which the normalised code of a user is stored.
pub(super) fn digest(user: UserId, code: &str) -> String {
    token::digest(format!("{user} {code}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn generated_code_is_recognised_however_it_is_typed() {
        let code = generate();
        assert_eq!(code.len(), LENGTH + 5);
        let normal = normalise(&code).unwrap();
        assert_eq!(normalise(&format!(" {} ", code.to_uppercase().replace('-', " "))), Some(normal.clone()));
        assert_ne!(digest(UserId::make(), &normal), digest(UserId::make(), &normal));
    }

    #[test]
    fn other_texts_are_no_recovery_codes() {
        let part = "abcd-efgh-ijkm-npqr-stuv";
        for typed in ["", "123456", part, &format!("{part}-wxy0"), &format!("{part}-wxyzz"), "đđđđđđđđđđđđ"]
        {
            assert_eq!(normalise(typed), None, "{typed}");
        }
    }
}
