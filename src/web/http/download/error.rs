//! Errors of writing and sending files.
use std::io;

use super::super::{code::Code, problem::Problem};

/// Maps an error of writing or sending a file to a problem. That the time was over is not logged.
pub fn write_error(error: io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::TimedOut => Code::Unavailable.into(),
        _ => {
            tracing::error!(%error, "failed to write or send a file");
            Code::Internal.into()
        }
    }
}
