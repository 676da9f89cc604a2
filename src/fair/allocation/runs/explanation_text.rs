//! Localizable texts of explanations.
use super::explanation::{Advice, Explanation, Outcome, UnfulfilledReason, UnfulfilledWish, UnservedReason};
use hoicho_core::i18n::{LocalizedText, MessageId};

/// The sentences of an explanation: outcome, unfulfilled wishes, advice.
pub fn explanation_texts(of: &Explanation) -> Vec<LocalizedText> {
    let first = match &of.outcome {
        Outcome::Stays => MessageId("outcome-unchanged").localize(),
        Outcome::Served { wish: Some(wish) } => MessageId("outcome-wish").with_args(&[("wish", &wish)]).localize(),
        Outcome::Served { wish: None } => MessageId("outcome-other-place").localize(),
        Outcome::Unserved(reason) => unserved(reason),
    };
    let unfulfilled = of.unfulfilled.iter().map(unfulfilled_wish);
    let advice = of.advice.iter().map(advice);
    std::iter::once(first).chain(unfulfilled).chain(advice).collect()
}

fn unserved(reason: &UnservedReason) -> LocalizedText {
    match reason {
        UnservedReason::NoZone => MessageId("outcome-no-eligible-zone").localize(),
        UnservedReason::NoSuchRun { size } => {
            MessageId("outcome-no-suitable-booths").with_args(&[("size", &size)]).localize()
        }
        UnservedReason::Full { size, largest_left } => MessageId("outcome-no-adjacent-booths")
            .with_args(&[("size", &size), ("largest_left", &largest_left)])
            .localize(),
        UnservedReason::KeptApart => MessageId("outcome-kept-apart").localize(),
    }
}

fn unfulfilled_wish(of: &UnfulfilledWish) -> LocalizedText {
    let UnfulfilledWish { wish, place, why } = of;
    let why = match why {
        UnfulfilledReason::NotOpen => MessageId("wish-lost-not-open").localize(),
        UnfulfilledReason::NotEligible => MessageId("wish-lost-not-eligible").localize(),
        UnfulfilledReason::Unfit => MessageId("wish-lost-unsuitable").localize(),
        UnfulfilledReason::Kept { by } => MessageId("wish-lost-taken").with_args(&[("by", by)]).localize(),
        UnfulfilledReason::EarlierInOrder { who, turn } => {
            MessageId("wish-lost-earlier-turn").with_args(&[("who", who), ("turn", turn)]).localize()
        }
        UnfulfilledReason::HigherTotal { who, turn } => {
            MessageId("wish-lost-better-overall").with_args(&[("who", who), ("turn", turn)]).localize()
        }
        UnfulfilledReason::ZoneFull => MessageId("wish-lost-zone-full").localize(),
        UnfulfilledReason::KeptApart => MessageId("wish-lost-kept-apart").localize(),
        UnfulfilledReason::OverallOptimum => MessageId("wish-lost-overall").localize(),
    };
    MessageId("wish-lost").with_args(&[("wish", wish), ("place", place)]).with_text("why", why).localize()
}

fn advice(of: &Advice) -> LocalizedText {
    match of {
        Advice::Fewer { size, zone } => {
            MessageId("advice-fewer-booths").with_args(&[("size", &size), ("zone", &zone)]).localize()
        }
        Advice::OtherZone { zone } => MessageId("advice-other-zone").with_args(&[("zone", &zone)]).localize(),
        Advice::Points { last, own } => {
            MessageId("advice-points").with_args(&[("last", &last), ("own", &own)]).localize()
        }
    }
}
