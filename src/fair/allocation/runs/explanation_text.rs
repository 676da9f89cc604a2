//! Localizable texts of explanations.
use super::explanation::{Advice, Explanation, Outcome, UnfulfilledReason, UnfulfilledWish, UnservedReason};
use hoicho_core::i18n::{LocalizedText, MessageId};

/// The sentences of an explanation: outcome, unfulfilled wishes, advice.
pub fn explanation_texts(of: &Explanation) -> Vec<LocalizedText> {
    let first = match &of.outcome {
        Outcome::Stays => MessageId("it-keeps-the-booths-it-has").localize(),
        Outcome::Served { wish: Some(wish) } => {
            MessageId("it-got-its-wish-no-wish").with_args(&[("wish", &wish)]).localize()
        }
        Outcome::Served { wish: None } => MessageId("it-got-a-place-that-fits-though").localize(),
        Outcome::Unserved(reason) => unserved(reason),
    };
    let lost = of.lost.iter().map(lost);
    let advice = of.advice.iter().map(advice);
    std::iter::once(first).chain(lost).chain(advice).collect()
}

fn unserved(reason: &UnservedReason) -> LocalizedText {
    match reason {
        UnservedReason::NoZone => MessageId("no-place-no-zone-is-for-this").localize(),
        UnservedReason::NoSuchRun { size } => {
            MessageId("no-place-its-zones-have-no-size").with_args(&[("size", &size)]).localize()
        }
        UnservedReason::Full { size, largest_left } => MessageId("no-place-no-size-adjacent-booths-are")
            .with_args(&[("size", &size), ("largest_left", &largest_left)])
            .localize(),
        UnservedReason::KeptApart => MessageId("no-place-what-is-free-lies-beside").localize(),
    }
}

fn lost(of: &UnfulfilledWish) -> LocalizedText {
    let UnfulfilledWish { wish, place, why } = of;
    let why = match why {
        UnfulfilledReason::NotOpen => MessageId("lost-not-open").localize(),
        UnfulfilledReason::NotEligible => MessageId("lost-not-eligible").localize(),
        UnfulfilledReason::Unfit => MessageId("lost-unfit").localize(),
        UnfulfilledReason::Kept { by } => MessageId("lost-kept").with_args(&[("by", by)]).localize(),
        UnfulfilledReason::CameBefore { who, turn } => {
            MessageId("lost-came-before").with_args(&[("who", who), ("turn", turn)]).localize()
        }
        UnfulfilledReason::BetterForAll { who, turn } => {
            MessageId("lost-better-for-all").with_args(&[("who", who), ("turn", turn)]).localize()
        }
        UnfulfilledReason::ZoneFull => MessageId("lost-zone-full").localize(),
        UnfulfilledReason::KeptApart => MessageId("lost-kept-apart").localize(),
        UnfulfilledReason::Whole => MessageId("lost-whole").localize(),
    };
    MessageId("lost").with_args(&[("wish", wish), ("place", place)]).with_text("why", why).localize()
}

fn advice(of: &Advice) -> LocalizedText {
    match of {
        Advice::Fewer { size, zone } => {
            MessageId("with-size-booths-there-would-be-room").with_args(&[("size", &size), ("zone", &zone)]).localize()
        }
        Advice::OtherZone { zone } => {
            MessageId("zone-has-room-but-is-not-for").with_args(&[("zone", &zone)]).localize()
        }
        Advice::Points { last, own } => {
            MessageId("the-last-to-get-such-a-place").with_args(&[("last", &last), ("own", &own)]).localize()
        }
    }
}
