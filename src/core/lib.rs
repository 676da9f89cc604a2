//! The base of hoicho: values, domain states, settings, translations, metrics and the database. Knows neither HTTP nor any capability.
pub mod config;
pub mod db;
pub mod i18n;
pub mod metrics;
pub mod states;
pub mod values;
