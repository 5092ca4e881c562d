//! The two forms of output: text for people, JSON for programs.
//!
//! A command returns a [`Report`] and never prints; what it says is decided once, how it is said
//! here. Styles are always written and taken out again unless a terminal is there to show them
//! (`NO_COLOR` and `CLICOLOR` are honoured by `anstream`).
//!
//! INVARIANT: text that came from elsewhere passes through [`terminal::shown`], so that it cannot
//! steer the terminal.

pub(crate) mod json;
pub(crate) mod restrictions;
pub(crate) mod terminal;

use std::io::{self, Write};

use countersign_sigv4::AmzDate;
use countersign_state::UnixMillis;
use serde::Serialize;

/// What a command found out or did.
pub(crate) trait Report: Serialize {
    /// Writes it for people.
    ///
    /// # Errors
    /// Whatever the output says.
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()>;
}

/// How to say things.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Form {
    /// One JSON object.
    Json,
    /// Text, in colour where that shows.
    Text,
}

impl Form {
    /// Prints a report on standard output.
    ///
    /// # Errors
    /// Whatever the output says; a reader that went away is `BrokenPipe`.
    pub(crate) fn print(self, report: &impl Report) -> io::Result<()> {
        match self {
            Self::Json => json::write(report, &mut io::stdout().lock()),
            Self::Text => {
                let mut out = anstream::stdout().lock();
                report.write_text(&mut out)?;
                out.flush()
            }
        }
    }
}

/// An instant of the state, to the second.
pub(crate) fn date(at: UnixMillis) -> AmzDate {
    AmzDate::from_unix(at.0.div_euclid(1_000))
}
