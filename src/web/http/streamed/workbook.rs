//! A workbook (Office Open XML, ECMA-376) that is sent while it is written. The crate that writes our other workbooks keeps
//! the rows in a file until the last is known: with a million of them nobody would see a byte for half a minute.
use std::io::{self, Write};

use quick_xml::escape::escape;
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::rows::{Field, decimal};
use crate::http::export::{defused, letters};
use hoicho_core::values::clock::Day;

/// Rows a sheet can hold under its titles.
const MOST_ROWS: u32 = 1_048_575;
/// Characters a cell can hold.
const MOST_CHARACTERS: usize = 32_767;
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// Styles, by their place in `styles.xml`.
const TITLE: u8 = 1;
const GROUPED: u8 = 2;
const DATE: u8 = 3;
const STYLES: &str = r#"<numFmts count="1"><numFmt numFmtId="164" formatCode="dd/mm/yyyy"/></numFmts><fonts count="2"><font><sz val="11"/><name val="Calibri"/></font><font><b/><sz val="11"/><name val="Calibri"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="4"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="0" fontId="1" fillId="0" borderId="0" xfId="0" applyFont="1"/><xf numFmtId="3" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/><xf numFmtId="164" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles>"#;

/// A workbook whose rows come one after the other; a sheet that is full is followed by the next.
pub struct Workbook<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    name: String,
    titles: Vec<String>,
    sheets: u32,
    row: u32,
    /// One row's XML; kept for its memory.
    xml: String,
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(3))
}

/// What a spreadsheet counts days from.
fn serial(day: Day) -> i64 {
    day.signed_duration_since(Day::from_ymd_opt(1899, 12, 30).unwrap_or_default()).num_days()
}

/// Text that XML can hold, no longer than a cell can.
fn allowed(text: &str) -> String {
    let is_allowed = |c: &char| !c.is_control() || matches!(c, '\t' | '\n');
    let is_character = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_allowed).filter(is_character).take(MOST_CHARACTERS).collect()
}

impl<W: Write> Workbook<W> {
    /// Begins a workbook with a sheet `name` and the titles of its columns.
    pub fn begin(name: &str, titles: Vec<String>, to: W) -> io::Result<Self> {
        let (zip, name) = (ZipWriter::new_stream(to), name.chars().take(25).collect());
        let mut book = Self { zip, name, titles, sheets: 0, row: 0, xml: String::new() };
        book.sheet()?;
        Ok(book)
    }

    fn part(&mut self, name: &str, xml: &str) -> io::Result<()> {
        self.zip.start_file(name, options())?;
        self.zip.write_all(XML.as_bytes())?;
        self.zip.write_all(xml.as_bytes())
    }

    /// Begins the next sheet.
    fn sheet(&mut self) -> io::Result<()> {
        (self.sheets, self.row) = (self.sheets + 1, 0);
        let part = format!("xl/worksheets/sheet{}.xml", self.sheets);
        let widths = self.titles.len().max(1);
        self.part(&part, &format!(r#"<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0"><pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/></sheetView></sheetViews><cols><col min="1" max="{widths}" width="20" customWidth="1"/></cols><sheetData>"#))?;
        let titles = std::mem::take(&mut self.titles);
        let row: Vec<_> = titles.iter().map(|title| Field::Text(title)).collect();
        let written = self.write(&row, TITLE);
        self.titles = titles;
        written
    }

    fn write(&mut self, row: &[Field<'_>], words: u8) -> io::Result<()> {
        use std::fmt::Write as _;
        self.row += 1;
        let (n, xml) = (self.row, &mut self.xml);
        xml.clear();
        let mut put = || -> std::fmt::Result {
            write!(xml, r#"<row r="{n}">"#)?;
            for (column, field) in (0..).zip(row) {
                let column = letters(column);
                match *field {
                    Field::Empty => {}
                    Field::Text(text) => {
                        let text = allowed(&defused(text));
                        let text = escape(&*text);
                        write!(
                            xml,
                            r#"<c r="{column}{n}" s="{words}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
                        )?;
                    }
                    Field::Whole(number) => write!(xml, r#"<c r="{column}{n}" s="{GROUPED}"><v>{number}</v></c>"#)?,
                    Field::Thousandths(number) => write!(xml, r#"<c r="{column}{n}"><v>{}</v></c>"#, decimal(number))?,
                    Field::Day(day) => write!(xml, r#"<c r="{column}{n}" s="{DATE}"><v>{}</v></c>"#, serial(day))?,
                    Field::Is(said) => write!(xml, r#"<c r="{column}{n}" t="b"><v>{}</v></c>"#, u8::from(said))?,
                }
            }
            xml.push_str("</row>");
            Ok(())
        };
        put().map_err(io::Error::other)?;
        self.zip.write_all(self.xml.as_bytes())
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        self.zip.write_all(b"</sheetData></worksheet>")
    }

    /// Adds a row.
    pub fn put(&mut self, row: &[Field<'_>]) -> io::Result<()> {
        if self.row > MOST_ROWS {
            self.end_sheet()?;
            self.sheet()?;
        }
        self.write(row, 0)
    }

    /// Ends the workbook: what it consists of is only known now.
    pub fn end(mut self) -> io::Result<W> {
        self.end_sheet()?;
        let sheets = 1..=self.sheets;
        let name = |n: u32| if n == 1 { self.name.clone() } else { format!("{} {n}", self.name) };
        let listed: String = sheets
            .clone()
            .map(|n| format!(r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, escape(name(n))))
            .collect();
        let related: String = sheets
            .clone()
            .map(|n| {
                format!(r#"<Relationship Id="rId{n}" Type="{RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>"#)
            })
            .collect();
        let kinds: String = sheets
            .map(|n| format!(r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/>"#))
            .collect();
        self.part(
            "xl/workbook.xml",
            &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{listed}</sheets></workbook>"#),
        )?;
        self.part("xl/_rels/workbook.xml.rels", &format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{related}<Relationship Id="styles" Type="{RELATED}/styles" Target="styles.xml"/></Relationships>"#))?;
        self.part("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#))?;
        self.part("_rels/.rels", &format!(r#"<Relationships xmlns="{PACKAGE}/relationships"><Relationship Id="book" Type="{RELATED}/officeDocument" Target="xl/workbook.xml"/></Relationships>"#))?;
        self.part("[Content_Types].xml", &format!(r#"<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml"/>{kinds}</Types>"#))?;
        Ok(self.zip.finish()?.into_inner())
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    fn read(bytes: Vec<u8>) -> Xlsx<Cursor<Vec<u8>>> {
        Xlsx::new(Cursor::new(bytes)).unwrap()
    }

    #[test]
    fn cells_keep_their_types_and_formulas_are_defused() {
        let titles = ["day", "name", "amount", "quantity", "ocop"].map(str::to_owned).to_vec();
        let mut book = Workbook::begin("Bán & mua", titles, Vec::new()).unwrap();
        let day = Day::from_ymd_opt(2018, 4, 28).unwrap();
        let name = Field::Text("=Chả mực <Hạ Long>\u{1}");
        book.put(&[Field::Day(day), name, Field::Whole(9_557_600_000), Field::Thousandths(1_500), Field::Is(true)])
            .unwrap();
        book.put(&[Field::Empty, Field::Empty, Field::Whole(-5), Field::Empty, Field::Is(false)]).unwrap();
        let mut book = read(book.end().unwrap());
        assert_eq!(book.sheet_names(), ["Bán & mua"]);
        let sheet = book.worksheet_range("Bán & mua").unwrap();
        let cell = |row, column| sheet.get_value((row, column)).unwrap().clone();
        assert_eq!(cell(0, 1), Data::String("name".into()));
        let Data::DateTime(date) = cell(1, 0) else { panic!("{:?} is no date", cell(1, 0)) };
        assert_eq!(date.as_f64(), 43_218.0);
        assert_eq!(cell(1, 1), Data::String("'=Chả mực <Hạ Long>".into()));
        assert_eq!(cell(1, 2), Data::Float(9_557_600_000.0));
        assert_eq!(cell(1, 3), Data::Float(1.5));
        assert_eq!(cell(1, 4), Data::Bool(true));
        assert_eq!((cell(2, 0), cell(2, 2)), (Data::Empty, Data::Float(-5.0)));
    }

    #[test]
    fn a_full_sheet_is_followed_by_the_next() {
        let mut book = Workbook::begin("Lines", vec!["n".into()], Vec::new()).unwrap();
        for n in 0..=i64::from(MOST_ROWS) {
            book.put(&[Field::Whole(n)]).unwrap();
        }
        let mut book = read(book.end().unwrap());
        assert_eq!(book.sheet_names(), ["Lines", "Lines 2"]);
        let second = book.worksheet_range("Lines 2").unwrap();
        assert_eq!(second.get_value((0, 0)), Some(&Data::String("n".into())));
        assert_eq!(second.get_value((1, 0)), Some(&Data::Float(1_048_575.0)));
    }
}
