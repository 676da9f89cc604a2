//! `hoicho doctor`: checks an installation and says what to do. Reads only: it migrates nothing and creates no file.
mod accounts;
mod clock;
mod database;
#[cfg(unix)]
mod disk;
#[cfg(unix)]
mod file_modes;
mod files;
mod mail;
mod public_url;
mod report;
mod settings;
mod sso;

use std::{sync::Arc, time::Duration};

use super::setup::{self, CommonArgs};
use files::Files;
use hoicho_core::{config::Settings, db::DatabaseUrl, values::clock::Clock};
use report::{Finding, Report};

/// Timeout of a check.
const CHECK_TIMEOUT: Duration = Duration::from_secs(20);
/// Timeout of the check of the database, which reads the entire SQLite file.
const DATABASE_TIMEOUT: Duration = Duration::from_secs(120);

/// Runs all checks and prints a line for each finding.
///
/// # Errors
/// The number of errors found, if any. Warnings are not errors.
pub fn doctor(place: &CommonArgs) -> Result<(), String> {
    let mut report = Report::default();
    let (files, url) = match setup::settings(place) {
        Ok(settings) => check_configured(place, settings, &mut report),
        Err(error) => {
            let sentence =
                format!("{error}. Correct it: the server does not start. Checks that need settings are left out");
            report.add("settings", vec![Finding::Error(sentence)]);
            (Files::new(place, None, None), None)
        }
    };
    report.run("clock", CHECK_TIMEOUT, move || clock::check(url.as_ref(), Clock::System));
    #[cfg(unix)]
    {
        let checked = files.clone();
        report.run("disk", CHECK_TIMEOUT, move || disk::check(&checked));
        report.run("file modes", CHECK_TIMEOUT, move || file_modes::check(&files));
    }
    report.finish()
}

/// The checks that depend on valid settings. Returns the URL of the database if it is valid.
fn check_configured(place: &CommonArgs, settings: Settings, report: &mut Report) -> (Files, Option<DatabaseUrl>) {
    let settings = Arc::new(settings);
    let (shared, file) = (settings.clone(), place.config.clone());
    report.run("settings", CHECK_TIMEOUT, move || settings::check(&shared, file.as_deref()));
    let url = setup::database_url(place, &settings);
    let files = Files::new(place, Some(settings.as_ref()), url.as_ref().ok());
    match &url {
        Err(error) => report.add("database", vec![Finding::Error(error.clone())]),
        Ok(url) => {
            let (checked, migrates_at_start) = (url.clone(), settings.database.migrate);
            report.run("database", DATABASE_TIMEOUT, move || database::check(&checked, migrates_at_start));
            let (shared, checked) = (settings.clone(), url.clone());
            report.run("accounts", CHECK_TIMEOUT, move || accounts::check(&shared, &checked));
            match setup::read_replica(&settings, url) {
                Err(error) => report.add("read replica", vec![Finding::Error(error)]),
                Ok(None) => {}
                Ok(Some(replica)) => {
                    let primary = url.clone();
                    report.run("read replica", CHECK_TIMEOUT, move || database::check_replica(&primary, &replica));
                }
            }
        }
    }
    let (shared, folder) = (settings.clone(), files.mail.clone());
    report.run("mail", CHECK_TIMEOUT, move || mail::check(&shared.mail, &folder));
    let shared = settings.clone();
    report.run("login through a provider", CHECK_TIMEOUT, move || sso::check(&shared));
    let port = place.port.unwrap_or(settings.server.port);
    report.run("public URL", CHECK_TIMEOUT, move || public_url::check(&settings.server, port));
    (files, url.ok())
}
