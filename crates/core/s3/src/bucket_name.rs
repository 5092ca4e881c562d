//! Bucket names, by S3's rules for general purpose buckets.
//!
//! Source: "General purpose bucket naming rules" in the S3 user guide. Names of directory buckets
//! and access points have reserved endings and are refused here.
//!
//! INVARIANT: a [`BucketName`] is 3 to 63 bytes of lower-case ASCII, so it is safe in a host name,
//! a path and a log line without any encoding.

use std::fmt;
use std::net::Ipv4Addr;
use std::sync::Arc;

use thiserror::Error;

const MIN_BYTES: usize = 3;
const MAX_BYTES: usize = 63;
const RESERVED_PREFIXES: [&str; 3] = ["xn--", "sthree-", "amzn-s3-demo-"];
const RESERVED_SUFFIXES: [&str; 5] = ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"];

/// A bucket name that follows the rules. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BucketName(Arc<str>);

/// Why a text is no bucket name.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum BucketNameError {
    /// A label between two dots is empty, or begins or ends with a hyphen.
    #[error("labels of a bucket name must begin and end with a letter or digit")]
    BadLabel,
    /// The name is an IPv4 address.
    #[error("a bucket name must not be an ip address")]
    IpAddress,
    /// The name is too short or too long.
    #[error("a bucket name has 3 to 63 bytes, not {bytes}")]
    Length {
        /// How long it is.
        bytes: usize,
    },
    /// AWS keeps this beginning or ending for itself.
    #[error("`{affix}` is reserved in bucket names")]
    Reserved {
        /// The beginning or ending.
        affix: &'static str,
    },
    /// A character other than `a-z`, `0-9`, `.` and `-`.
    #[error("byte {at} of the bucket name is not a lower-case letter, digit, dot or hyphen")]
    UnexpectedByte {
        /// Where it stands.
        at: usize,
    },
}

impl BucketName {
    /// Checks `name` against the rules.
    ///
    /// # Errors
    /// [`BucketNameError`] with the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, BucketNameError> {
        check(name)?;
        Ok(Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for BucketName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl std::borrow::Borrow<str> for BucketName {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for BucketName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for BucketName {
    type Err = BucketNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

fn check(name: &str) -> Result<(), BucketNameError> {
    if !(MIN_BYTES..=MAX_BYTES).contains(&name.len()) {
        return Err(BucketNameError::Length { bytes: name.len() });
    }
    let allowed = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'.' || b == b'-';
    if let Some(at) = name.bytes().position(|b| !allowed(b)) {
        return Err(BucketNameError::UnexpectedByte { at });
    }
    // The guide forbids adjacent dots and hyphens at the name's own ends. A hyphen beside a dot is no
    // label of a host name either (RFC 952), so such a bucket could never stand in one.
    let bad = |label: &str| label.is_empty() || label.starts_with('-') || label.ends_with('-');
    if name.split('.').any(bad) {
        return Err(BucketNameError::BadLabel);
    }
    if name.parse::<Ipv4Addr>().is_ok() {
        return Err(BucketNameError::IpAddress);
    }
    let reserved = RESERVED_PREFIXES
        .into_iter()
        .find(|prefix| name.starts_with(prefix))
        .or_else(|| {
            RESERVED_SUFFIXES
                .into_iter()
                .find(|suffix| name.ends_with(suffix))
        });
    match reserved {
        Some(affix) => Err(BucketNameError::Reserved { affix }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
