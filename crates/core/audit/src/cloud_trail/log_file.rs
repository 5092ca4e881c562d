//! A log file: `{"Records":[…]}`, written piece by piece.

use sha2::{Digest as _, Sha256};

use super::Trail;
use super::record::write_record;
use crate::hash::Hash;
use crate::{AuditEvent, Moment};

/// A log file that is being written. The caller may take what was appended at any time; nothing is kept.
#[derive(Debug)]
pub struct LogFile<'t> {
    trail: Trail<'t>,
    hasher: Sha256,
    records: u64,
    times: Option<(Moment, Moment)>,
}

/// What a digest file says of a log file.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogFileFacts {
    /// The hash of its content, not compressed.
    pub sha256: Hash,
    /// How many records it has.
    pub records: u64,
    /// The times of its oldest and newest event; none if it has none.
    pub times: Option<(Moment, Moment)>,
}

impl<'t> LogFile<'t> {
    /// Begins a file.
    #[must_use]
    pub fn begin(trail: Trail<'t>, out: &mut Vec<u8>) -> Self {
        let mut file = Self {
            trail,
            hasher: Sha256::new(),
            records: 0,
            times: None,
        };
        file.append(out, |out| out.extend_from_slice(b"{\"Records\":["));
        file
    }

    /// Appends the data event of a record with this hash. Most kinds of events have none, and so have requests
    /// of signers whom nobody could authenticate: then nothing is appended, and the answer is `false`.
    pub fn push(&mut self, event: &AuditEvent<'_>, hash: &Hash, out: &mut Vec<u8>) -> bool {
        let start = out.len();
        let mut written = false;
        let (trail, is_first) = (self.trail, self.records == 0);
        self.append(out, |out| {
            if !is_first {
                out.push(b',');
            }
            written = write_record(&trail, event, hash, out);
            if !written {
                out.truncate(start);
            }
        });
        if written {
            self.records += 1;
            let (oldest, newest) = self.times.unwrap_or((event.at, event.at));
            self.times = Some((oldest.min(event.at), newest.max(event.at)));
        }
        written
    }

    /// Ends the file.
    pub fn finish(mut self, out: &mut Vec<u8>) -> LogFileFacts {
        self.append(out, |out| out.extend_from_slice(b"]}"));
        LogFileFacts {
            sha256: Hash::finish(self.hasher),
            records: self.records,
            times: self.times,
        }
    }

    fn append(&mut self, out: &mut Vec<u8>, write: impl FnOnce(&mut Vec<u8>)) {
        let start = out.len();
        write(out);
        self.hasher.update(out.get(start..).unwrap_or_default());
    }
}
