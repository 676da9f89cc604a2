//! Explanations as people read them.
use super::explain::{Advice, Explanation, Lost, Outcome, Reason, Why};
use crate::i18n::Text;

/// An explanation in sentences: what it got, what its better wishes went to, what would have to change.
pub fn words(of: &Explanation) -> Vec<Text> {
    let first = match &of.outcome {
        Outcome::Stays => Text::new("Giữ nguyên gian đang có.", "It keeps the booths it has."),
        Outcome::Served { wish: Some(wish) } => {
            Text::new(format!("Được nguyện vọng {wish}."), format!("It got its wish no. {wish}."))
        }
        Outcome::Served { wish: None } => Text::new(
            "Được gian hàng phù hợp, ngoài các nguyện vọng.",
            "It got a place that fits, though none of its wishes.",
        ),
        Outcome::Unserved(reason) => unserved(reason),
    };
    let lost = of.lost.iter().map(lost);
    let advice = of.advice.iter().map(advice);
    std::iter::once(first).chain(lost).chain(advice).collect()
}

fn unserved(reason: &Reason) -> Text {
    match reason {
        Reason::NoZone => {
            Text::new("Chưa có gian: không khu vực nào dành cho đơn này.", "No place: no zone is for this application.")
        }
        Reason::NoSuchRun { size } => Text::new(
            format!("Chưa có gian: các khu vực của đơn không có {size} gian liền kề đúng loại và đủ điều kiện."),
            format!("No place: its zones have no {size} adjacent booths of the category with what it needs."),
        ),
        Reason::Full { size, largest_left } => Text::new(
            format!(
                "Chưa có gian: không còn {size} gian liền kề trong khu vực của đơn (nhiều nhất còn {largest_left})."
            ),
            format!(
                "No place: no {size} adjacent booths are left in its zones (the largest block left has {largest_left})."
            ),
        ),
        Reason::KeptApart => Text::new(
            "Chưa có gian: chỗ còn trống nằm cạnh đơn vị phải tách xa.",
            "No place: what is free lies beside somebody it must be kept from.",
        ),
    }
}

fn lost(of: &Lost) -> Text {
    let Lost { wish, place, why } = of;
    let (vi, en) = match why {
        Why::NotOpen => ("ban tổ chức giữ lại".to_owned(), "the organiser keeps it".to_owned()),
        Why::NotEligible => {
            ("khu vực không dành cho đơn này".to_owned(), "the zone is not for this application".to_owned())
        }
        Why::Unfit => (
            "không đủ gian liền kề đúng loại hoặc thiếu điện, nước, góc".to_owned(),
            "too few adjacent booths of the category, or without what it needs".to_owned(),
        ),
        Why::Kept { by } => (format!("{by} đã có trước đợt này"), format!("{by} had it before this round")),
        Why::CameBefore { who, turn } => {
            (format!("{who}, đứng thứ {turn}, được trước"), format!("{who}, no. {turn} in the order, came before"))
        }
        Why::BetterForAll { who, turn } => (
            format!("{who} (thứ {turn}) nhận để nhiều đơn có gian hơn hoặc tổng nguyện vọng cao hơn"),
            format!("{who} (no. {turn}) has it: so more are served, or all wishes together weigh more"),
        ),
        Why::ZoneFull => ("khu vực đã hết gian phù hợp".to_owned(), "the zone has no fitting booths left".to_owned()),
        Why::KeptApart => {
            ("bên cạnh là đơn vị phải tách xa".to_owned(), "beside it stands somebody it must be kept from".to_owned())
        }
        Why::Whole => ("cách xếp này tốt hơn cho cả hội chợ".to_owned(), "the whole fair is better so".to_owned()),
    };
    Text::new(format!("Nguyện vọng {wish} ({place}): {vi}."), format!("Wish no. {wish} ({place}): {en}."))
}

fn advice(of: &Advice) -> Text {
    match of {
        Advice::Fewer { size, zone } => Text::new(
            format!("Nếu nhận {size} gian: còn chỗ ở {zone}."),
            format!("With {size} booths there would be room in {zone}."),
        ),
        Advice::OtherZone { zone } => Text::new(
            format!("{zone} còn chỗ, nhưng không dành cho đơn này."),
            format!("{zone} has room, but is not for this application."),
        ),
        Advice::Points { last, own } => Text::new(
            format!("Đơn cuối cùng có chỗ như vậy được {last} điểm; đơn này {own} điểm."),
            format!("The last to get such a place had {last} points; this one has {own}."),
        ),
    }
}
