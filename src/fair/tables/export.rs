//! Tables as JSON, CSV and workbooks, each with a total row and notes.
use std::io::{self, Write};

use serde_json::{Map, Value, json};

use super::{
    columns::{Column, Written},
    table::{Cell, Table},
};
use hoicho_core::{
    i18n::{Language, Localizer, format},
    values::money::Overflow,
};
use hoicho_web::http::download::{self, Form, TableWriter};

/// What is said about a table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// For programs; null if there is nothing.
    pub json: Value,
    /// For people.
    pub lines: Vec<String>,
}

/// A table to write.
pub struct Export<'a> {
    /// Title of the table, for people.
    pub title: &'a str,
    /// Columns that the table may have.
    pub columns: &'a [Column],
    pub table: &'a Table,
    /// ISO 4217 code.
    pub currency: &'a str,
    pub notes: &'a Notes,
    pub language: Language,
}

impl Export<'_> {
    /// The columns that the table has: a published one leaves out what it may not show.
    fn columns(&self) -> Vec<Column> {
        let known = |name: &String| self.columns.iter().find(|column| column.name == *name).copied();
        self.table.columns.iter().filter_map(known).collect()
    }

    /// The total of each column that adds up; empty if there are none, or no rows.
    fn totals(&self) -> Result<Vec<Option<i64>>, Overflow> {
        let columns = self.columns();
        if self.table.rows.is_empty() || !columns.iter().any(|column| column.adds_up()) {
            return Ok(Vec::new());
        }
        let mut totals: Vec<Option<i64>> = columns.iter().map(|column| column.adds_up().then_some(0)).collect();
        for row in &self.table.rows {
            for (total, cell) in totals.iter_mut().zip(row) {
                if let (Some(total), Cell::Number(number)) = (total, cell) {
                    *total = total.checked_add(*number).ok_or(Overflow)?;
                }
            }
        }
        Ok(totals)
    }

    /// JSON for programs: rows with codes, the total, and the notes.
    pub fn json(&self) -> Result<Value, Overflow> {
        let object = |row: &Vec<Cell>| -> Value {
            let cells = self.table.columns.iter().zip(row);
            cells.map(|(column, cell)| (column.clone(), json!(cell))).collect::<Map<_, _>>().into()
        };
        let mut document = json!({ "items": self.table.rows.iter().map(object).collect::<Vec<_>>() });
        let totals = self.totals()?;
        let named =
            self.table.columns.iter().zip(totals).filter_map(|(name, total)| Some((name.clone(), json!(total?))));
        let totals: Map<_, _> = named.collect();
        if let Value::Object(document) = &mut document {
            if !totals.is_empty() {
                document.insert("total".to_owned(), totals.into());
            }
            if !self.notes.json.is_null() {
                document.insert("about".to_owned(), self.notes.json.clone());
            }
        }
        Ok(document)
    }

    /// CSV or a workbook for people.
    pub fn write<W: Write>(&self, form: Form, to: W) -> io::Result<W> {
        let (localizer, columns) = (Localizer(self.language), self.columns());
        let digits = u32::try_from(format::minor_digits(self.currency)).unwrap_or(0);
        let headers: Vec<download::Column> =
            columns.iter().map(|column| column.for_download(self.currency, self.language)).collect();
        let mut table = TableWriter::begin(form, self.title, &headers, to)?;
        for row in &self.table.rows {
            let written: Vec<Written> =
                columns.iter().zip(row).map(|(column, cell)| column.write(cell, self.language, digits)).collect();
            table.write_row(&written.iter().map(Written::cell).collect::<Vec<_>>())?;
        }
        let totals = self.totals().map_err(|_| io::Error::other("the total does not fit"))?;
        let label = localizer.localize("total-row");
        let total_cell = |(n, (column, total)): (usize, (&Column, &Option<i64>))| match total {
            None if n == 0 => Written::Text(label.clone()),
            None => Written::Text(String::new()),
            Some(total) => column.write(&Cell::Number(*total), self.language, digits),
        };
        if !totals.is_empty() {
            let written: Vec<Written> = columns.iter().zip(&totals).enumerate().map(total_cell).collect();
            table.write_total(&written.iter().map(Written::cell).collect::<Vec<_>>())?;
        }
        if !self.notes.lines.is_empty() {
            table.write_notes(&localizer.localize("sheet-notes"), &self.notes.lines)?;
        }
        table.finish()
    }
}
