//! Runs checks and prints what they find.
use std::{
    fmt,
    sync::mpsc::{self, RecvTimeoutError},
    thread,
    time::Duration,
};

/// A result of a check: a sentence of what is wrong and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Finding {
    /// Nothing is wrong.
    Ok(String),
    /// The server works, but not as it should in production.
    Warning(String),
    /// The server does not work, or data or secrets are in danger.
    Error(String),
}

impl Finding {
    fn severity(&self) -> &'static str {
        match self {
            Finding::Ok(_) => "ok",
            Finding::Warning(_) => "warning",
            Finding::Error(_) => "error",
        }
    }
}

impl fmt::Display for Finding {
    /// In one line: messages of libraries may have several.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Finding::Ok(sentence) | Finding::Warning(sentence) | Finding::Error(sentence)) = self;
        f.write_str(&sentence.split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// The findings, or `Ok` with the sentence if there is none.
pub(super) fn or_ok(mut findings: Vec<Finding>, sentence: impl FnOnce() -> String) -> Vec<Finding> {
    if findings.is_empty() {
        findings.push(Finding::Ok(sentence()));
    }
    findings
}

/// Counts the findings.
#[derive(Default)]
pub(super) struct Report {
    errors: usize,
    warnings: usize,
}

impl Report {
    /// Prints the findings of a check.
    #[expect(clippy::print_stdout, reason = "the command's output")]
    pub(super) fn add(&mut self, check: &str, findings: Vec<Finding>) {
        for finding in findings {
            println!("{:<8} {check}: {finding}", finding.severity());
            match finding {
                Finding::Ok(_) => {}
                Finding::Warning(_) => self.warnings += 1,
                Finding::Error(_) => self.errors += 1,
            }
        }
    }

    /// Runs a check on a thread of its own and prints its findings, so that a check that hangs or panics does not stop the others.
    /// A thread that hangs ends with the program.
    pub(super) fn run(&mut self, name: &str, timeout: Duration, check: impl FnOnce() -> Vec<Finding> + Send + 'static) {
        let (sender, findings) = mpsc::channel();
        thread::spawn(move || sender.send(check()));
        let findings = findings.recv_timeout(timeout).unwrap_or_else(|error| {
            vec![Finding::Error(match error {
                RecvTimeoutError::Timeout => {
                    format!("no result after {} s; check what does not respond", timeout.as_secs())
                }
                RecvTimeoutError::Disconnected => "the check failed unexpectedly; this is a bug, report it".to_owned(),
            })]
        });
        self.add(name, findings);
    }

    /// The number of errors as an error, if there are any.
    pub(super) fn finish(self) -> Result<(), String> {
        match self.errors {
            0 => Ok(()),
            errors => Err(format!("found {errors} error(s) and {} warning(s), see above", self.warnings)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hanging_or_panicking_check_is_an_error_and_the_next_one_runs() {
        let mut report = Report::default();
        let (_keep_open, never) = mpsc::channel::<()>();
        report.run("hangs", Duration::from_millis(1), move || {
            let _ = never.recv();
            Vec::new()
        });
        report.run("panics", Duration::from_secs(60), || panic!("as the test wants"));
        report.run("warns", Duration::from_secs(60), || vec![Finding::Warning("a\n\tb".to_owned())]);
        assert_eq!((report.errors, report.warnings), (2, 1));
        assert!(report.finish().unwrap_err().contains("2 error"));
        assert_eq!(Finding::Warning("a\n\tb".to_owned()).to_string(), "a b");
    }
}
