//! What a person types as the second step: the six digits of the app, or a recovery code.
use super::recovery_code;

/// A typed code by its form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum TypedCode {
    /// Digits of the app.
    Totp(String),
    /// A recovery code, normalised.
    Recovery(String),
    /// Neither.
    Other,
}

impl TypedCode {
    pub(super) fn parse(typed: &str) -> Self {
        // Longer than any code with its separators.
        if typed.len() > 100 {
            return Self::Other;
        }
        // Apps show the digits in two groups.
        let digits: String = typed.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        if digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Self::Totp(digits);
        }
        recovery_code::normalise(typed).map_or(Self::Other, Self::Recovery)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_told_apart_by_their_form() {
        assert_eq!(TypedCode::parse(" 123 456"), TypedCode::Totp("123456".into()));
        assert_eq!(
            TypedCode::parse("ABCD-efgh-ijkm-npqr-stuv-wxyz"),
            TypedCode::Recovery("abcdefghijkmnpqrstuvwxyz".into())
        );
        for typed in ["", "12345", "1234567", "١٢٣٤٥٦", &"1".repeat(200)] {
            assert_eq!(TypedCode::parse(typed), TypedCode::Other, "{typed}");
        }
    }
}
