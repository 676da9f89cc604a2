//! What published figures say of themselves: definitions, when they were frozen and as what, a line to cite, terms of reuse.
use chrono::TimeZone;
use serde::Serialize;

use super::{access::Frozen, disclosure::Audience};
use crate::{editions::store::EditionRow, tables::Notes};
use hoicho_core::{
    i18n::{Language, Localizer, format},
    values::clock::Instant,
};

/// Terms under which published figures may be reused, from the settings.
#[derive(Debug, Clone)]
pub struct Licence(pub String);

/// Terms that the figures define.
const TERMS: [&str; 7] = ["sales", "visits", "let", "exhibitors", "complete", "declared", "others"];

/// Characters of the digest in a citation.
const CITED_DIGEST_CHARS: usize = 12;

/// A defined term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Definition {
    /// Word that tables and pages use.
    pub term: String,
    /// What is counted under it.
    pub definition: String,
}

/// What figures say of themselves, in one language.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[schema(as = AboutFigures)]
pub struct About {
    /// Terms that the figures use.
    pub definitions: Vec<Definition>,
    /// When they were frozen, or that they still change.
    pub status: String,
    /// SHA-256 of the document of statistics, which covers all reports, base64url; absent while the figures may change.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// A line to cite the published figures; absent while there are none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub citation: Option<String>,
    /// Terms of reuse of the published figures.
    pub terms: String,
    /// That the file is for the organiser, with figures that are not published.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub restriction: Option<String>,
}

/// Where figures come from.
#[derive(Debug, Clone, Copy)]
pub struct Source<'a> {
    pub edition: &'a EditionRow,
    pub frozen: Option<&'a Frozen>,
    pub audience: Audience,
    /// Address of the server without a path.
    pub base_url: &'a str,
    pub licence: &'a Licence,
    pub now: Instant,
}

impl About {
    pub fn new(source: Source<'_>, language: Language) -> Self {
        let Source { edition, frozen, audience, base_url, licence, now } = source;
        let localizer = Localizer(language);
        let zone: chrono_tz::Tz = edition.time_zone.parse().unwrap_or(chrono_tz::UTC);
        let local = |at: &Instant| zone.from_utc_datetime(at).naive_local();
        let address = format!("{base_url}/fairs/{}/figures", edition.slug);
        let status = match frozen {
            Some(frozen) => {
                let date = format::date_time(language, local(&frozen.at));
                localizer.localize_with("figures-frozen", "date", date)
            }
            None => {
                let date = format::date(language, local(&now).date());
                localizer.localize_with("figures-provisional", "date", date)
            }
        };
        let citation = |frozen: &Frozen| {
            let digest: String = frozen.published_digest.chars().take(CITED_DIGEST_CHARS).collect();
            format!("{}, {}, {address}, {digest}", edition.name, format::date(language, local(&frozen.at).date()))
        };
        let define = |term: &str| Definition {
            term: localizer.localize_value("figures-term", term),
            definition: localizer.localize_value("figures-definition", term),
        };
        Self {
            definitions: TERMS.into_iter().map(define).collect(),
            status,
            digest: frozen.map(|frozen| frozen.digest.clone()),
            citation: frozen.map(citation),
            terms: localizer.localize_with("figures-licence", "licence", &licence.0),
            restriction: match audience {
                Audience::Organiser => Some(localizer.localize_with("figures-restricted", "address", &address)),
                Audience::Public => None,
            },
        }
    }

    /// The notes of a table.
    pub fn notes(&self, language: Language) -> Notes {
        Notes { json: serde_json::to_value(self).unwrap_or_default(), lines: self.lines(language) }
    }

    /// The same as lines of text.
    fn lines(&self, language: Language) -> Vec<String> {
        let localizer = Localizer(language);
        let labelled = |label: String, value: &Option<String>| value.as_ref().map(|value| format!("{label} {value}"));
        let definitions = self.definitions.iter().map(|d| format!("{}: {}", d.term, d.definition));
        let rest = [
            Some(self.status.clone()),
            labelled(localizer.localize("figures-digest"), &self.digest),
            labelled(localizer.localize("figures-cite"), &self.citation),
            Some(self.terms.clone()),
        ];
        self.restriction.clone().into_iter().chain(definitions).chain(rest.into_iter().flatten()).collect()
    }
}
