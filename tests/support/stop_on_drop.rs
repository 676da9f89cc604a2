//! Stops threads at the end of a test.
use std::sync::atomic::{AtomicBool, Ordering};

/// Sets the flag when dropped, so that threads end even if the test panics.
pub struct StopOnDrop<'a>(pub &'a AtomicBool);

impl Drop for StopOnDrop<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}
