//! A parsed sheet with its column mapping: the import steps shared by the API and the command line.
use std::collections::BTreeMap;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

use super::{
    fields::ImportKind,
    mapping::{ColumnMapping, detect},
    run::{ImportOutcome, Mode, Progress, run},
};
use hoicho_core::{
    db::Tx,
    i18n::{LocalizedText, MessageId},
    values::clock::Day,
};
use hoicho_spreadsheet::{self as spreadsheet, ReadError, Sheet};
use hoicho_web::{
    http::{
        Code, Problem,
        spreadsheet::{column_letters, escape_formula},
    },
    identity::Authorized,
};

/// A parsed sheet with its column mapping.
#[derive(Debug, Clone)]
pub struct ImportTable {
    pub(super) kind: ImportKind,
    pub(super) sheet: Sheet,
    pub(super) mapping: ColumnMapping,
}

/// Parses column letters (`A`, `AB`) to an index from 0; at most two letters.
pub(super) fn parse_column_letters(letters: &str) -> Option<usize> {
    if letters.is_empty() || letters.len() > 2 {
        return None;
    }
    let number = letters.bytes().try_fold(0_usize, |sum, b| {
        b.is_ascii_alphabetic().then(|| sum * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1)
    })?;
    number.checked_sub(1)
}

fn unreadable(error: ReadError) -> Problem {
    let text: LocalizedText = match error {
        ReadError::Unreadable => MessageId("import-unsupported-format").into(),
        ReadError::TooLong => MessageId("import-too-many-rows").with_number("max", spreadsheet::MAX_ROWS).into(),
        ReadError::NotUtf8 => MessageId("import-not-utf8").into(),
    };
    Problem::new(Code::Invalid, text)
}

fn unknown_column(name: &str) -> Problem {
    let name: String = name.chars().take(40).collect();
    Problem::new(Code::Invalid, MessageId("import-unknown-column").with_args(&[("name", &name)]))
}

impl ImportTable {
    /// Parses a file and detects the column mapping.
    pub fn parse(kind: ImportKind, bytes: &[u8], days: &[Day]) -> Result<Self, Problem> {
        let mut sheets = spreadsheet::parse(bytes).map_err(unreadable)?;
        let (at, mapping) = detect(kind, &sheets, days);
        if at >= sheets.len() || sheets.iter().all(|s| s.rows.is_empty()) {
            return Err(Problem::new(Code::Invalid, MessageId("import-no-rows")));
        }
        Ok(Self { kind, sheet: sheets.swap_remove(at), mapping })
    }

    /// Changes the mapping: column letters by field (`None` removes a field), and the header row, from 1.
    pub fn with_mapping(
        mut self,
        header_row: Option<usize>,
        columns: &BTreeMap<String, Option<String>>,
        days: &[Day],
    ) -> Result<Self, Problem> {
        if let Some(row) = header_row {
            self.mapping.header_row = row
                .checked_sub(1)
                .filter(|r| *r < self.sheet.rows.len())
                .ok_or_else(|| unknown_column(&row.to_string()))?;
        }
        for (field, letters) in columns {
            if !self.kind.fields().iter().any(|f| f.name == field) {
                return Err(unknown_column(field));
            }
            self.mapping.columns.remove(field);
            if let Some(letters) = letters {
                let column = parse_column_letters(letters).ok_or_else(|| unknown_column(letters))?;
                self.mapping.columns.retain(|_, taken| *taken != column);
                self.mapping.columns.insert(field.clone(), column);
            }
        }
        self.mapping = self.mapping.derive_from_titles(self.kind, &self.sheet, days);
        Ok(self)
    }

    /// Mapped fields and day columns as (name, column letters, title).
    pub fn describe_columns(&self) -> Vec<(String, String, String)> {
        let title = |at: usize| self.mapping.title(&self.sheet, at);
        let fields = self.mapping.columns.iter().map(|(name, at)| (name.clone(), column_letters(*at), title(*at)));
        let days = self.mapping.day_columns.iter().map(|(at, day)| (day.to_string(), column_letters(*at), title(*at)));
        fields.chain(days).collect()
    }

    /// Hash of the header row, as key of remembered mappings.
    pub(super) fn header_hash(&self) -> String {
        let row = self.sheet.rows.get(self.mapping.header_row);
        let titles: Vec<String> =
            row.into_iter().flatten().map(|c| hoicho_core::values::text::normalize_for_search(&c.text())).collect();
        URL_SAFE_NO_PAD.encode(Sha256::digest(titles.join("\u{1f}").as_bytes())).chars().take(22).collect()
    }

    /// Imports the rows by `mode`. Row errors are in the outcome; with errors and [`Mode::All`] everything is rolled back.
    pub fn apply(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        mode: Mode,
        progress: Progress<'_>,
    ) -> Result<ImportOutcome, Problem> {
        tx.savepoint(|tx| {
            let outcome = run(tx, authorized, (self.kind, &self.sheet, &self.mapping), mode, progress)?;
            let commit = mode == Mode::GoodRows || outcome.faults.is_empty();
            Ok((outcome, commit))
        })?
    }

    /// Dry run: imports the valid rows and rolls back.
    pub fn check(
        &self,
        tx: &mut Tx<'_>,
        authorized: &Authorized,
        progress: Progress<'_>,
    ) -> Result<ImportOutcome, Problem> {
        tx.savepoint(|tx| {
            let parts = (self.kind, &self.sheet, &self.mapping);
            Ok((run(tx, authorized, parts, Mode::GoodRows, progress)?, false))
        })?
    }

    /// CSV of the rows with errors and their error messages, with a header row. Formulas in cells are escaped.
    pub fn bad_rows_csv(
        &self,
        outcome: &ImportOutcome,
        language: hoicho_core::i18n::Language,
    ) -> Result<Vec<u8>, Problem> {
        let internal_error = |_| Problem::from(Code::Internal);
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer("\u{feff}".as_bytes().to_vec());
        let mut write = |at: usize, message: &str| {
            let cells = self.sheet.rows.get(at).into_iter().flatten().map(|c| escape_formula(&c.text()));
            writer.write_record(std::iter::once(message.to_owned()).chain(cells)).map_err(internal_error)
        };
        write(self.mapping.header_row, MessageId("import-error-heading").localize().get(language))?;
        for row in outcome.bad_rows() {
            let faults = outcome.faults.iter().filter(|f| f.row == row);
            let messages: Vec<&str> = faults.map(|f| f.message(language)).collect();
            let at = usize::try_from(row).unwrap_or(0).saturating_sub(1);
            write(at, &messages.join(" "))?;
        }
        writer.into_inner().map_err(|_| Code::Internal.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn column_letters_round_trip() {
        for (at, name) in [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (52, "BA"), (99, "CV")] {
            assert_eq!((column_letters(at).as_str(), parse_column_letters(name)), (name, Some(at)));
        }
        assert_eq!(
            (parse_column_letters(""), parse_column_letters("1"), parse_column_letters("AAA")),
            (None, None, None)
        );
    }
}
