//! Streaming responses of unbounded length: a blocking database thread writes chunks into a bounded channel while they are
//! sent, so memory use is constant.
mod cell;
mod chunk_writer;
mod form;
mod rows;
mod workbook;

use std::io;

use actix_web::{HttpResponse, http::header};
use futures_util::stream;
use tokio::sync::mpsc;

pub use cell::Cell;
pub use chunk_writer::ChunkWriter;
pub use form::Form;
pub use rows::{Column, TableWriter};

use super::problem::{Code, Problem};
use chunk_writer::{Chunk, MAX_BUFFERED_CHUNKS, SEND_TIMEOUT};

/// Maps a write error to a problem. A disconnected or stalled client is not logged.
pub fn write_error(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::TimedOut => Code::Unavailable.into(),
        _ => {
            tracing::error!(%error, "failed to write a streamed file");
            Code::Internal.into()
        }
    }
}

/// Streams the output of `write` as an attachment named `name`. If `write` fails, the connection is aborted, so that the client
/// does not mistake a truncated file for a complete one.
pub fn attachment<W>(content_type: &'static str, name: &str, write: impl FnOnce(ChunkWriter) -> W) -> HttpResponse
where
    W: Future<Output = Result<(), Problem>> + 'static,
{
    let (to, from) = mpsc::channel::<Chunk>(MAX_BUFFERED_CHUNKS);
    let writing = write(ChunkWriter::new(to.clone(), SEND_TIMEOUT));
    actix_web::rt::spawn(async move {
        if let Err(problem) = writing.await {
            drop(to.send(Err(problem)).await);
        }
    });
    let chunks = stream::unfold(from, async |mut from| from.recv().await.map(|chunk| (chunk, from)));
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(chunks)
}

/// Removes all characters except ASCII letters, digits and hyphens; slugs and identifiers are unchanged.
pub fn sanitize_file_name(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}
