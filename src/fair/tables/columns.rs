//! Columns of tables: what their cells are, and how people read them.
use super::table::Cell;
use hoicho_core::{
    i18n::{Language, LocalizedText, Localizer, countries},
    values::clock::Day,
};
use hoicho_web::http::download;

/// Name of the group of folded groups in figures.
pub const OTHERS: &str = "others";

/// What the cells of a column are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ColumnKind {
    /// Names.
    Text,
    /// Names of groups, one of which may be [`OTHERS`].
    Group,
    /// A code of this set; its messages are `<set>-<code>`.
    Code(&'static str),
    /// Two letters of ISO 3166-1.
    Country,
    YesNo,
    Day,
    /// Hour of the day that begins then.
    Hour,
    /// A number that does not add up.
    Number,
    /// A count that adds up.
    Count,
    /// Minor units; adds up.
    Money,
    /// Square decimetres; adds up.
    Area,
    /// A decimal.
    Ratio,
}

/// The unit of amounts in a title.
pub fn currency_unit(currency: &str, language: Language) -> String {
    match (language, currency) {
        (Language::Vi, "VND") => "đồng".to_owned(),
        (Language::Vi | Language::En, currency) => currency.to_owned(),
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Name in JSON.
    pub name: &'static str,
    pub kind: ColumnKind,
}

pub const fn column(name: &'static str, kind: ColumnKind) -> Column {
    Column { name, kind }
}

/// A cell as it is written for people.
pub enum Written {
    Text(String),
    YesNo(bool, String),
    Other(download::Cell<'static>),
}

impl Written {
    pub fn cell(&self) -> download::Cell<'_> {
        match self {
            Self::Text(text) if text.is_empty() => download::Cell::Empty,
            Self::Text(text) => download::Cell::Text(text),
            Self::YesNo(value, word) => download::Cell::YesNo(*value, word),
            Self::Other(cell) => *cell,
        }
    }
}

/// Parses `-1.4055` as −14,055.
fn parse_ratio(text: &str) -> Option<i64> {
    let (digits, sign) = text.strip_prefix('-').map_or((text, 1), |rest| (rest, -1));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let fraction: i64 = format!("{fraction:0<4}").get(..4)?.parse().ok()?;
    whole.parse::<i64>().ok()?.checked_mul(10_000)?.checked_add(fraction).map(|value| sign * value)
}

impl Column {
    /// Name in CSV, where people read areas in m² as well.
    fn csv_name(self) -> &'static str {
        match self.kind {
            ColumnKind::Area => "area_m2",
            ColumnKind::Text
            | ColumnKind::Group
            | ColumnKind::Code(_)
            | ColumnKind::Country
            | ColumnKind::YesNo
            | ColumnKind::Day
            | ColumnKind::Hour
            | ColumnKind::Number
            | ColumnKind::Count
            | ColumnKind::Money
            | ColumnKind::Ratio => self.name,
        }
    }

    fn title_key(self) -> String {
        format!("column-{}", self.csv_name().replace('_', "-"))
    }

    /// Title in both languages.
    pub fn title(self) -> LocalizedText {
        LocalizedText::from_key(&self.title_key())
    }

    /// Title in a workbook: with the unit, where it is not in the title itself.
    fn header(self, currency: &str, language: Language) -> String {
        let title = self.title();
        match self.unit(currency, language) {
            Some(unit) => format!("{} ({unit})", title.get(language)),
            None => title.get(language).to_owned(),
        }
    }

    fn unit(self, currency: &str, language: Language) -> Option<String> {
        (self.kind == ColumnKind::Money).then(|| currency_unit(currency, language))
    }

    /// The column of a file: its names, and a width for its title and the usual values.
    pub fn for_download(self, currency: &str, language: Language) -> download::Column {
        let title = self.header(currency, language);
        let usual = match self.kind {
            ColumnKind::Text | ColumnKind::Group => 28,
            ColumnKind::Code(_) | ColumnKind::Country | ColumnKind::Money => 18,
            ColumnKind::Day | ColumnKind::Area => 12,
            ColumnKind::YesNo | ColumnKind::Hour | ColumnKind::Number | ColumnKind::Count | ColumnKind::Ratio => 9,
        };
        // Beside the title there is the button of the filter.
        download::Column { name: self.csv_name(), width: usual.max(title.chars().count() + 4), title }
    }

    /// Whether the column has a total.
    pub fn adds_up(self) -> bool {
        match self.kind {
            ColumnKind::Count | ColumnKind::Money | ColumnKind::Area => true,
            ColumnKind::Text
            | ColumnKind::Group
            | ColumnKind::Code(_)
            | ColumnKind::Country
            | ColumnKind::YesNo
            | ColumnKind::Day
            | ColumnKind::Hour
            | ColumnKind::Number
            | ColumnKind::Ratio => false,
        }
    }

    /// A cell of the column as people of this language read it.
    pub fn write(self, cell: &Cell, language: Language, minor_digits: u32) -> Written {
        match cell {
            Cell::Text(text) => self.text(text, language),
            Cell::Number(number) => self.number(*number, minor_digits),
            Cell::YesNo(value) => {
                let word = if *value { "yes" } else { "no" };
                Written::YesNo(*value, Localizer(language).localize_value("yes-no", word))
            }
        }
    }

    fn number(self, number: i64, minor_digits: u32) -> Written {
        match self.kind {
            ColumnKind::Money => Written::Other(download::Cell::Money(number, minor_digits)),
            ColumnKind::Area => Written::Other(download::Cell::Area(number)),
            ColumnKind::Hour => Written::Text(format!("{number:02}:00")),
            ColumnKind::Text
            | ColumnKind::Group
            | ColumnKind::Code(_)
            | ColumnKind::Country
            | ColumnKind::YesNo
            | ColumnKind::Day
            | ColumnKind::Number
            | ColumnKind::Count
            | ColumnKind::Ratio => Written::Other(download::Cell::Integer(number)),
        }
    }

    fn text(self, text: &str, language: Language) -> Written {
        let localizer = Localizer(language);
        let as_it_is = || Written::Text(text.to_owned());
        match self.kind {
            ColumnKind::Code(_) | ColumnKind::Country if text.is_empty() => as_it_is(),
            ColumnKind::Code(set) => Written::Text(localizer.localize_value(set, text)),
            ColumnKind::Country => Written::Text(countries::name(language, text)),
            ColumnKind::Group if text == OTHERS => Written::Text(localizer.localize("figures-others")),
            ColumnKind::Day => {
                text.parse::<Day>().map_or_else(|_| as_it_is(), |day| Written::Other(download::Cell::Day(day)))
            }
            ColumnKind::Ratio => {
                parse_ratio(text).map_or_else(as_it_is, |ratio| Written::Other(download::Cell::Ratio(ratio)))
            }
            ColumnKind::Text
            | ColumnKind::Group
            | ColumnKind::YesNo
            | ColumnKind::Hour
            | ColumnKind::Number
            | ColumnKind::Count
            | ColumnKind::Money
            | ColumnKind::Area => as_it_is(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_parsed_without_rounding() {
        let parsed = ["1.4055", "-0.4", "2", "0.0001", "-0.05", "x"].map(parse_ratio);
        assert_eq!(parsed, [Some(14_055), Some(-4_000), Some(20_000), Some(1), Some(-500), None]);
    }

    #[test]
    fn codes_are_written_as_words_of_the_language() {
        let category = column("category", ColumnKind::Code("booth-category"));
        let write = |language| match category.write(&Cell::Text("special_build".to_owned()), language, 0) {
            Written::Text(text) => text,
            Written::YesNo(..) | Written::Other(_) => "not a word".to_owned(),
        };
        assert_eq!([write(Language::Vi), write(Language::En)], ["Gian đặc biệt", "Special build"]);
    }
}
