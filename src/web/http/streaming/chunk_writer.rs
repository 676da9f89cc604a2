//! Writer of a response body in chunks.
use std::{
    io::{self, Write},
    time::Duration,
};

use actix_web::web;
use tokio::sync::mpsc::{self, error::TrySendError};

use super::super::problem::Problem;

pub(super) type Chunk = Result<web::Bytes, Problem>;

/// Max chunks buffered for a slow client.
pub(super) const MAX_BUFFERED_CHUNKS: usize = 16;

/// Chunk size in bytes.
const CHUNK_BYTES: usize = 64 * 1024;

/// Timeout for a client that reads nothing, because a database connection is blocked meanwhile.
pub(super) const SEND_TIMEOUT: Duration = Duration::from_secs(30);

/// Poll interval while the channel is full.
const POLL_INTERVAL: Duration = Duration::from_millis(2);

/// Writer of a response body; sends its output in chunks.
pub struct ChunkWriter {
    chunk: Vec<u8>,
    to: mpsc::Sender<Chunk>,
    timeout: Duration,
}

impl ChunkWriter {
    pub(super) fn new(to: mpsc::Sender<Chunk>, timeout: Duration) -> Self {
        Self { chunk: Vec::with_capacity(CHUNK_BYTES), to, timeout }
    }

    fn send(&mut self) -> io::Result<()> {
        if self.chunk.is_empty() {
            return Ok(());
        }
        let mut chunk = Ok(std::mem::replace(&mut self.chunk, Vec::with_capacity(CHUNK_BYTES)).into());
        let mut waited = Duration::ZERO;
        loop {
            chunk = match self.to.try_send(chunk) {
                Ok(()) => return Ok(()),
                Err(TrySendError::Closed(_)) => return Err(io::ErrorKind::BrokenPipe.into()),
                Err(TrySendError::Full(_)) if waited >= self.timeout => return Err(io::ErrorKind::TimedOut.into()),
                Err(TrySendError::Full(chunk)) => chunk,
            };
            std::thread::sleep(POLL_INTERVAL);
            waited += POLL_INTERVAL;
        }
    }
}

impl Write for ChunkWriter {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let (accepted, _) =
            bytes.split_at_checked(CHUNK_BYTES.saturating_sub(self.chunk.len())).unwrap_or((bytes, &[]));
        self.chunk.extend_from_slice(accepted);
        if self.chunk.len() >= CHUNK_BYTES {
            self.send()?;
        }
        Ok(accepted.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.send()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stalled_client_times_out() {
        let (to, _from) = mpsc::channel(1);
        let mut writer = ChunkWriter::new(to, Duration::from_millis(10));
        let error = writer.write_all(&vec![0; 3 * CHUNK_BYTES]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    }

    #[test]
    fn disconnected_client_fails_immediately() {
        let (to, from) = mpsc::channel(1);
        drop(from);
        let error = ChunkWriter::new(to, SEND_TIMEOUT).write_all(&vec![0; CHUNK_BYTES]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::BrokenPipe);
    }

    #[test]
    fn output_is_complete_and_in_order() {
        let (to, mut from) = mpsc::channel(MAX_BUFFERED_CHUNKS);
        let written: Vec<u8> = (0..=250_u8).cycle().take(3 * CHUNK_BYTES + 7).collect();
        let mut writer = ChunkWriter::new(to, SEND_TIMEOUT);
        written.chunks(1_000).for_each(|part| writer.write_all(part).unwrap());
        writer.flush().unwrap();
        drop(writer);
        let mut received = Vec::new();
        while let Some(chunk) = from.blocking_recv() {
            received.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(received, written);
    }
}
