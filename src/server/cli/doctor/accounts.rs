//! Accounts of the demo in a database that is served for real.
use super::report::{Finding, or_ok};
use crate::sample_data;
use hoicho_core::{
    config::Settings,
    db::{DatabaseUrl, inspect},
};
use hoicho_web::identity::passwords::PasswordHasher;

pub(super) fn check(settings: &Settings, url: &DatabaseUrl) -> Vec<Finding> {
    let Ok(passwords) = PasswordHasher::new(settings.password) else { return Vec::new() };
    // A database that cannot be read, or without the tables, is reported by its own check.
    let Ok(hashes) = inspect::find_password_hashes(url, &sample_data::USERS.map(|(email, ..)| email)) else {
        return Vec::new();
    };
    let usable = hashes.into_iter().filter(|(_, hash)| sample_data::has_published_password(&passwords, hash));
    let emails: Vec<String> = usable.map(|(email, _)| email).collect();
    let finding = (!emails.is_empty()).then(|| {
        Finding::Error(format!(
            "{} have the published password of the demo; change their passwords, or erase them with `hoicho person erase`",
            emails.join(", ")
        ))
    });
    or_ok(Vec::from_iter(finding), || "none has the published password of the demo".to_owned())
}
