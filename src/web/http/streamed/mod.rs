//! Answers of any length: written by a thread of the database while they are sent, in pieces, so that memory does not grow
//! with them.
mod rows;
mod workbook;

use std::{
    io::{self, Write},
    time::Duration,
};

use actix_web::{HttpResponse, http::header, web};
use futures_util::stream;
use tokio::sync::mpsc::{self, error::TrySendError};

pub use self::rows::{Field, Form, Rows};
use super::problem::{Code, Problem};

type Piece = Result<web::Bytes, Problem>;
/// Pieces that wait for a slow reader.
const WAITING: usize = 16;
/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// How long a reader may take none: a connection of the database waits meanwhile.
const PATIENCE: Duration = Duration::from_secs(30);
const NAP: Duration = Duration::from_millis(2);

/// Where an answer is written to; what is written goes out in pieces.
pub struct Pieces {
    piece: Vec<u8>,
    to: mpsc::Sender<Piece>,
    patience: Duration,
}

impl Pieces {
    fn new(to: mpsc::Sender<Piece>, patience: Duration) -> Self {
        Self { piece: Vec::with_capacity(PIECE), to, patience }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.piece.is_empty() {
            return Ok(());
        }
        let mut piece = Ok(std::mem::replace(&mut self.piece, Vec::with_capacity(PIECE)).into());
        let mut waited = Duration::ZERO;
        loop {
            piece = match self.to.try_send(piece) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(TrySendError::Full(_)) if waited >= self.patience => return Err(io::ErrorKind::TimedOut.into()),
                Err(TrySendError::Full(piece)) => piece,
            };
            std::thread::sleep(NAP);
            waited += NAP;
        }
    }
}

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (now, _) = bytes.split_at_checked(PIECE.saturating_sub(self.piece.len())).unwrap_or((bytes, &[]));
        self.piece.extend_from_slice(now);
        if self.piece.len() >= PIECE {
            self.send()?;
        }
        Ok(now.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

/// What went wrong while an answer was written. Where whoever asked has gone, there is nobody to tell and nothing to note.
pub fn broken(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::BrokenPipe | io::ErrorKind::TimedOut => Code::Unavailable.into(),
        _ => {
            tracing::error!(%error, "a file could not be written");
            Code::Internal.into()
        }
    }
}

/// A file to be kept, called `name`, that `write` writes. Where that fails the connection breaks: a file that ends in the
/// middle must not look whole.
pub fn file<W>(content_type: &'static str, name: &str, write: impl FnOnce(Pieces) -> W) -> HttpResponse
where
    W: Future<Output = Result<(), Problem>> + 'static,
{
    let (to, from) = mpsc::channel::<Piece>(WAITING);
    let written = write(Pieces::new(to.clone(), PATIENCE));
    actix_web::rt::spawn(async move {
        if let Err(problem) = written.await {
            drop(to.send(Err(problem)).await);
        }
    });
    let pieces = stream::unfold(from, async |mut from| from.recv().await.map(|piece| (piece, from)));
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(pieces)
}

/// What may stand in the name of a file: a path's slug or identifier as it is.
pub fn file_name(of: &str) -> String {
    of.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-').collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_who_takes_nothing_is_given_up() {
        let (to, _from) = mpsc::channel(1);
        let mut pieces = Pieces::new(to, Duration::from_millis(10));
        let error = pieces.write_all(&vec![0; 3 * PIECE]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn a_reader_who_has_gone_is_given_up_at_once() {
        let (to, from) = mpsc::channel(1);
        drop(from);
        let error = Pieces::new(to, PATIENCE).write_all(&vec![0; PIECE]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn what_is_written_arrives_whole_and_in_order() {
        let (to, mut from) = mpsc::channel(WAITING);
        let written: Vec<u8> = (0..=250_u8).cycle().take(3 * PIECE + 7).collect();
        let mut pieces = Pieces::new(to, PATIENCE);
        written.chunks(1_000).for_each(|part| pieces.write_all(part).unwrap());
        pieces.flush().unwrap();
        drop(pieces);
        let mut came = Vec::new();
        while let Some(piece) = from.blocking_recv() {
            came.extend_from_slice(&piece.unwrap());
        }
        assert_eq!(came, written);
    }
}
