//! Streaming writer of XLSX workbooks (Office Open XML, ECMA-376). `rust_xlsxwriter` buffers all rows in a temporary file
//! before the first byte of output, which delays a response of a million rows by half a minute.
use std::io::{self, Write};

use quick_xml::escape::escape;
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::cell::{Cell, format_thousandths};
use crate::http::spreadsheet::{MAX_SHEET_ROWS, column_letters, escape_formula};
use hoicho_core::values::clock::Day;

/// Max characters per cell (format limit).
const MAX_CELL_CHARS: usize = 32_767;
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

// Indexes of the cell formats in `STYLES`.
const TITLE: u8 = 1;
const GROUPED: u8 = 2;
const DATE: u8 = 3;
const STYLES: &str = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
     <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>\
     <name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/>\
     </fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/>\
     </borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>\
     </cellStyleXfs><cellXfs count=\"4\">\
     <xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
     <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
     <xf numFmtId=\"3\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     </cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/>\
     </cellStyles>";

/// Workbook writer; continues on a new sheet when a sheet is full.
pub struct WorkbookWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    name: String,
    titles: Vec<String>,
    sheets: u32,
    row: u32,
    /// Buffer of one row's XML, reused to avoid allocations.
    xml: String,
}

fn options() -> SimpleFileOptions {
    SimpleFileOptions::default().compression_method(CompressionMethod::Deflated).compression_level(Some(3))
}

/// Spreadsheet serial number of a date: days since 1899-12-30.
fn serial(day: Day) -> i64 {
    day.signed_duration_since(Day::from_ymd_opt(1899, 12, 30).unwrap_or_default()).num_days()
}

/// Removes characters that XML does not allow and truncates text to the cell limit.
fn sanitize(text: &str) -> String {
    let is_printable = |c: &char| !c.is_control() || matches!(c, '\t' | '\n');
    let is_character = |c: &char| !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_printable).filter(is_character).take(MAX_CELL_CHARS).collect()
}

impl<W: Write> WorkbookWriter<W> {
    /// Starts a workbook with a sheet `name` and the column titles.
    pub fn begin(name: &str, titles: Vec<String>, to: W) -> io::Result<Self> {
        let (zip, name) = (ZipWriter::new_stream(to), name.chars().take(25).collect());
        let mut book = Self { zip, name, titles, sheets: 0, row: 0, xml: String::new() };
        book.begin_sheet()?;
        Ok(book)
    }

    fn write_part(&mut self, name: &str, xml: &str) -> io::Result<()> {
        self.zip.start_file(name, options())?;
        self.zip.write_all(XML.as_bytes())?;
        self.zip.write_all(xml.as_bytes())
    }

    /// Starts the next sheet.
    fn begin_sheet(&mut self) -> io::Result<()> {
        (self.sheets, self.row) = (self.sheets + 1, 0);
        let part = format!("xl/worksheets/sheet{}.xml", self.sheets);
        let widths = self.titles.len().max(1);
        self.write_part(
            &part,
            &format!(
                "<worksheet xmlns=\"{MAIN}\"><sheetViews><sheetView workbookViewId=\"0\">\
                 <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/>\
                 </sheetView></sheetViews><cols>\
                 <col min=\"1\" max=\"{widths}\" width=\"20\" customWidth=\"1\"/></cols><sheetData>"
            ),
        )?;
        let titles = std::mem::take(&mut self.titles);
        let row: Vec<_> = titles.iter().map(|title| Cell::Text(title)).collect();
        let result = self.write_row(&row, TITLE);
        self.titles = titles;
        result
    }

    fn write_row(&mut self, row: &[Cell<'_>], text_style: u8) -> io::Result<()> {
        use std::fmt::Write as _;
        self.row += 1;
        let (n, xml) = (self.row, &mut self.xml);
        xml.clear();
        let mut format_row = || -> std::fmt::Result {
            write!(xml, r#"<row r="{n}">"#)?;
            for (column, field) in (0..).zip(row) {
                let column = column_letters(column);
                match *field {
                    Cell::Empty => {}
                    Cell::Text(text) => {
                        let text = sanitize(&escape_formula(text));
                        let text = escape(&*text);
                        write!(
                            xml,
                            r#"<c r="{column}{n}" s="{text_style}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
                        )?;
                    }
                    Cell::Integer(number) => write!(xml, r#"<c r="{column}{n}" s="{GROUPED}"><v>{number}</v></c>"#)?,
                    Cell::Thousandths(number) => {
                        write!(xml, r#"<c r="{column}{n}"><v>{}</v></c>"#, format_thousandths(number))?
                    }
                    Cell::Day(day) => write!(xml, r#"<c r="{column}{n}" s="{DATE}"><v>{}</v></c>"#, serial(day))?,
                    Cell::Bool(value) => write!(xml, r#"<c r="{column}{n}" t="b"><v>{}</v></c>"#, u8::from(value))?,
                }
            }
            xml.push_str("</row>");
            Ok(())
        };
        format_row().map_err(io::Error::other)?;
        self.zip.write_all(self.xml.as_bytes())
    }

    fn end_sheet(&mut self) -> io::Result<()> {
        self.zip.write_all(b"</sheetData></worksheet>")
    }

    /// Writes a row.
    pub fn append_row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        if self.row > MAX_SHEET_ROWS {
            self.end_sheet()?;
            self.begin_sheet()?;
        }
        self.write_row(row, 0)
    }

    /// Finishes the workbook: writes the parts that depend on the number of sheets.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_sheet()?;
        let sheets = 1..=self.sheets;
        let name = |n: u32| if n == 1 { self.name.clone() } else { format!("{} {n}", self.name) };
        let sheet_list: String = sheets
            .clone()
            .map(|n| format!(r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, escape(name(n))))
            .collect();
        let relationships: String = sheets
            .clone()
            .map(|n| {
                format!(r#"<Relationship Id="rId{n}" Type="{RELATED}/worksheet" Target="worksheets/sheet{n}.xml"/>"#)
            })
            .collect();
        let content_types: String = sheets
            .map(|n| {
                format!(
                    "<Override PartName=\"/xl/worksheets/sheet{n}.xml\" \
                     ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml\"/>"
                )
            })
            .collect();
        self.write_part(
            "xl/workbook.xml",
            &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{RELATED}"><sheets>{sheet_list}</sheets></workbook>"#),
        )?;
        self.write_part(
            "xl/_rels/workbook.xml.rels",
            &format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">{relationships}<Relationship Id=\"styles\" \
                 Type=\"{RELATED}/styles\" Target=\"styles.xml\"/></Relationships>"
            ),
        )?;
        self.write_part("xl/styles.xml", &format!(r#"<styleSheet xmlns="{MAIN}">{STYLES}</styleSheet>"#))?;
        self.write_part(
            "_rels/.rels",
            &format!(
                "<Relationships xmlns=\"{PACKAGE}/relationships\">\
                 <Relationship Id=\"book\" Type=\"{RELATED}/officeDocument\" Target=\"xl/workbook.xml\"/>\
                 </Relationships>"
            ),
        )?;
        self.write_part(
            "[Content_Types].xml",
            &format!(
                "<Types xmlns=\"{PACKAGE}/content-types\">\
                 <Default Extension=\"rels\" \
                 ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
                 <Default Extension=\"xml\" ContentType=\"application/xml\"/>\
                 <Override PartName=\"/xl/workbook.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml\"/>\
                 <Override PartName=\"/xl/styles.xml\" \
                 ContentType=\"application/vnd.openxmlformats-officedocument.spreadsheetml.styles+xml\"/>\
                 {content_types}</Types>"
            ),
        )?;
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
    fn cells_are_typed_and_formulas_are_escaped() {
        let titles = ["day", "name", "amount", "quantity", "ocop"].map(str::to_owned).to_vec();
        let mut book = WorkbookWriter::begin("Bán & mua", titles, Vec::new()).unwrap();
        let day = Day::from_ymd_opt(2018, 4, 28).unwrap();
        let name = Cell::Text("=Chả mực <Hạ Long>\u{1}");
        book.append_row(&[
            Cell::Day(day),
            name,
            Cell::Integer(9_557_600_000),
            Cell::Thousandths(1_500),
            Cell::Bool(true),
        ])
        .unwrap();
        book.append_row(&[Cell::Empty, Cell::Empty, Cell::Integer(-5), Cell::Empty, Cell::Bool(false)]).unwrap();
        let mut book = read(book.finish().unwrap());
        assert_eq!(book.sheet_names(), ["Bán & mua"]);
        let sheet = book.worksheet_range("Bán & mua").unwrap();
        let cell = |row, column| sheet.get_value((row, column)).unwrap().clone();
        assert_eq!(cell(0, 1), Data::String("name".into()));
        let Data::DateTime(date) = cell(1, 0) else { panic!("{:?} is not a date", cell(1, 0)) };
        assert_eq!(date.as_f64(), 43_218.0);
        assert_eq!(cell(1, 1), Data::String("'=Chả mực <Hạ Long>".into()));
        assert_eq!(cell(1, 2), Data::Float(9_557_600_000.0));
        assert_eq!(cell(1, 3), Data::Float(1.5));
        assert_eq!(cell(1, 4), Data::Bool(true));
        assert_eq!((cell(2, 0), cell(2, 2)), (Data::Empty, Data::Float(-5.0)));
    }

    #[test]
    fn full_sheet_continues_on_a_new_sheet() {
        let mut book = WorkbookWriter::begin("Lines", vec!["n".into()], Vec::new()).unwrap();
        for n in 0..=i64::from(MAX_SHEET_ROWS) {
            book.append_row(&[Cell::Integer(n)]).unwrap();
        }
        let mut book = read(book.finish().unwrap());
        assert_eq!(book.sheet_names(), ["Lines", "Lines 2"]);
        let second = book.worksheet_range("Lines 2").unwrap();
        assert_eq!(second.get_value((0, 0)), Some(&Data::String("n".into())));
        assert_eq!(second.get_value((1, 0)), Some(&Data::Float(1_048_575.0)));
    }
}
