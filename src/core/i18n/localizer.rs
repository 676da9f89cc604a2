//! Localizer over compiled-in Fluent files, one set per language. `tests/guards/messages.rs` fails if a message is missing,
//! unused, or takes different arguments in the two languages.
use std::{fmt::Display, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use unic_langid::LanguageIdentifier;

use super::Language;

macro_rules! messages {
    ($language:literal) => {
        [
            include_str!(concat!("messages/", $language, "/errors.ftl")),
            include_str!(concat!("messages/", $language, "/imports.ftl")),
            include_str!(concat!("messages/", $language, "/allocation.ftl")),
            include_str!(concat!("messages/", $language, "/emails.ftl")),
            include_str!(concat!("messages/", $language, "/columns.ftl")),
            include_str!(concat!("messages/", $language, "/countries.ftl")),
            include_str!(concat!("messages/", $language, "/layout.ftl")),
            include_str!(concat!("messages/", $language, "/terms.ftl")),
            include_str!(concat!("messages/", $language, "/account.ftl")),
            include_str!(concat!("messages/", $language, "/visitor.ftl")),
            include_str!(concat!("messages/", $language, "/organiser.ftl")),
            include_str!(concat!("messages/", $language, "/exhibitor.ftl")),
            include_str!(concat!("messages/", $language, "/gate.ftl")),
            include_str!(concat!("messages/", $language, "/admin.ftl")),
        ]
    };
}

type Bundle = FluentBundle<FluentResource>;

fn bundle(language: Language, sources: [&str; 14]) -> Bundle {
    let tag: LanguageIdentifier = language.tag().parse().unwrap_or_default();
    let mut bundle = Bundle::new_concurrent(vec![tag]);
    // Bidirectional isolation marks break copy and paste and are not needed: both languages are written left to right.
    bundle.set_use_isolating(false);
    for source in sources {
        let resource = FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, errors)| {
            tracing::error!(?errors, "failed to parse a message file");
            resource
        });
        if let Err(errors) = bundle.add_resource(resource) {
            tracing::error!(?errors, "duplicate message key");
        }
    }
    bundle
}

static VI: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::Vi, messages!("vi")));
static EN: LazyLock<Bundle> = LazyLock::new(|| bundle(Language::En, messages!("en")));

/// Renders messages in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Localizer(pub Language);

impl Localizer {
    pub(super) fn format(self, key: &str, args: Option<&FluentArgs<'_>>) -> String {
        let bundle: &Bundle = match self.0 {
            Language::Vi => &VI,
            Language::En => &EN,
        };
        let Some(pattern) = bundle.get_message(key).and_then(|m| m.value()) else {
            tracing::error!(key, "unknown message key");
            return key.to_owned();
        };
        let mut errors = Vec::new();
        let message = bundle.format_pattern(pattern, args, &mut errors).into_owned();
        if !errors.is_empty() {
            tracing::error!(key, ?errors, "failed to format a message");
        }
        message
    }

    /// Renders a message without arguments.
    pub fn localize(self, key: &str) -> String {
        self.format(key, None)
    }

    /// Renders a message with one argument.
    pub fn localize_with(self, key: &str, name: &'static str, value: impl Display) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.to_string());
        self.format(key, Some(&args))
    }

    /// Renders a message with two arguments.
    pub fn localize_with2(
        self,
        key: &str,
        (name, value): (&'static str, impl Display),
        (name2, value2): (&'static str, impl Display),
    ) -> String {
        let mut args = FluentArgs::new();
        args.set(name, value.to_string());
        args.set(name2, value2.to_string());
        self.format(key, Some(&args))
    }

    /// Renders a message with a count: `$n` is the formatted number, `$count` selects the plural form.
    pub fn localize_count(self, key: &str, n: impl TryInto<i64>) -> String {
        let n = n.try_into().unwrap_or(i64::MAX);
        let mut args = FluentArgs::new();
        args.set("n", super::format::integer(self.0, n));
        args.set("count", FluentValue::from(n));
        self.format(key, Some(&args))
    }

    /// Renders the label of an enum value: `of("edition-state", "registration_open")`.
    pub fn localize_value(self, set: &str, value: impl Display) -> String {
        self.format(&format!("{set}-{}", value.to_string().replace('_', "-")), None)
    }
}
