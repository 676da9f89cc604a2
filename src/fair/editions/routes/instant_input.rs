//! An instant in a request: exact, or local in the edition's time zone as a form sends it.
use chrono::{DateTime, NaiveDateTime, SubsecRound};
use serde::Deserialize;

use super::super::schedule::to_instant;
use hoicho_core::values::clock::Instant;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub(super) enum InstantInput {
    /// RFC 3339 with an offset.
    Exact(Instant),
    /// `YYYY-MM-DDTHH:MM`, with or without seconds.
    Local(NaiveDateTime),
}

impl TryFrom<String> for InstantInput {
    type Error = String;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        if let Ok(at) = DateTime::parse_from_rfc3339(&text) {
            return Ok(Self::Exact(at.naive_utc().trunc_subsecs(6)));
        }
        let local = ["%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S"];
        let local = local.iter().find_map(|format| NaiveDateTime::parse_from_str(&text, format).ok());
        local.map(Self::Local).ok_or_else(|| format!("{text:?} is no RFC 3339 time and no YYYY-MM-DDTHH:MM"))
    }
}

impl InstantInput {
    /// The instant, for an edition in `zone`.
    pub(super) fn in_zone(self, zone: chrono_tz::Tz) -> Instant {
        match self {
            Self::Exact(at) => at,
            Self::Local(local) => to_instant(zone, local),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_exact_and_local_times() {
        let read = |text: &str| {
            let input = InstantInput::try_from(text.to_owned()).ok()?;
            Some(input.in_zone(chrono_tz::Asia::Ho_Chi_Minh).to_string())
        };
        assert_eq!(read("2026-02-01T08:00:00+07:00").as_deref(), Some("2026-02-01 01:00:00"));
        assert_eq!(read("2026-02-01T08:00").as_deref(), Some("2026-02-01 01:00:00"));
        assert_eq!(read("2026-02-01T01:00:00Z").as_deref(), Some("2026-02-01 01:00:00"));
        assert_eq!(read("2026-02-01"), None);
        assert_eq!(read("1/2/2026 8:00"), None);
    }
}
