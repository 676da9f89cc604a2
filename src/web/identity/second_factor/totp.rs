//! Codes of authenticator apps (RFC 6238): SHA-1, six digits, 30 seconds, which all apps understand.
use rand::RngCore;
use totp_rs::{Builder, Secret, Totp, TotpError};

use crate::http::{Code, Problem};
use hoicho_core::values::clock::Instant;

/// Name by which an app shows the account.
const ISSUER: &str = "hoicho";

/// Generates a secret of 160 random bits, in base 32 as apps read it.
pub(super) fn generate_secret() -> String {
    let mut bytes = [0_u8; 20];
    rand::rng().fill_bytes(&mut bytes);
    Secret::new_stack(bytes).to_base32()
}

fn internal(error: &TotpError) -> Problem {
    tracing::error!(%error, "unusable secret of a second factor");
    Code::Internal.into()
}

fn parse_secret(secret: &str) -> Result<Secret, Problem> {
    Secret::try_from_base32(secret).map_err(|_| {
        tracing::error!("the stored secret of a second factor is not base 32");
        Code::Internal.into()
    })
}

fn totp(secret: &str, account_name: Option<&str>) -> Result<Totp, Problem> {
    // A colon separates issuer and account in the address.
    let account_name = account_name.unwrap_or_default().replace(':', "_");
    // One step of skew each way, for phones whose clock is wrong by half a minute.
    let builder = Builder::new().with_secret(parse_secret(secret)?).with_skew(1).with_step_duration(30);
    builder.with_issuer(Some(ISSUER)).with_account_name(account_name).build().map_err(|error| internal(&error))
}

/// The address that an app reads from the picture.
pub(super) fn url(secret: &str, email: &str) -> Result<String, Problem> {
    totp(secret, Some(email))?.to_url().map_err(|error| internal(&error))
}

/// The time step of which this is the code, up to one before or after `now`. Codes are compared in constant time.
pub(super) fn find_step(secret: &str, code: &str, now: Instant) -> Result<Option<i64>, Problem> {
    let seconds = u64::try_from(now.and_utc().timestamp()).map_err(|_| Code::Internal)?;
    Ok(totp(secret, None)?.check(code, seconds).and_then(|step| i64::try_from(step).ok()))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Base 32 of the secret in the test vectors of RFC 6238, appendix B.
    const SECRET: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
    }

    #[test]
    fn codes_match_the_test_vectors_of_the_specification() {
        // The last six of the eight digits in the appendix.
        for (seconds, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")]
        {
            assert_eq!(find_step(SECRET, code, at(seconds)).unwrap(), Some(seconds / 30), "{seconds}");
        }
    }

    #[test]
    fn code_is_accepted_one_step_early_and_late() {
        let step = 1_111_111_109 / 30;
        for (offset, found) in [(-60, None), (-30, Some(step)), (30, Some(step)), (60, None)] {
            assert_eq!(find_step(SECRET, "081804", at(1_111_111_109 + offset)).unwrap(), found, "{offset}");
        }
    }

    #[test]
    fn address_names_issuer_and_account() {
        let secret = generate_secret();
        let url = url(&secret, "lan:x@example.vn").unwrap();
        assert!(url.starts_with("otpauth://totp/hoicho:lan_x%40example"), "{url}");
        assert!(url.contains(&format!("secret={secret}")) && url.contains("issuer=hoicho"), "{url}");
        assert_ne!(secret, generate_secret());
    }
}
