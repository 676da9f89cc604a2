//! What spreadsheets expect of cells and columns.
/// Max rows of an XLSX sheet, without the header (format limit).
pub const MAX_SHEET_ROWS: u32 = 1_048_575;

/// Prefixes of cells that spreadsheets evaluate.
const FORMULA_PREFIXES: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// Whether text is a number with a sign, which evaluates to itself: a negative amount, a phone number.
fn is_signed_number(text: &str) -> bool {
    let digits = text.strip_prefix(['+', '-']).unwrap_or_default();
    digits.starts_with(|c: char| c.is_ascii_digit())
        && digits.chars().all(|c| c.is_ascii_digit() || matches!(c, ' ' | '.' | ','))
}

/// Escapes text against formula injection: spreadsheets evaluate cells with these prefixes, and a leading apostrophe marks
/// them as text. Numbers stay as they are.
pub fn escape_formula(text: &str) -> String {
    let is_formula = text.starts_with(FORMULA_PREFIXES) && !is_signed_number(text);
    if is_formula { format!("'{text}") } else { text.to_owned() }
}

/// Undoes [`escape_formula`], and the apostrophe that people type before numbers.
pub fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| rest.starts_with(FORMULA_PREFIXES)).unwrap_or(text)
}

/// Spreadsheet name of a zero-based column index: `A`, `B` … `Z`, `AA`.
pub fn column_letters(column: usize) -> String {
    let mut rest = column + 1;
    let mut name = Vec::new();
    while rest > 0 {
        rest -= 1;
        name.push(char::from(b'A' + u8::try_from(rest % 26).unwrap_or(0)));
        rest /= 26;
    }
    name.into_iter().rev().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_escaped_and_numbers_are_not() {
        for formula in ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "-", "+", "- 5", "-1e5", "+84(0)912"]
        {
            assert_eq!(escape_formula(formula), format!("'{formula}"));
            assert_eq!(unescape_formula(&escape_formula(formula)), formula);
        }
        for plain in ["-5", "-1.250,5", "+856 20 55 551 234", "5", "A-1", "'x", ""] {
            assert_eq!(escape_formula(plain), plain);
            assert_eq!(unescape_formula(plain), plain);
        }
    }
}
