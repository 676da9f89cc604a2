//! CSV parsing for imports; one response reports all invalid lines.
use serde::de::DeserializeOwned;

use super::{
    body::localize_serde_error,
    field_code::FieldCode,
    problem::{Code, FieldError, Problem},
};
use hoicho_core::i18n::MessageId;

/// Max reported errors; a table with more usually has one cause.
const MAX_ERRORS: usize = 100;
/// Max rows of a table.
pub const MAX_ROWS: usize = 5_000;

/// Parses a UTF-8 CSV table with a header into rows with their line numbers (the first row is line 2). Accepts comma or
/// semicolon as delimiter and an optional byte order mark, as spreadsheets write them. At most [`MAX_ROWS`] rows.
pub fn parse_rows<T: DeserializeOwned>(bytes: &[u8]) -> Result<Vec<(u64, T)>, Problem> {
    let bytes = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    let text = std::str::from_utf8(bytes).map_err(|_| Problem::new(Code::BadRequest, MessageId("import-not-utf8")))?;
    let header = text.lines().next().unwrap_or_default();
    let delimiter = if header.matches(';').count() > header.matches(',').count() { b';' } else { b',' };
    let mut reader = csv::ReaderBuilder::new().delimiter(delimiter).trim(csv::Trim::All).from_reader(text.as_bytes());
    let (mut rows, mut errors) = (Vec::new(), Vec::new());
    for (line, row) in (2_u64..).zip(reader.deserialize::<T>()) {
        match row {
            Ok(row) => rows.push((line, row)),
            Err(error) if errors.len() < MAX_ERRORS => errors.push(line_error(line, &error)),
            Err(_) => break,
        }
        if rows.len() > MAX_ROWS {
            return Err(Problem::new(Code::Invalid, MessageId("import-too-many-rows").with_number("max", MAX_ROWS)));
        }
    }
    if !errors.is_empty() {
        return Err(Problem { code: Code::Invalid, detail: None, errors });
    }
    if rows.is_empty() {
        return Err(Problem::new(Code::Invalid, MessageId("import-no-rows")));
    }
    Ok(rows)
}

fn line_error(line: u64, error: &csv::Error) -> FieldError {
    let message = match error.kind() {
        csv::ErrorKind::Deserialize { err, .. } => err.to_string(),
        _ => error.to_string(),
    };
    FieldError {
        pointer: format!("/{line}"),
        code: FieldCode::Unexpected,
        detail: MessageId("import-invalid-line")
            .with_args(&[("line", &line)])
            .with_text("reason", localize_serde_error(&message))
            .localize(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Debug, PartialEq, serde::Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Row {
        code: String,
        area: Option<i32>,
    }

    #[test]
    fn spreadsheet_csv_variants_are_parsed() {
        let expected = vec![(2, Row { code: "A01".into(), area: Some(9) }), (3, Row { code: "Á".into(), area: None })];
        assert_eq!(parse_rows::<Row>("\u{feff}code;area\r\nA01;9\r\nÁ;\r\n".as_bytes()).unwrap(), expected);
        assert_eq!(parse_rows::<Row>("code,area\nA01,9\nÁ,\n".as_bytes()).unwrap(), expected);
    }

    #[test]
    fn all_invalid_lines_are_reported() {
        let problem = parse_rows::<Row>(b"code,area\nA01,x\nA02,9\nA03,9,9\n").unwrap_err();
        let lines: Vec<_> = problem.errors.iter().map(|e| e.pointer.as_str()).collect();
        assert_eq!(lines, ["/2", "/4"]);
        assert!(parse_rows::<Row>(b"code,colour\nA01,red\n").is_err());
        assert!(parse_rows::<Row>(b"code,area\n\xff,1\n").is_err());
        let rows = |count| format!("code,area\n{}", "A,1\n".repeat(count));
        assert_eq!(parse_rows::<Row>(rows(MAX_ROWS).as_bytes()).unwrap().len(), MAX_ROWS);
        assert!(parse_rows::<Row>(rows(MAX_ROWS + 1).as_bytes()).is_err());
        assert!(parse_rows::<Row>(b"").is_err());
    }

    proptest::proptest! {
        #[test]
        fn arbitrary_bytes_do_not_panic(bytes in proptest::collection::vec(proptest::num::u8::ANY, 0..200)) {
            let _ = parse_rows::<Row>(&bytes);
        }
    }
}
