//! Streaming writer of XLSX workbooks (Office Open XML, ECMA-376). `rust_xlsxwriter` buffers all rows in a temporary file
//! before the first byte of output, which delays a response of a million rows by half a minute.
use std::io::{self, Write};

use quick_xml::escape::escape;
use zip::{
    CompressionMethod, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::{cell::Cell, column::Column};
use crate::http::spreadsheet::{MAX_SHEET_ROWS, column_letters, escape_formula};
use hoicho_core::values::clock::Day;

/// Max characters per cell (format limit).
const MAX_CELL_CHARS: usize = 32_767;
/// Max characters of the name of a sheet (format limit).
const MAX_SHEET_NAME_CHARS: usize = 31;
const XML: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const RELATED: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

// Indexes of the cell formats in `STYLES`.
const PLAIN: u8 = 0;
const BOLD: u8 = 1;
const GROUPED: u8 = 2;
const DATE: u8 = 3;
const TWO_DECIMALS: u8 = 4;
const PERCENT: u8 = 5;
const BOLD_GROUPED: u8 = 6;
const BOLD_TWO_DECIMALS: u8 = 7;
const WRAPPED: u8 = 8;
/// Formats 3, 4 and 10 are built in: `#,##0`, `#,##0.00` and `0.00%`.
const STYLES: &str = "<numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"dd/mm/yyyy\"/></numFmts>\
     <fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>\
     <name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/>\
     </fill><fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border/>\
     </borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/>\
     </cellStyleXfs><cellXfs count=\"9\">\
     <xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
     <xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyFont=\"1\"/>\
     <xf numFmtId=\"3\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"4\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"10\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
     <xf numFmtId=\"3\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>\
     <xf numFmtId=\"4\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/>\
     <xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyAlignment=\"1\">\
     <alignment vertical=\"top\" wrapText=\"1\"/></xf></cellXfs>\
     <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

/// Format of a cell that is not text.
fn number_format(cell: &Cell<'_>, is_bold: bool) -> u8 {
    match (cell, is_bold) {
        (Cell::Integer(_) | Cell::Money(_, 0), false) => GROUPED,
        (Cell::Integer(_) | Cell::Money(_, 0), true) => BOLD_GROUPED,
        (Cell::Money(..) | Cell::Area(_), false) => TWO_DECIMALS,
        (Cell::Money(..) | Cell::Area(_), true) => BOLD_TWO_DECIMALS,
        (Cell::Ratio(_), _) => PERCENT,
        (Cell::Day(_), _) => DATE,
        (Cell::Empty | Cell::Text(_) | Cell::Thousandths(_) | Cell::YesNo(..), _) => PLAIN,
    }
}

/// Workbook writer; continues on a new sheet when a sheet is full.
pub struct WorkbookWriter<W: Write> {
    zip: ZipWriter<StreamWriter<W>>,
    name: String,
    columns: Vec<Column>,
    /// Names of the sheets so far.
    sheets: Vec<String>,
    row: u32,
    /// Last row of the current table, without its total; 0 on a sheet without a table.
    last_row: u32,
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
    /// Starts a workbook with a sheet `name` and the columns.
    pub fn begin(name: &str, columns: Vec<Column>, to: W) -> io::Result<Self> {
        let (zip, name) = (ZipWriter::new_stream(to), name.to_owned());
        let mut book = Self { zip, name, columns, sheets: Vec::new(), row: 0, last_row: 0, xml: String::new() };
        book.begin_table()?;
        Ok(book)
    }

    fn write_part(&mut self, name: &str, xml: &str) -> io::Result<()> {
        self.zip.start_file(name, options())?;
        self.zip.write_all(XML.as_bytes())?;
        self.zip.write_all(xml.as_bytes())
    }

    /// Starts a sheet; `view` is what stands before its columns.
    fn begin_sheet(&mut self, name: String, view: &str, widths: &[usize]) -> io::Result<()> {
        self.sheets.push(name);
        (self.row, self.last_row) = (0, 0);
        let part = format!("xl/worksheets/sheet{}.xml", self.sheets.len());
        let columns: String = (1..)
            .zip(widths)
            .map(|(n, width): (usize, _)| format!(r#"<col min="{n}" max="{n}" width="{width}" customWidth="1"/>"#))
            .collect();
        let columns = if columns.is_empty() { columns } else { format!("<cols>{columns}</cols>") };
        self.write_part(&part, &format!("<worksheet xmlns=\"{MAIN}\">{view}{columns}<sheetData>"))
    }

    /// Starts the next sheet of the table.
    fn begin_table(&mut self) -> io::Result<()> {
        let name = match self.sheets.len() {
            0 => self.name.chars().take(MAX_SHEET_NAME_CHARS).collect(),
            // With room for the number.
            n => {
                format!("{} {}", self.name.chars().take(MAX_SHEET_NAME_CHARS - 6).collect::<String>().trim_end(), n + 1)
            }
        };
        let frozen_titles = "<sheetViews><sheetView workbookViewId=\"0\">\
             <pane ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews>";
        let widths: Vec<usize> = self.columns.iter().map(|column| column.width).collect();
        self.begin_sheet(name, frozen_titles, &widths)?;
        let columns = std::mem::take(&mut self.columns);
        let row: Vec<_> = columns.iter().map(|column| Cell::Text(&column.title)).collect();
        let result = self.write_row(&row, BOLD);
        self.columns = columns;
        self.last_row = self.row;
        result
    }

    /// Writes a row whose texts have a format; with that of the total its numbers are bold as well.
    fn write_row(&mut self, row: &[Cell<'_>], text_format: u8) -> io::Result<()> {
        use std::fmt::Write as _;
        self.row += 1;
        let (n, xml) = (self.row, &mut self.xml);
        xml.clear();
        let mut format_row = || -> std::fmt::Result {
            write!(xml, r#"<row r="{n}">"#)?;
            for (column, field) in (0..).zip(row) {
                let (column, format) = (column_letters(column), number_format(field, text_format == BOLD));
                match *field {
                    Cell::Empty => {}
                    Cell::Text(text) => {
                        let text = sanitize(&escape_formula(text));
                        let text = escape(&*text);
                        write!(
                            xml,
                            r#"<c r="{column}{n}" s="{text_format}" t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>"#
                        )?;
                    }
                    Cell::YesNo(value, _) => {
                        write!(xml, r#"<c r="{column}{n}" s="{format}" t="b"><v>{}</v></c>"#, u8::from(value))?;
                    }
                    Cell::Day(day) => write!(xml, r#"<c r="{column}{n}" s="{format}"><v>{}</v></c>"#, serial(day))?,
                    Cell::Integer(_) | Cell::Money(..) | Cell::Thousandths(_) | Cell::Area(_) | Cell::Ratio(_) => {
                        let number = field.number().unwrap_or_default();
                        write!(xml, r#"<c r="{column}{n}" s="{format}"><v>{number}</v></c>"#)?
                    }
                }
            }
            xml.push_str("</row>");
            Ok(())
        };
        format_row().map_err(io::Error::other)?;
        self.zip.write_all(self.xml.as_bytes())
    }

    /// Ends the sheet; a table has a filter over its rows.
    fn end_sheet(&mut self) -> io::Result<()> {
        self.zip.write_all(b"</sheetData>")?;
        if let Some(last_column) = self.columns.len().checked_sub(1).filter(|_| self.last_row > 0) {
            let range = format!("A1:{}{}", column_letters(last_column), self.last_row);
            self.zip.write_all(format!("<autoFilter ref=\"{range}\"/>").as_bytes())?;
        }
        self.zip.write_all(b"</worksheet>")
    }

    fn continue_if_full(&mut self) -> io::Result<()> {
        if self.row > MAX_SHEET_ROWS {
            self.end_sheet()?;
            self.begin_table()?;
        }
        Ok(())
    }

    /// Writes a row of the table.
    pub fn append_row(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        self.continue_if_full()?;
        self.write_row(row, PLAIN)?;
        self.last_row = self.row;
        Ok(())
    }

    /// Writes the total below the rows.
    pub fn append_total(&mut self, row: &[Cell<'_>]) -> io::Result<()> {
        self.continue_if_full()?;
        self.write_row(row, BOLD)
    }

    /// Writes a sheet of notes, one per row.
    pub fn append_notes(&mut self, name: &str, notes: &[String]) -> io::Result<()> {
        self.end_sheet()?;
        self.begin_sheet(name.chars().take(MAX_SHEET_NAME_CHARS).collect(), "", &[120])?;
        self.write_row(&[Cell::Text(name)], BOLD)?;
        notes.iter().try_for_each(|note| self.write_row(&[Cell::Text(note)], WRAPPED))
    }

    /// Finishes the workbook: writes the parts that depend on the number of sheets.
    pub fn finish(mut self) -> io::Result<W> {
        self.end_sheet()?;
        let sheets = 1..=self.sheets.len();
        let sheet_list: String = (1..)
            .zip(&self.sheets)
            .map(|(n, name): (usize, _)| format!(r#"<sheet name="{}" sheetId="{n}" r:id="rId{n}"/>"#, escape(name)))
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
        let columns = ["day", "name", "amount", "quantity", "area"];
        let columns = columns.map(|name| Column { name, title: name.into(), width: 12 }).to_vec();
        let mut book = WorkbookWriter::begin("Bán & mua", columns, Vec::new()).unwrap();
        let day = Day::from_ymd_opt(2018, 4, 28).unwrap();
        let name = Cell::Text("=Chả mực <Hạ Long>\u{1}");
        let amount = Cell::Money(9_557_600_000, 0);
        book.append_row(&[Cell::Day(day), name, amount, Cell::Thousandths(1_500), Cell::Area(1_205)]).unwrap();
        book.append_row(&[Cell::Empty, Cell::Empty, Cell::Money(-505, 2), Cell::Empty, Cell::Ratio(4_055)]).unwrap();
        book.append_total(&[Cell::Text("Tổng cộng"), Cell::Empty, Cell::Integer(7)]).unwrap();
        book.append_notes("Chú thích", &["Doanh thu: số tiền".to_owned()]).unwrap();
        let mut book = read(book.finish().unwrap());
        assert_eq!(book.sheet_names(), ["Bán & mua", "Chú thích"]);
        let sheet = book.worksheet_range("Bán & mua").unwrap();
        let cell = |row, column| sheet.get_value((row, column)).unwrap().clone();
        assert_eq!(cell(0, 1), Data::String("name".into()));
        let Data::DateTime(date) = cell(1, 0) else { panic!("{:?} is not a date", cell(1, 0)) };
        assert_eq!(date.as_f64(), 43_218.0);
        assert_eq!(cell(1, 1), Data::String("'=Chả mực <Hạ Long>".into()));
        assert_eq!(cell(1, 2), Data::Float(9_557_600_000.0));
        assert_eq!((cell(1, 3), cell(1, 4)), (Data::Float(1.5), Data::Float(12.05)));
        assert_eq!((cell(2, 0), cell(2, 2), cell(2, 4)), (Data::Empty, Data::Float(-5.05), Data::Float(0.4055)));
        assert_eq!((cell(3, 0), cell(3, 2)), (Data::String("Tổng cộng".into()), Data::Float(7.0)));
        let notes = book.worksheet_range("Chú thích").unwrap();
        assert_eq!(notes.get_value((1, 0)), Some(&Data::String("Doanh thu: số tiền".into())));
    }

    #[test]
    fn full_sheet_continues_on_a_new_sheet() {
        let mut book =
            WorkbookWriter::begin("Lines", vec![Column { name: "n", title: "n".into(), width: 9 }], Vec::new())
                .unwrap();
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
