//! CloudTrail's data events: the same record, in the form that auditors of AWS accounts know.
//!
//! AWS, "CloudTrail record contents for Amazon S3" and "Validating CloudTrail log file integrity"
//! (docs/specs/audit.md, section 5.2). `record.rs` is one event, `identity.rs` who signed it, `log_file.rs` a file of
//! them, `digest_file.rs` what holds the files together.
//!
//! INVARIANT: a record's id is made from its hash, and a file's name from its first record, so a delivery that is
//! repeated writes the same again. INVARIANT: signature, credential and token are no parameters of a request.

mod digest_file;
mod identity;
mod log_file;
mod record;

pub use digest_file::{PreviousDigest, TrailDigest, TrailKey, TrailKeyError, signing_text};
pub use log_file::{LogFile, LogFileFacts};

use crate::Moment;
use crate::hash::{Hash, hex};

/// A trail: whose events are delivered, and where to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Trail<'a> {
    /// The account: twelve digits.
    pub account: &'a str,
    /// The region of the buckets.
    pub region: &'a str,
    /// The region of the trail.
    pub home_region: &'a str,
    /// Its name.
    pub name: &'a str,
    /// The bucket that it delivers to.
    pub bucket: &'a str,
    /// What keys there begin with, without the slash behind it; empty for nothing.
    pub prefix: &'a str,
}

impl Trail<'_> {
    /// The key of a log file that is delivered then, and begins with the record of this hash.
    #[must_use]
    pub fn log_key(&self, delivered: Moment, first: &Hash) -> String {
        let Self {
            account, region, ..
        } = self;
        let minute = compact(delivered).get(..13).unwrap_or_default().to_owned();
        let unique: String = first
            .as_bytes()
            .iter()
            .take(8)
            .flat_map(|byte| hex(*byte))
            .map(|digit| char::from(digit.to_ascii_uppercase()))
            .collect();
        let folder = self.folder("CloudTrail", delivered);
        format!("{folder}{account}_CloudTrail_{region}_{minute}Z_{unique}.json.gz")
    }

    /// The key of the digest file of the hour that ends then.
    #[must_use]
    pub fn digest_key(&self, end: Moment) -> String {
        let Self {
            account,
            region,
            home_region,
            name,
            ..
        } = self;
        let folder = self.folder("CloudTrail-Digest", end);
        let end = compact(end);
        format!("{folder}{account}_CloudTrail-Digest_{region}_{name}_{home_region}_{end}.json.gz")
    }

    fn folder(&self, kind: &str, date: Moment) -> String {
        let date = compact(date);
        let part = |from: usize, to: usize| date.get(from..to).unwrap_or_default();
        let (year, month, day) = (part(0, 4), part(4, 6), part(6, 8));
        let (account, region) = (self.account, self.region);
        let slash = if self.prefix.is_empty() { "" } else { "/" };
        let prefix = self.prefix;
        format!("{prefix}{slash}AWSLogs/{account}/{kind}/{region}/{year}/{month}/{day}/")
    }
}

/// `YYYYMMDDTHHMMSSZ`.
fn compact(moment: Moment) -> String {
    moment.date().format().as_str().to_owned()
}

#[cfg(test)]
mod tests;
