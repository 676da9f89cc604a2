//! Which authentication methods of a provider (`amr`, RFC 8176) count as a second factor.

/// Several factors, a one-time password, a key in hardware, a smart card. Whatever else a provider says does not count: a password,
/// text messages and calls, a risk score, or a name that only this provider uses.
const COUNTED: [&str; 4] = ["mfa", "otp", "hwk", "sc"];

/// Whether one of the methods counts.
pub(super) fn are_multiple<'a>(methods: impl IntoIterator<Item = &'a str>) -> bool {
    methods.into_iter().any(|method| COUNTED.contains(&method))
}

#[cfg(test)]
mod tests {
    use super::are_multiple;

    #[test]
    fn only_listed_methods_count() {
        for methods in [&["pwd", "mfa"][..], &["otp"], &["hwk"], &["sc", "pin"]] {
            assert!(are_multiple(methods.iter().copied()), "{methods:?}");
        }
        for methods in [&[][..], &["pwd"], &["sms"], &["MFA"], &["ngcmfa"], &["rba", "user", "tel"]] {
            assert!(!are_multiple(methods.iter().copied()), "{methods:?}");
        }
    }
}
