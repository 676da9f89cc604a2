//! What spreadsheets expect of cells and columns.
/// Max rows of an XLSX sheet, without the header (format limit).
pub const MAX_SHEET_ROWS: u32 = 1_048_575;

/// Escapes text against formula injection: spreadsheets evaluate cells with these prefixes, and a leading apostrophe marks
/// them as text.
pub fn escape_formula(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// Undoes [`escape_formula`].
pub fn unescape_formula(text: &str) -> &str {
    text.strip_prefix('\'').filter(|rest| escape_formula(rest) != *rest).unwrap_or(text)
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
