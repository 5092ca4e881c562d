//! What must be true of an object for it to be deleted.
//!
//! `If-Match` asks for an object with a tag, or with `*` for any, and is refused where there is none
//! ("Conditional deletes"). `x-amz-if-match-size` and `x-amz-if-match-last-modified-time` keep a newer
//! object from being deleted: where there is none they hold, and the answer is 204 (API reference,
//! `DeleteObject`). AWS has these two for directory buckets only. Here they count in every bucket.
//!
//! INVARIANT: a condition is never dropped: it is understood or refused.

use std::borrow::Cow;

use thiserror::Error;

use super::{ConditionError, one_tag, refuse_dates};
use crate::{ETag, ErrorCode, Fault, FieldError, Fields, Timestamp};

const SIZE: &str = "x-amz-if-match-size";
const TIME: &str = "x-amz-if-match-last-modified-time";

/// The headers of these conditions, which no other operation knows.
pub(crate) const DELETE_CONDITIONS: [&str; 2] = [TIME, SIZE];

/// What must be true of the object, or of the named version, for it to be deleted.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeleteCondition {
    /// What its tag must be (`If-Match`).
    pub etag: Option<TagCondition>,
    /// The second it must have been stored in (`x-amz-if-match-last-modified-time`).
    pub modified_s: Option<u64>,
    /// What its size must be (`x-amz-if-match-size`).
    pub size: Option<u64>,
}

/// What a tag must be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TagCondition {
    /// Any, as long as there is an object (`*`).
    Any,
    /// This one.
    Is(ETag),
}

/// An object that a condition is held against.
#[derive(Clone, Copy, Debug)]
pub struct DeleteCandidate<'a> {
    /// Its tag.
    pub etag: &'a ETag,
    /// The second it was stored in.
    pub modified_s: u64,
    /// Its size in bytes.
    pub size: u64,
}

/// Why the condition of a deletion could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum DeleteConditionError {
    /// A condition that no deletion has, or whose header could not be read.
    #[error(transparent)]
    Condition(#[from] ConditionError),
    /// A size that is no number, or a time that is no date.
    #[error("`{header}` cannot be read")]
    Value {
        /// The header.
        header: &'static str,
        /// What it said.
        value: String,
    },
}

/// The condition of a deletion that does not hold.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("condition `{condition}` did not hold")]
pub struct DeleteRefused {
    /// The header that stated it.
    pub condition: &'static str,
}

impl DeleteCondition {
    /// Reads the condition of a DELETE.
    ///
    /// # Errors
    /// [`DeleteConditionError`] if it cannot be held.
    pub fn of(fields: &Fields<'_>) -> Result<Self, DeleteConditionError> {
        refuse_dates(fields)?;
        if fields.has("if-none-match") {
            let header = "If-None-Match";
            return Err(ConditionError::NotImplemented { header }.into());
        }
        let single = |name| fields.single(name).map_err(ConditionError::from);
        let etag = match single("if-match")? {
            None => None,
            Some("*") => Some(TagCondition::Any),
            Some(tag) => Some(TagCondition::Is(one_tag(tag, "If-Match")?)),
        };
        Ok(Self {
            etag,
            modified_s: single(TIME)?
                .map(|text| read_second(text).ok_or_else(|| unreadable(TIME, text)))
                .transpose()?,
            size: single(SIZE)?
                .map(|text| read_size(text).ok_or_else(|| unreadable(SIZE, text)))
                .transpose()?,
        })
    }

    /// Holds the condition against the object that is there, if any.
    ///
    /// # Errors
    /// [`DeleteRefused`] with the first part of it that does not hold.
    pub fn check(&self, object: Option<DeleteCandidate<'_>>) -> Result<(), DeleteRefused> {
        let tag_holds = match (&self.etag, object) {
            (None, _) | (Some(TagCondition::Any), Some(_)) => true,
            (Some(TagCondition::Is(wanted)), Some(object)) => wanted == object.etag,
            (Some(_), None) => false,
        };
        let holds = |wanted: Option<u64>, of: fn(DeleteCandidate<'_>) -> u64| {
            wanted.is_none_or(|wanted| object.is_none_or(|object| of(object) == wanted))
        };
        let condition = if !tag_holds {
            "If-Match"
        } else if !holds(self.modified_s, |object| object.modified_s) {
            TIME
        } else if !holds(self.size, |object| object.size) {
            SIZE
        } else {
            return Ok(());
        };
        Err(DeleteRefused { condition })
    }
}

impl TagCondition {
    /// The condition as `If-Match` says it.
    #[must_use]
    pub fn as_header(&self) -> Cow<'static, str> {
        match self {
            Self::Any => Cow::Borrowed("*"),
            Self::Is(etag) => Cow::Owned(etag.quoted()),
        }
    }
}

/// A size in bytes, as digits.
pub(crate) fn read_size(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    text.parse().ok().filter(|_| digits)
}

/// The second of an HTTP date, which is what the SDKs write in headers and in documents.
pub(crate) fn read_second(text: &str) -> Option<u64> {
    Timestamp::parse_http_date(text).map(Timestamp::unix_s)
}

fn unreadable(header: &'static str, value: &str) -> DeleteConditionError {
    let value = value.to_owned();
    DeleteConditionError::Value { header, value }
}

impl From<FieldError> for DeleteConditionError {
    fn from(error: FieldError) -> Self {
        Self::Condition(error.into())
    }
}

impl From<DeleteConditionError> for Fault {
    fn from(error: DeleteConditionError) -> Self {
        match error {
            DeleteConditionError::Condition(error) => error.into(),
            DeleteConditionError::Value { header, value } => {
                let sentence = format!("The value of {header} cannot be read.");
                Self::invalid_argument(sentence, header, value)
            }
        }
    }
}

impl From<DeleteRefused> for Fault {
    fn from(error: DeleteRefused) -> Self {
        Self::new(ErrorCode::PreconditionFailed).with("Condition", error.condition)
    }
}

#[cfg(test)]
mod tests;
