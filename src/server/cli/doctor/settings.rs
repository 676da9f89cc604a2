//! Settings that prevent the start, and settings that are risky in production.
use std::path::Path;

use super::report::{Finding, or_ok};
use hoicho_core::{
    config::{MetricsAccess, Settings},
    db::url::is_loopback,
};
use hoicho_fair::{applications::DocumentStorage, mail};
use hoicho_web::identity::{passwords::PasswordHasher, rate_limiter::RateLimiter, sso::SsoProvider};

/// The least cost of argon2id that OWASP recommends: memory in KiB times iterations.
const MIN_PASSWORD_COST: u64 = 35_840;

pub(super) fn check(settings: &Settings, file: Option<&Path>) -> Vec<Finding> {
    let errors = start_errors(settings).into_iter().map(Finding::Error);
    let warnings = risks(settings).into_iter().map(|risk| Finding::Warning(risk.to_owned()));
    or_ok(errors.chain(warnings).collect(), || match file {
        Some(file) => format!("{} is valid", file.display()),
        None => "no settings file (--config): the defaults and the environment variables HOICHO_… are valid".to_owned(),
    })
}

/// What the server reports when it starts.
fn start_errors(settings: &Settings) -> Vec<String> {
    let checks = [
        mail::check_settings(&settings.mail),
        DocumentStorage::check_settings(&settings.uploads),
        PasswordHasher::new(settings.password).map(drop),
        RateLimiter::new(settings.limits).map(drop),
        SsoProvider::new(&settings.sso).map(drop),
        match settings.database.connections {
            0 => Err("[database] connections: must be at least 1".to_owned()),
            1.. => Ok(()),
        },
    ];
    checks.into_iter().filter_map(Result::err).collect()
}

fn risks(settings: &Settings) -> Vec<&'static str> {
    let server = &settings.server;
    let binds_loopback = is_loopback(&server.address);
    let has_https = server.public_url.starts_with("https://");
    let password_cost = u64::from(settings.password.memory_kib) * u64::from(settings.password.iterations);
    let risks = [
        (
            server.trusted_proxies > 0 && !binds_loopback,
            "[server] trusted_proxies: whoever reaches the port directly chooses the address that rate limits and the log \
             use; set address to 127.0.0.1, or let the firewall admit the proxy only",
        ),
        (
            server.trusted_proxies == 0 && has_https,
            "[server] trusted_proxies is 0, but public_url is served by a proxy that ends TLS: all callers share one rate \
             limit; set trusted_proxies to the number of proxies that add to X-Forwarded-For",
        ),
        (
            server.metrics == MetricsAccess::All && (!binds_loopback || has_https),
            "[server] metrics = \"all\" shows the metrics to everybody who reaches the port or the proxy; set \"local\" \
             or \"nobody\", or let the firewall and the proxy refuse /metrics",
        ),
        (
            settings.webhooks.allow_private_addresses,
            "[webhooks] allow_private_addresses lets organisers send requests to internal services; set it to false \
             unless you trust all of them",
        ),
        (
            settings.webhooks.allow_plain_http,
            "[webhooks] allow_plain_http sends events without encryption; set it to false",
        ),
        (
            password_cost < MIN_PASSWORD_COST,
            "[password] memory_kib and iterations are below what OWASP recommends, so stolen hashes are cheap to guess; \
             remove both to use the defaults",
        ),
    ];
    risks.into_iter().filter(|(applies, _)| *applies).map(|(_, risk)| risk).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut Settings);

    #[test]
    fn defaults_have_no_risk_and_each_risk_is_named() {
        let with = |change: Change| {
            let mut settings = Settings::load(None).unwrap();
            change(&mut settings);
            check(&settings, None)
        };
        assert!(matches!(with(|_| {})[..], [Finding::Ok(_)]));
        let cases: [(&str, Change); 12] = [
            ("directly", |s| (s.server.address, s.server.trusted_proxies) = ("0.0.0.0".to_owned(), 1)),
            ("trusted_proxies is 0", |s| s.server.public_url = "https://a.vn".to_owned()),
            ("or the proxy", |s| {
                (s.server.public_url, s.server.metrics) = ("https://a.vn".to_owned(), MetricsAccess::All);
            }),
            ("to everybody", |s| {
                (s.server.address, s.server.metrics) = ("::".to_owned(), MetricsAccess::All);
            }),
            ("allow_private_addresses", |s| s.webhooks.allow_private_addresses = true),
            ("allow_plain_http", |s| s.webhooks.allow_plain_http = true),
            ("OWASP", |s| s.password.iterations = 1),
            ("[mail] from", |s| s.mail.from = "nobody".to_owned()),
            ("[sso] issuer", |s| s.sso.issuer = "http://login.example.vn".to_owned()),
            ("[sso] client_id", |s| s.sso.issuer = "https://login.example.vn".to_owned()),
            ("[sso] scopes", |s| {
                s.sso.issuer = "https://login.example.vn".to_owned();
                (s.sso.client_id, s.sso.scopes) = ("hoicho".to_owned(), "email".to_owned());
            }),
            ("connections", |s| s.database.connections = 0),
        ];
        for (expected, change) in cases {
            let findings = with(change);
            assert!(findings.iter().any(|finding| finding.to_string().contains(expected)), "{expected}: {findings:?}");
            assert!(!findings.iter().any(|finding| matches!(finding, Finding::Ok(_))), "{findings:?}");
        }
    }
}
