//! Yes and no.
use unicode_normalization::UnicodeNormalization;

/// The text is neither yes nor no.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("neither yes nor no")]
pub struct NotYesOrNo;

const YES: &[&str] = &[
    "có",
    "co",
    "có dùng",
    "có cần",
    "có nhu cầu",
    "cần",
    "can",
    "đã có",
    "da co",
    "rồi",
    "roi",
    "đúng",
    "x",
    "v",
    "y",
    "yes",
    "true",
    "1",
    "✓",
    "✔",
    "☑",
];
const NO: &[&str] = &[
    "không",
    "khong",
    "không có",
    "khong co",
    "không cần",
    "khong can",
    "không dùng",
    "khong dung",
    "ko",
    "ko có",
    "ko co",
    "ko cần",
    "ko can",
    "k",
    "kg",
    "hông",
    "chưa",
    "chua",
    "chưa có",
    "chua co",
    "n",
    "no",
    "none",
    "n/a",
    "na",
    "false",
    "0",
    "-",
    "–",
    "—",
    "☐",
    "✗",
    "✘",
];

/// Parses yes or no: `có`, `x`, `✓`; `Không có`, `chưa`, `ko`, `N/A`, a dash. An empty text is the caller's to judge.
pub fn parse_yes_no(typed: &str) -> Result<bool, NotYesOrNo> {
    let lower: String = typed.nfc().flat_map(char::to_lowercase).collect();
    let words: Vec<&str> = lower.split_whitespace().collect();
    let text = words.join(" ");
    let text = text.trim_end_matches(['.', '!']);
    if YES.contains(&text) {
        Ok(true)
    } else if NO.contains(&text) {
        Ok(false)
    } else {
        Err(NotYesOrNo)
    }
}
