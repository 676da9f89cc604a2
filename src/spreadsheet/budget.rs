//! What reading a file may cost. Limits of rows, columns and file size are not enough: a small workbook can refer to one long text a
//! million times, and merge areas that overlap.
use std::time::{Duration, Instant};

use crate::{cell::Cell, sheet::ReadError};

/// Max cells of all sheets, empty ones between others included. The largest tables have 75,000 rows of some 30 columns.
const MAX_CELLS: usize = 3_000_000;
/// Max bytes of the texts of all cells.
const MAX_TEXT_BYTES: usize = 96 * 1024 * 1024;
/// Max time of reading a file.
const MAX_TIME: Duration = Duration::from_secs(60);
/// Cells between two looks at the clock.
const CELLS_PER_LOOK: usize = 4_096;

/// What is left of the limits.
pub(crate) struct Budget {
    cells: usize,
    text_bytes: usize,
    deadline: Instant,
}

impl Budget {
    pub(crate) fn new() -> Self {
        Self { cells: MAX_CELLS, text_bytes: MAX_TEXT_BYTES, deadline: Instant::now() + MAX_TIME }
    }

    /// Takes a cell.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] if a limit is exceeded.
    pub(crate) fn take(&mut self, cell: &Cell) -> Result<(), ReadError> {
        let text_bytes = match cell {
            Cell::Text(text) | Cell::Number(text) | Cell::Error(text) => text.len(),
            Cell::Empty | Cell::Day(_) | Cell::Moment(..) | Cell::Time(_) | Cell::Formula => 0,
        };
        self.text_bytes = self.text_bytes.checked_sub(text_bytes).ok_or(ReadError::TooLarge)?;
        self.take_empty(1)
    }

    /// Takes empty cells.
    ///
    /// # Errors
    /// [`ReadError::TooLarge`] if a limit is exceeded.
    pub(crate) fn take_empty(&mut self, count: usize) -> Result<(), ReadError> {
        let left = self.cells.checked_sub(count).ok_or(ReadError::TooLarge)?;
        let is_time_over = left / CELLS_PER_LOOK != self.cells / CELLS_PER_LOOK && Instant::now() > self.deadline;
        self.cells = left;
        if is_time_over { Err(ReadError::TooLarge) } else { Ok(()) }
    }
}
