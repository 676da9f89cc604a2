//! Localizable texts of explanations.
use super::explain::{Advice, Explanation, Lost, Outcome, Reason, Why};
use hoicho_core::i18n::{Said, Text};

/// The sentences of an explanation: outcome, unfulfilled wishes, advice.
pub fn words(of: &Explanation) -> Vec<Text> {
    let first = match &of.outcome {
        Outcome::Stays => Said("it-keeps-the-booths-it-has").text(),
        Outcome::Served { wish: Some(wish) } => Said("it-got-its-wish-no-wish").with(&[("wish", &wish)]).text(),
        Outcome::Served { wish: None } => Said("it-got-a-place-that-fits-though").text(),
        Outcome::Unserved(reason) => unserved(reason),
    };
    let lost = of.lost.iter().map(lost);
    let advice = of.advice.iter().map(advice);
    std::iter::once(first).chain(lost).chain(advice).collect()
}

fn unserved(reason: &Reason) -> Text {
    match reason {
        Reason::NoZone => Said("no-place-no-zone-is-for-this").text(),
        Reason::NoSuchRun { size } => Said("no-place-its-zones-have-no-size").with(&[("size", &size)]).text(),
        Reason::Full { size, largest_left } => Said("no-place-no-size-adjacent-booths-are")
            .with(&[("size", &size), ("largest_left", &largest_left)])
            .text(),
        Reason::KeptApart => Said("no-place-what-is-free-lies-beside").text(),
    }
}

fn lost(of: &Lost) -> Text {
    let Lost { wish, place, why } = of;
    let why = match why {
        Why::NotOpen => Said("lost-not-open").text(),
        Why::NotEligible => Said("lost-not-eligible").text(),
        Why::Unfit => Said("lost-unfit").text(),
        Why::Kept { by } => Said("lost-kept").with(&[("by", by)]).text(),
        Why::CameBefore { who, turn } => Said("lost-came-before").with(&[("who", who), ("turn", turn)]).text(),
        Why::BetterForAll { who, turn } => Said("lost-better-for-all").with(&[("who", who), ("turn", turn)]).text(),
        Why::ZoneFull => Said("lost-zone-full").text(),
        Why::KeptApart => Said("lost-kept-apart").text(),
        Why::Whole => Said("lost-whole").text(),
    };
    Said("lost").with(&[("wish", wish), ("place", place)]).and("why", why).text()
}

fn advice(of: &Advice) -> Text {
    match of {
        Advice::Fewer { size, zone } => {
            Said("with-size-booths-there-would-be-room").with(&[("size", &size), ("zone", &zone)]).text()
        }
        Advice::OtherZone { zone } => Said("zone-has-room-but-is-not-for").with(&[("zone", &zone)]).text(),
        Advice::Points { last, own } => {
            Said("the-last-to-get-such-a-place").with(&[("last", &last), ("own", &own)]).text()
        }
    }
}
