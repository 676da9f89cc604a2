//! Files as responses: tables and archives. They are written in full before they are sent, so that a slow reader holds a file and no
//! connection to the database, and an error while writing is an error response.
mod cell;
mod column;
mod error;
mod form;
mod rows;
mod spool;
mod workbook;

use actix_web::{HttpResponse, body::SizedStream, http::header};

pub use cell::Cell;
pub use column::Column;
pub use error::write_error;
pub use form::Form;
pub use rows::TableWriter;
pub use spool::Spool;

use super::problem::Problem;

/// Sends a file as an attachment named `name`. `held` is dropped when it is sent.
///
/// # Errors
/// An internal error if the temporary file cannot be read.
pub fn attachment(
    content_type: &'static str,
    name: &str,
    file: Spool,
    held: impl Send + 'static,
) -> Result<HttpResponse, Problem> {
    let (size, chunks) = file.send(held, spool::MAX_SENDING_TIME).map_err(write_error)?;
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(SizedStream::new(size, chunks)))
}

/// Removes all characters except ASCII letters, digits and hyphens; slugs and identifiers are unchanged.
pub fn sanitize_file_name(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}
