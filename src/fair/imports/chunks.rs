//! Splits parsed rows into chunks, each of which is planned as one and written in a transaction of its own.
use std::collections::BTreeSet;

use super::parse_rows::ParsedRows;

/// Rows per chunk and progress update. Short enough that a chunk holds the writer for well under 100 ms (docs/imports.md).
pub(super) const CHUNK_ROWS: usize = 500;

impl ParsedRows {
    pub(super) fn len(&self) -> usize {
        match self {
            ParsedRows::Booths(rows) => rows.len(),
            ParsedRows::Exhibitors(rows) => rows.len(),
            ParsedRows::Products(rows) => rows.len(),
            ParsedRows::Sales(rows) => rows.len(),
            ParsedRows::Visits(rows) => rows.len(),
        }
    }

    /// Splits the rows into chunks, without the `excluded` row numbers.
    pub(super) fn chunks(self, excluded: &BTreeSet<u64>) -> Vec<ParsedRows> {
        fn split<T>(
            rows: Vec<(u64, T)>,
            excluded: &BTreeSet<u64>,
            of: fn(Vec<(u64, T)>) -> ParsedRows,
        ) -> Vec<ParsedRows> {
            let mut valid = rows.into_iter().filter(|(row, _)| !excluded.contains(row));
            let next = || Some(valid.by_ref().take(CHUNK_ROWS).collect::<Vec<_>>()).filter(|chunk| !chunk.is_empty());
            std::iter::from_fn(next).map(of).collect()
        }
        match self {
            ParsedRows::Booths(rows) => split(rows, excluded, ParsedRows::Booths),
            ParsedRows::Exhibitors(rows) => split(rows, excluded, ParsedRows::Exhibitors),
            ParsedRows::Products(rows) => split(rows, excluded, ParsedRows::Products),
            ParsedRows::Sales(rows) => split(rows, excluded, ParsedRows::Sales),
            ParsedRows::Visits(rows) => split(rows, excluded, ParsedRows::Visits),
        }
    }
    /// The rows without the `excluded` row numbers.
    pub(super) fn without(self, excluded: &BTreeSet<u64>) -> ParsedRows {
        fn keep<T>(mut rows: Vec<(u64, T)>, excluded: &BTreeSet<u64>) -> Vec<(u64, T)> {
            rows.retain(|(row, _)| !excluded.contains(row));
            rows
        }
        match self {
            ParsedRows::Booths(rows) => ParsedRows::Booths(keep(rows, excluded)),
            ParsedRows::Exhibitors(rows) => ParsedRows::Exhibitors(keep(rows, excluded)),
            ParsedRows::Products(rows) => ParsedRows::Products(keep(rows, excluded)),
            ParsedRows::Sales(rows) => ParsedRows::Sales(keep(rows, excluded)),
            ParsedRows::Visits(rows) => ParsedRows::Visits(keep(rows, excluded)),
        }
    }
}
