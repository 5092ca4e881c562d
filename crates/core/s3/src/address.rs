//! From host and path to bucket and key.
//!
//! S3 has two styles ("Methods for accessing a bucket"): `bucket.base/key` and `base/bucket/key`.
//! The path is percent-decoded once, then cut at its first slash, because S3 signs the decoded path:
//! `/b%2Fk` and `/b/k` have one canonical form, so they must name one object. Nothing is normalised;
//! in a path a raw `+` is a plus.
//!
//! INVARIANT: two targets with the same canonical URI name the same bucket and key.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use countersign_request::PercentError;
use countersign_request::percent::{self, Component};
use thiserror::Error;

use crate::{BucketName, BucketNameError, ErrorCode, Fault, Level, ObjectKey, ObjectKeyError};

/// The base hosts under which buckets may appear as a name in front.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Addressing {
    /// Lower case, without port, longest first.
    bases: Vec<Box<str>>,
}

/// How the bucket was named.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Style {
    /// As the first segment of the path.
    Path,
    /// In front of the base host.
    VirtualHosted,
}

/// What a request is addressed to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Address<'a> {
    /// The bucket's name as sent, which may break the naming rules; none for the service itself.
    pub bucket: Option<Cow<'a, str>>,
    /// The object's key, exactly as sent.
    pub key: Option<ObjectKey>,
    /// How the bucket was named.
    pub style: Style,
}

/// Why host and path address nothing.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum AddressError {
    /// There is a key but the bucket's name is empty.
    #[error("the bucket name is empty")]
    BucketEmpty,
    /// The key is longer than S3 allows.
    #[error("a key of {bytes} bytes is longer than 1024")]
    KeyTooLong {
        /// How long it is.
        bytes: usize,
    },
    /// The path contains a NUL byte.
    #[error("path `{path}` contains a nul byte")]
    Nul {
        /// The raw path.
        path: String,
    },
    /// The path cannot be decoded.
    #[error("path `{path}`: {source}")]
    Percent {
        /// The raw path.
        path: String,
        /// What is wrong with it.
        source: PercentError,
    },
    /// The path does not begin with a slash.
    #[error("path `{path}` does not begin with a slash")]
    Relative {
        /// The raw path.
        path: String,
    },
}

impl Addressing {
    /// Prepares these base hosts, to which `localhost` and `s3.localhost` are always added (`s3` is
    /// too short for a bucket's name). A port behind a base is dropped.
    pub fn new<S: AsRef<str>>(bases: impl IntoIterator<Item = S>) -> Self {
        let lower = |base: &str| without_port(base).to_ascii_lowercase().into_boxed_str();
        let mut bases: Vec<_> = bases.into_iter().map(|base| lower(base.as_ref())).collect();
        bases.extend(["localhost".into(), "s3.localhost".into()]);
        bases.retain(|base| !base.is_empty() && !is_ip_literal(base));
        bases.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        bases.dedup();
        Self { bases }
    }

    /// Finds bucket and key of a request for `raw_path` at `host` (with or without a port).
    ///
    /// # Errors
    /// [`AddressError`] if the path cannot be read. A bucket name against the rules is no error
    /// here, so that the refusal can name it.
    pub fn resolve<'a>(
        &self,
        host: &'a str,
        raw_path: &'a str,
    ) -> Result<Address<'a>, AddressError> {
        let path = decoded(raw_path)?;
        match self.bucket_in_host(host) {
            Some(bucket) => in_virtual_host(bucket, &path),
            None => in_path(path),
        }
    }

    /// The part of `host` in front of a base, if the host is not a base itself.
    fn bucket_in_host<'a>(&self, host: &'a str) -> Option<&'a str> {
        let host = without_port(host);
        if is_ip_literal(host)
            || self
                .bases
                .iter()
                .any(|base| base.eq_ignore_ascii_case(host))
        {
            return None;
        }
        self.bases.iter().find_map(|base| {
            let (front, tail) = host.split_at_checked(host.len().checked_sub(base.len())?)?;
            if tail.eq_ignore_ascii_case(base) {
                front.strip_suffix('.')
            } else {
                None
            }
        })
    }
}

impl Address<'_> {
    /// What is addressed.
    #[must_use]
    pub const fn level(&self) -> Level {
        match (&self.bucket, &self.key) {
            (None, _) => Level::Service,
            (Some(_), None) => Level::Bucket,
            (Some(_), Some(_)) => Level::Object,
        }
    }

    /// The bucket's name, checked against the rules; none for the service itself.
    ///
    /// # Errors
    /// [`BucketNameError`] if the text sent is no bucket name.
    pub fn bucket_name(&self) -> Result<Option<BucketName>, BucketNameError> {
        self.bucket.as_deref().map(BucketName::parse).transpose()
    }

    /// Whether bucket or key has a `.` or `..` segment, which other programs may fold away.
    #[must_use]
    pub fn has_dot_segments(&self) -> bool {
        matches!(self.bucket.as_deref(), Some("." | ".."))
            || self.key.as_ref().is_some_and(ObjectKey::has_dot_segments)
    }
}

fn decoded(raw_path: &str) -> Result<Cow<'_, str>, AddressError> {
    let path = || raw_path.to_owned();
    let rest = raw_path.strip_prefix('/').unwrap_or(raw_path);
    if rest.len() == raw_path.len() && !raw_path.is_empty() {
        return Err(AddressError::Relative { path: path() });
    }
    // COST: a path without escapes is borrowed; only the key is then copied, once.
    let text = if rest.bytes().any(|b| b == b'%') {
        let decoded =
            percent::decode(rest, Component::Path).map_err(|source| AddressError::Percent {
                path: path(),
                source,
            })?;
        Cow::Owned(decoded)
    } else {
        Cow::Borrowed(rest)
    };
    if text.bytes().any(|b| b == 0) {
        return Err(AddressError::Nul { path: path() });
    }
    Ok(text)
}

fn in_virtual_host<'a>(bucket: &'a str, path: &str) -> Result<Address<'a>, AddressError> {
    if bucket.is_empty() {
        return Err(AddressError::BucketEmpty);
    }
    // Host names have no case, bucket names are lower case.
    let bucket = if bucket.bytes().any(|b| b.is_ascii_uppercase()) {
        Cow::Owned(bucket.to_ascii_lowercase())
    } else {
        Cow::Borrowed(bucket)
    };
    Ok(Address {
        bucket: Some(bucket),
        key: key(path)?,
        style: Style::VirtualHosted,
    })
}

fn in_path(path: Cow<'_, str>) -> Result<Address<'_>, AddressError> {
    if path.is_empty() {
        return Ok(Address {
            bucket: None,
            key: None,
            style: Style::Path,
        });
    }
    let (bucket, rest) = match path {
        Cow::Borrowed(path) => {
            let (bucket, rest) = path.split_once('/').unwrap_or((path, ""));
            (Cow::Borrowed(bucket), key(rest)?)
        }
        Cow::Owned(path) => {
            let (bucket, rest) = path.split_once('/').unwrap_or((&path, ""));
            (Cow::Owned(bucket.to_owned()), key(rest)?)
        }
    };
    if bucket.is_empty() {
        return Err(AddressError::BucketEmpty);
    }
    Ok(Address {
        bucket: Some(bucket),
        key: rest,
        style: Style::Path,
    })
}

fn key(text: &str) -> Result<Option<ObjectKey>, AddressError> {
    match ObjectKey::parse(text) {
        Ok(key) => Ok(Some(key)),
        Err(ObjectKeyError::Empty) => Ok(None),
        Err(ObjectKeyError::Nul { .. }) => Err(AddressError::Nul {
            path: text.to_owned(),
        }),
        Err(ObjectKeyError::TooLong { bytes }) => Err(AddressError::KeyTooLong { bytes }),
    }
}

/// The host without its port and without the dot that may end a full domain name.
fn without_port(host: &str) -> &str {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    name.strip_suffix('.').unwrap_or(name)
}

fn is_ip_literal(host: &str) -> bool {
    let v6 = host
        .strip_prefix('[')
        .and_then(|h| h.strip_suffix(']'))
        .unwrap_or(host);
    host.parse::<Ipv4Addr>().is_ok() || v6.parse::<Ipv6Addr>().is_ok()
}

impl From<AddressError> for Fault {
    fn from(error: AddressError) -> Self {
        match error {
            AddressError::BucketEmpty => {
                Self::new(ErrorCode::InvalidBucketName).with("BucketName", "")
            }
            AddressError::KeyTooLong { bytes } => Self::new(ErrorCode::KeyTooLongError)
                .with("Size", bytes.to_string())
                .with("MaxSizeAllowed", crate::MAX_KEY_BYTES.to_string()),
            AddressError::Nul { path }
            | AddressError::Percent { path, .. }
            | AddressError::Relative { path } => Self::new(ErrorCode::InvalidURI).with("URI", path),
        }
    }
}

#[cfg(test)]
mod tests;
