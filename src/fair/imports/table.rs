//! A parsed sheet with its column mapping: the import steps shared by the API and the command line.
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{
    context::ImportContext,
    fields::ImportKind,
    mapping::{ColumnMapping, Detected, MAX_HEADER_ROW, detect},
    phrases,
};
use hoicho_core::i18n::{LocalizedText, MessageId};
use hoicho_spreadsheet::{self as spreadsheet, ReadError, Sheet};
use hoicho_web::http::{Code, Problem, etag, spreadsheet::column_letters};

/// A sheet of the file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct SheetInfo {
    /// Name; empty for CSV.
    pub name: String,
    /// Number of rows, with titles.
    pub rows: usize,
    /// Whether the workbook does not show the sheet. A hidden sheet is read only if it is chosen.
    pub is_hidden: bool,
}

/// Max characters of a value for the whole table.
const MAX_VALUE_CHARS: usize = 200;

/// What the user changes of a mapping. `None` or an empty text removes what a field has.
#[derive(Debug, Clone, Default)]
pub struct MappingChange {
    /// Header row, from 1; 0 if the table has no titles.
    pub header_row: Option<usize>,
    /// Column letters by field.
    pub columns: BTreeMap<String, Option<String>>,
    /// Names of units by field.
    pub units: BTreeMap<String, Option<String>>,
    /// Values for the whole table by field.
    pub values: BTreeMap<String, Option<String>>,
}

/// A parsed sheet with its column mapping.
#[derive(Debug, Clone)]
pub struct ImportTable {
    pub(super) kind: ImportKind,
    pub(super) sheet: Sheet,
    /// All sheets of the file.
    pub(super) sheets: Vec<SheetInfo>,
    pub(super) mapping: ColumnMapping,
    pub(super) context: ImportContext,
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

fn unreadable(error: &ReadError) -> Problem {
    let text: LocalizedText = match error {
        ReadError::Unreadable => MessageId("import-unsupported-format").into(),
        ReadError::TooLong => MessageId("import-too-many-rows").with_number("max", spreadsheet::MAX_ROWS).into(),
        ReadError::TooLarge => MessageId("import-too-large").into(),
        ReadError::TooWide => MessageId("import-too-many-columns").with_number("max", spreadsheet::MAX_COLUMNS).into(),
        ReadError::TooManySheets => {
            MessageId("import-too-many-sheets").with_number("max", spreadsheet::MAX_SHEETS).into()
        }
        ReadError::NotUtf8 => MessageId("import-not-utf8").into(),
        ReadError::DelimiterUnclear(_) => MessageId("import-delimiter-unclear").into(),
    };
    Problem::new(Code::Invalid, text)
}

fn unknown_column(name: &str) -> Problem {
    let name: String = name.chars().take(40).collect();
    Problem::new(Code::Invalid, MessageId("import-unknown-column").with_args(&[("name", &name)]))
}

fn unknown_unit(field: &str, unit: &str) -> Problem {
    let [field, unit] = [field, unit].map(|text| text.chars().take(40).collect::<String>());
    Problem::new(Code::Invalid, MessageId("import-unknown-unit").with_args(&[("field", &field), ("unit", &unit)]))
}

impl ImportTable {
    /// Parses a file and detects the table and its columns. With several sheets that have one, `sheet` chooses by name.
    pub fn parse(kind: ImportKind, bytes: &[u8], context: ImportContext, sheet: Option<&str>) -> Result<Self, Problem> {
        let mut sheets = spreadsheet::read_sheets(bytes).map_err(|error| unreadable(&error))?;
        let info = |s: &Sheet| SheetInfo { name: s.name.clone(), rows: s.rows.len(), is_hidden: s.is_hidden };
        let infos: Vec<SheetInfo> = sheets.iter().map(info).collect();
        if let Some(name) = sheet.filter(|name| infos.iter().all(|s| s.name != *name)) {
            let (name, names) =
                (name.chars().take(40).collect::<String>(), names(infos.iter().map(|s| s.name.as_str())));
            let args: [(&str, &dyn std::fmt::Display); 2] = [("name", &name), ("names", &names)];
            return Err(Problem::new(Code::Invalid, MessageId("import-unknown-sheet").with_args(&args)));
        }
        match detect(kind, &sheets, &context, sheet) {
            Detected::Table(at, mapping) if at < sheets.len() => {
                Ok(Self { kind, sheet: sheets.swap_remove(at), sheets: infos, mapping, context })
            }
            Detected::Several(several) => {
                let names = names(several.iter().map(String::as_str));
                Err(Problem::new(Code::Invalid, MessageId("import-choose-sheet").with_args(&[("names", &names)])))
            }
            Detected::Table(..) | Detected::Nothing => Err(Problem::new(Code::Invalid, MessageId("import-no-rows"))),
        }
    }

    /// Changes the mapping.
    pub fn with_mapping(mut self, change: &MappingChange) -> Result<Self, Problem> {
        let MappingChange { header_row, columns, units, values } = change;
        for (field, value) in values {
            if !self.kind.fields().iter().any(|f| f.name == field && f.inherits_from_above) {
                return Err(unknown_column(field));
            }
            self.mapping.chosen_values.remove(field);
            if let Some(value) = value.as_deref().map(str::trim).filter(|value| !value.is_empty()) {
                self.mapping.chosen_values.insert(field.clone(), value.chars().take(MAX_VALUE_CHARS).collect());
            }
        }
        for (field, name) in units {
            self.mapping.chosen_units.remove(field);
            let Some(name) = name.as_deref().filter(|name| !name.is_empty()) else { continue };
            let choices = self.kind.fields().iter().find(|f| f.name == field).map(|f| f.kind.units());
            let unit = choices.unwrap_or_default().iter().find(|unit| unit.as_str() == name);
            let unit = unit.ok_or_else(|| unknown_unit(field, name))?;
            self.mapping.chosen_units.insert(field.clone(), unit.unit());
        }
        match *header_row {
            None => {}
            Some(0) => self.mapping.header_row = None,
            Some(row) if row <= self.sheet.rows.len() => self.mapping.header_row = Some(row - 1),
            Some(row) => return Err(unknown_column(&row.to_string())),
        }
        for (field, letters) in columns {
            if !self.kind.fields().iter().any(|f| f.name == field) {
                return Err(unknown_column(field));
            }
            self.mapping.columns.remove(field);
            if let Some(letters) = letters.as_deref().filter(|letters| !letters.is_empty()) {
                let column = parse_column_letters(letters).ok_or_else(|| unknown_column(letters))?;
                self.mapping.columns.retain(|_, taken| *taken != column);
                self.mapping.columns.insert(field.clone(), column);
            }
        }
        self.mapping = self.mapping.derive_from_titles(self.kind, &self.sheet, &self.context);
        Ok(self)
    }

    /// Mapped fields and day columns as (name, column letters, title).
    pub fn describe_columns(&self) -> Vec<(String, String, String)> {
        let title = |at: usize| self.mapping.title(&self.sheet, at);
        let fields = self.mapping.columns.iter().map(|(name, at)| (name.clone(), column_letters(*at), title(*at)));
        let days = self.mapping.day_columns.iter();
        let days = days.map(|day| (day.day.to_string(), column_letters(day.column), title(day.column)));
        fields.chain(days).collect()
    }

    /// Titles of the header row by column.
    fn titles(&self) -> Vec<String> {
        self.mapping.header_row.map_or_else(Vec::new, |row| self.titles_in(row))
    }

    fn titles_in(&self, row: usize) -> Vec<String> {
        self.sheet.rows.get(row).into_iter().flatten().map(|cell| phrases::words(&cell.text())).collect()
    }

    /// Hash of the titles in alphabetic order, as key of remembered mappings: columns may move.
    pub(super) fn header_hash(&self) -> String {
        hash(self.titles())
    }

    /// The rows that may be the header row, with their hashes: the detected one, or the first rows with several cells.
    pub(super) fn header_candidates(&self) -> Vec<(usize, String)> {
        let rows = match self.mapping.header_row {
            Some(row) => row..row + 1,
            None => 0..self.sheet.rows.len().min(MAX_HEADER_ROW),
        };
        let has_titles = |titles: &Vec<String>| titles.iter().filter(|title| !title.is_empty()).count() > 1;
        rows.map(|row| (row, self.titles_in(row)))
            .filter(|(_, titles)| has_titles(titles))
            .map(|(row, titles)| (row, hash(titles)))
            .collect()
    }

    /// The mapping by titles, to be remembered: columns of equal titles, and those without one, are left out.
    pub(super) fn titles_by_field(&self) -> BTreeMap<String, String> {
        let titles = self.titles();
        let is_unique =
            |title: &String| !title.is_empty() && titles.iter().filter(|other| *other == title).count() == 1;
        let columns = self.mapping.columns.iter();
        columns
            .filter_map(|(name, at)| Some((name.clone(), titles.get(*at).filter(|t| is_unique(t))?.clone())))
            .collect()
    }

    /// Applies a remembered mapping: each field takes the column that has its title now.
    pub(super) fn with_titles(mut self, header_row: usize, remembered: &BTreeMap<String, String>) -> Self {
        self.mapping.header_row = Some(header_row);
        let titles = self.titles();
        let column = |title: &String| titles.iter().position(|other| other == title);
        let known = remembered.iter().filter(|(name, _)| self.kind.fields().iter().any(|f| f.name == name.as_str()));
        self.mapping.columns = known.filter_map(|(name, title)| Some((name.clone(), column(title)?))).collect();
        self.mapping = self.mapping.derive_from_titles(self.kind, &self.sheet, &self.context);
        self
    }
}

fn hash(mut titles: Vec<String>) -> String {
    titles.sort_unstable();
    etag::digest(titles.join("\u{1f}").as_bytes())
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.map(|name| format!("“{name}”")).collect::<Vec<_>>().join(", ")
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
