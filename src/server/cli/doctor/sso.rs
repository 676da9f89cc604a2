//! The OpenID provider that people can log in through: its discovery document and keys. Nobody logs in.
use super::report::{Finding, or_ok};
use hoicho_core::config::Settings;
use hoicho_web::identity::sso::{CALLBACK_PATH, SsoProvider};

/// No finding without a provider.
pub(super) fn check(settings: &Settings) -> Vec<Finding> {
    // The check of the settings reports what is wrong with them.
    let Ok(Some(provider)) = SsoProvider::new(&settings.sso) else { return Vec::new() };
    let public_url = settings.server.public_url.trim_end_matches('/');
    let issuer = provider.issuer();
    let mut findings = Vec::new();
    if public_url.is_empty() {
        findings.push(Finding::Warning(
            "[server] public_url is not set, so the redirect URL that the provider has to know depends on the request; set it"
                .to_owned(),
        ));
    }
    if let Err(error) = provider.check() {
        findings.push(Finding::Error(format!(
            "{issuer} gives no usable discovery document ({error}), so nobody can log in through it; check [sso] issuer, DNS, the \
             firewall and its certificate. People can log in with e-mail and password meanwhile"
        )));
    }
    or_ok(findings, || {
        format!(
            "{issuer} gives its discovery document and keys; its redirect URL for this server is {public_url}{CALLBACK_PATH}"
        )
    })
}
