//! A file that is written in full before it is sent, so that no database connection waits for a slow reader.
use std::{
    io::{self, Read, Seek, SeekFrom, Write},
    sync::Arc,
    time::Duration,
};

use actix_web::web::Bytes;
use futures_util::{Stream, stream};
use parking_lot::Mutex;
use tempfile::SpooledTempFile;

use super::{super::problem::Problem, error::write_error};

/// Bytes up to which a file stays in memory.
const MAX_BYTES_IN_MEMORY: usize = 1024 * 1024;

/// Bytes that are read at a time.
const CHUNK_BYTES: u64 = 256 * 1024;

/// Max time of sending a file; then it is deleted, and the connection is aborted.
pub(super) const MAX_SENDING_TIME: Duration = Duration::from_secs(15 * 60);

/// A file: in memory while it is small, then a temporary file without a name, which is gone when it is dropped.
#[derive(Debug)]
pub struct Spool(SpooledTempFile);

impl Default for Spool {
    fn default() -> Self {
        Self(SpooledTempFile::new(MAX_BYTES_IN_MEMORY))
    }
}

impl Write for Spool {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// An open file with what is held until it is closed; `None` after the deadline.
type Open<H> = Arc<Mutex<Option<(Spool, H)>>>;

/// Closes the file when the stream ends or is dropped, and when the time is over, even if the reader reads nothing and the stream is not
/// polled.
struct Closing<H> {
    open: Open<H>,
    deadline: actix_web::rt::task::JoinHandle<()>,
}

impl<H> Drop for Closing<H> {
    fn drop(&mut self) {
        self.deadline.abort();
        drop(self.open.lock().take());
    }
}

/// Reads a chunk; `None` at the end.
fn read_chunk<H>(open: &Open<H>) -> io::Result<Option<Bytes>> {
    let mut open = open.lock();
    let (file, _) = open.as_mut().ok_or(io::ErrorKind::TimedOut)?;
    let mut chunk = Vec::new();
    Read::by_ref(&mut file.0).take(CHUNK_BYTES).read_to_end(&mut chunk)?;
    Ok(Some(chunk).filter(|chunk| !chunk.is_empty()).map(Bytes::from))
}

impl Spool {
    /// The number of bytes, and the content in chunks. `held` is dropped when the content is sent, or after `max_time`.
    pub(super) fn send<H: Send + 'static>(
        mut self,
        held: H,
        max_time: Duration,
    ) -> io::Result<(u64, impl Stream<Item = Result<Bytes, Problem>> + use<H>)> {
        let size = self.0.seek(SeekFrom::End(0))?;
        self.0.rewind()?;
        let open: Open<H> = Arc::new(Mutex::new(Some((self, held))));
        let of_deadline = open.clone();
        let deadline = actix_web::rt::spawn(async move {
            actix_web::rt::time::sleep(max_time).await;
            drop(of_deadline.lock().take());
        });
        let chunks = stream::unfold(Closing { open, deadline }, async |closing| {
            let from = closing.open.clone();
            #[expect(clippy::disallowed_methods, reason = "a disk may be slow; one short read")]
            let read = actix_web::web::block(move || read_chunk(&from)).await;
            match read.unwrap_or_else(|_| Err(io::ErrorKind::Other.into())) {
                Ok(chunk) => chunk.map(|chunk| (Ok(chunk), closing)),
                Err(error) => Some((Err(write_error(error)), closing)),
            }
        });
        Ok((size, chunks))
    }
}

#[cfg(test)]
mod tests {
    use futures_util::StreamExt;

    use super::*;

    fn content(bytes: usize) -> Vec<u8> {
        (0..=250_u8).cycle().take(bytes).collect()
    }

    #[actix_web::test]
    async fn content_is_complete_and_in_order() {
        for bytes in [0, 10, MAX_BYTES_IN_MEMORY, MAX_BYTES_IN_MEMORY + 7] {
            let (mut file, held) = (Spool::default(), Arc::new(()));
            file.write_all(&content(bytes)).unwrap();
            let (size, chunks) = file.send(held.clone(), MAX_SENDING_TIME).unwrap();
            let chunks: Vec<_> = chunks.collect().await;
            let sent: Vec<u8> = chunks.into_iter().flat_map(|chunk| chunk.unwrap().to_vec()).collect();
            assert_eq!((usize::try_from(size), sent == content(bytes)), (Ok(bytes), true));
            assert_eq!(Arc::strong_count(&held), 1);
        }
    }

    #[actix_web::test]
    async fn reader_that_stalls_loses_the_file() {
        let (mut file, held) = (Spool::default(), Arc::new(()));
        file.write_all(&content(3 * MAX_BYTES_IN_MEMORY)).unwrap();
        let (_, chunks) = file.send(held.clone(), Duration::from_millis(20)).unwrap();
        let mut chunks = Box::pin(chunks);
        assert!(chunks.next().await.unwrap().is_ok());
        assert_eq!(Arc::strong_count(&held), 2);
        actix_web::rt::time::sleep(Duration::from_millis(60)).await;
        assert_eq!(Arc::strong_count(&held), 1);
        assert!(chunks.next().await.unwrap().is_err());
    }
}
