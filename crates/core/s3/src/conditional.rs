//! Conditional requests.
//!
//! For reads the rules of RFC 9110, section 13.2.2, which are S3's: `If-Match` before
//! `If-Unmodified-Since`, `If-None-Match` before `If-Modified-Since`; a date that cannot be read is
//! ignored. For writes S3's two forms: `If-None-Match: *` (create only) and `If-Match` with a tag
//! (replace what I saw). Anything else is answered 501, as by S3.
//!
//! INVARIANT: a write condition is never dropped: it is understood or refused. INVARIANT: a condition
//! that holds whatever is there does not exist: policies require one by asking whether its header was
//! sent (threats D12, E4).

use std::borrow::Cow;

use thiserror::Error;

use crate::{ETag, ErrorCode, Fault, FieldError, Fields, Timestamp};

mod delete;

pub(crate) use delete::{DELETE_CONDITIONS, read_second, read_size};
pub use delete::{
    DeleteCandidate, DeleteCondition, DeleteConditionError, DeleteRefused, TagCondition,
};

/// The conditions of a GET or HEAD.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct ReadConditions<'a> {
    if_match: Option<Cow<'a, str>>,
    if_none_match: Option<Cow<'a, str>>,
    if_modified_since: Option<Timestamp>,
    if_unmodified_since: Option<Timestamp>,
    if_range: Option<&'a str>,
}

/// What the conditions of a read come to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ReadVerdict {
    /// They hold.
    Proceed,
    /// The client has it already: 304.
    NotModified,
    /// One does not hold: 412.
    PreconditionFailed(PreconditionFailed),
}

/// The condition of a write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum WriteCondition {
    /// None.
    None,
    /// `If-None-Match: *`: there must be no object yet.
    IfAbsent,
    /// `If-Match`: the object must be the one with this tag.
    IfMatch(ETag),
}

/// A condition that did not hold.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("condition `{condition}` did not hold")]
pub struct PreconditionFailed {
    /// The header that stated it.
    pub condition: &'static str,
}

/// Why a write condition could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum ConditionError {
    /// The header could not be read.
    #[error(transparent)]
    Field(#[from] FieldError),
    /// S3 does not take this header, or not with this value, on a write.
    #[error("condition `{header}` is not implemented for this operation")]
    NotImplemented {
        /// The header.
        header: &'static str,
    },
}

/// Why a write was refused by its condition.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub enum WriteRefused {
    /// `If-Match` asks for an object, but there is none.
    #[error("there is no object to match")]
    NoSuchKey,
    /// The condition did not hold.
    #[error(transparent)]
    PreconditionFailed(PreconditionFailed),
}

impl<'a> ReadConditions<'a> {
    /// Reads the conditions of a request.
    ///
    /// # Errors
    /// [`FieldError`] if a header is repeated or not text.
    pub fn of(fields: &Fields<'a>) -> Result<Self, FieldError> {
        let date = |name| -> Result<Option<Timestamp>, FieldError> {
            Ok(fields.single(name)?.and_then(Timestamp::parse_http_date))
        };
        Ok(Self {
            if_match: fields.list("if-match")?,
            if_none_match: fields.list("if-none-match")?,
            if_modified_since: date("if-modified-since")?,
            if_unmodified_since: date("if-unmodified-since")?,
            if_range: fields.single("if-range")?,
        })
    }

    /// Decides whether an object with this tag and time is to be sent.
    #[must_use]
    pub fn evaluate(&self, etag: &ETag, modified: Timestamp) -> ReadVerdict {
        let failed = |condition| ReadVerdict::PreconditionFailed(PreconditionFailed { condition });
        if let Some(tags) = &self.if_match {
            if !names(tags, etag) {
                return failed("If-Match");
            }
        } else if self
            .if_unmodified_since
            .is_some_and(|t| modified.unix_s() > t.unix_s())
        {
            return failed("If-Unmodified-Since");
        }
        let unchanged = match &self.if_none_match {
            Some(tags) => names(tags, etag),
            None => self
                .if_modified_since
                .is_some_and(|t| modified.unix_s() <= t.unix_s()),
        };
        if unchanged {
            ReadVerdict::NotModified
        } else {
            ReadVerdict::Proceed
        }
    }

    /// Whether a `Range` still applies: with `If-Range`, only to the object the client began with.
    #[must_use]
    pub fn range_applies(&self, etag: &ETag, modified: Timestamp) -> bool {
        match self.if_range {
            None => true,
            Some(tag) if tag.starts_with('"') => ETag::parse(tag) == *etag,
            // A weak tag is no date either, so it never matches.
            Some(date) => Timestamp::parse_http_date(date)
                .is_some_and(|date| date.unix_s() == modified.unix_s()),
        }
    }
}

impl WriteCondition {
    /// Reads the condition of a PUT.
    ///
    /// # Errors
    /// [`ConditionError`] if S3 does not take it.
    pub fn of_put(fields: &Fields<'_>) -> Result<Self, ConditionError> {
        refuse_dates(fields)?;
        let not_implemented = |header| Err(ConditionError::NotImplemented { header });
        match (fields.single("if-none-match")?, fields.single("if-match")?) {
            (None, None) => Ok(Self::None),
            (Some("*"), None) => Ok(Self::IfAbsent),
            (Some(_), _) => not_implemented("If-None-Match"),
            // AWS: the header expects a tag; only deletions take `*`.
            (None, Some("*")) => not_implemented("If-Match"),
            (None, Some(tag)) => one_tag(tag, "If-Match").map(Self::IfMatch),
        }
    }

    /// Checks the condition against the object that is there, if any.
    ///
    /// # Errors
    /// [`WriteRefused`] if the write must not happen.
    pub fn check(&self, existing: Option<&ETag>) -> Result<(), WriteRefused> {
        let failed = |condition| WriteRefused::PreconditionFailed(PreconditionFailed { condition });
        match (self, existing) {
            (Self::IfAbsent, Some(_)) => Err(failed("If-None-Match")),
            (Self::IfMatch(_), None) => Err(WriteRefused::NoSuchKey),
            (Self::IfMatch(wanted), Some(found)) if wanted != found => Err(failed("If-Match")),
            _ => Ok(()),
        }
    }
}

/// Whether a list of tags (or `*`) names `etag`. S3 takes tags with and without quotes.
pub(crate) fn names(tags: &str, etag: &ETag) -> bool {
    tags.split(',')
        .map(str::trim)
        .any(|tag| tag == "*" || ETag::parse(tag) == *etag)
}

fn one_tag(tag: &str, header: &'static str) -> Result<ETag, ConditionError> {
    if tag.contains(',') {
        return Err(ConditionError::NotImplemented { header });
    }
    Ok(ETag::parse(tag))
}

fn refuse_dates(fields: &Fields<'_>) -> Result<(), ConditionError> {
    for (name, header) in [
        ("if-modified-since", "If-Modified-Since"),
        ("if-unmodified-since", "If-Unmodified-Since"),
    ] {
        if fields.has(name) {
            return Err(ConditionError::NotImplemented { header });
        }
    }
    Ok(())
}

impl From<PreconditionFailed> for Fault {
    fn from(error: PreconditionFailed) -> Self {
        Self::new(ErrorCode::PreconditionFailed).with("Condition", error.condition)
    }
}

impl From<WriteRefused> for Fault {
    fn from(error: WriteRefused) -> Self {
        match error {
            WriteRefused::NoSuchKey => Self::new(ErrorCode::NoSuchKey),
            WriteRefused::PreconditionFailed(failed) => failed.into(),
        }
    }
}

impl From<ConditionError> for Fault {
    fn from(error: ConditionError) -> Self {
        match error {
            ConditionError::Field(error) => error.into(),
            ConditionError::NotImplemented { header } => {
                Self::new(ErrorCode::NotImplemented).with("Header", header)
            }
        }
    }
}

#[cfg(test)]
mod tests;
