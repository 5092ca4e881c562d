//! The header fields of a request, wherever they were written.
//!
//! A presigned request may carry a field as a header or as a hoisted query parameter. [`Fields`]
//! answers for both, so that no reader of a header can forget the other place or prefer one silently.
//!
//! INVARIANT: a field has one value. One that is there twice, or in both places with different
//! values, is refused; a value with control characters never leaves this file.

use std::borrow::Cow;

use countersign_request::{Query, RequestHead};
use thiserror::Error;

use crate::Fault;
use crate::hoisted::{has_amz_prefix, stands_for_header};

/// The header fields of one request.
#[derive(Clone, Copy, Debug)]
pub struct Fields<'a> {
    head: RequestHead<'a>,
    hoisted: Option<&'a Query>,
}

/// Why a field could not be read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum FieldError {
    /// Header and hoisted parameter differ.
    #[error("header `{name}` and query parameter `{name}` differ")]
    Conflict {
        /// The field, lower case.
        name: String,
    },
    /// The value contains a control character.
    #[error("the value of `{name}` contains a control character")]
    ControlCharacter {
        /// The field, lower case.
        name: String,
    },
    /// The value is not UTF-8.
    #[error("the value of `{name}` is not valid utf-8")]
    NotUtf8 {
        /// The field, lower case.
        name: String,
    },
    /// A field that must stand alone is there twice.
    #[error("`{name}` is repeated")]
    Repeated {
        /// The field, lower case.
        name: String,
    },
}

impl<'a> Fields<'a> {
    /// The fields of a request whose query stands for no headers.
    #[must_use]
    pub const fn of_headers(head: RequestHead<'a>) -> Self {
        Self {
            head,
            hoisted: None,
        }
    }

    /// The fields of a presigned request: its headers and its hoisted parameters.
    ///
    /// # Errors
    /// [`FieldError`] if a hoisted parameter is repeated or contradicts a header.
    pub fn of_presigned(head: RequestHead<'a>, query: &'a Query) -> Result<Self, FieldError> {
        let mut any = false;
        for (name, value) in query
            .pairs()
            .filter(|(name, value)| stands_for_header(name, value))
        {
            any = true;
            // Only leftovers differ by value, and those count as absent.
            if query.occurrences_ignoring_case(name) > 1 {
                return Err(FieldError::Repeated {
                    name: name.to_ascii_lowercase(),
                });
            }
            if head.values(name).any(|header| header != value.as_bytes()) {
                return Err(FieldError::Conflict {
                    name: name.to_ascii_lowercase(),
                });
            }
        }
        // COST: most presigned requests hoist nothing, and then no field looks into the query.
        Ok(Self {
            head,
            hoisted: any.then_some(query),
        })
    }

    /// The value of a field that must stand alone.
    ///
    /// # Errors
    /// [`FieldError`] if it is repeated or not printable UTF-8.
    pub fn single(&self, name: &str) -> Result<Option<&'a str>, FieldError> {
        let mut headers = self.head.values(name);
        let header = headers.next();
        if headers.next().is_some() {
            return Err(FieldError::Repeated {
                name: name.to_ascii_lowercase(),
            });
        }
        let value = header.or_else(|| self.hoisted(name).map(str::as_bytes));
        value.map(|value| text(name, value)).transpose()
    }

    /// The value of a field that is a list: repeated headers are joined by commas.
    ///
    /// # Errors
    /// [`FieldError`] if it is not printable UTF-8.
    pub fn list(&self, name: &str) -> Result<Option<Cow<'a, str>>, FieldError> {
        let mut joined: Option<Cow<'a, str>> = None;
        for value in self.head.values(name) {
            let value = text(name, value)?;
            joined = Some(match joined {
                None => Cow::Borrowed(value),
                Some(before) => Cow::Owned(format!("{before}, {value}")),
            });
        }
        if joined.is_some() {
            return Ok(joined);
        }
        let hoisted = self
            .hoisted(name)
            .map(|value| text(name, value.as_bytes()))
            .transpose()?;
        Ok(hoisted.map(Cow::Borrowed))
    }

    /// Whether the field is there at all.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.head.has_header(name) || self.hoisted(name).is_some()
    }

    /// Every `x-amz-*` field with its raw value: headers first, then hoisted parameters that are not
    /// also headers. Names come as they were sent.
    pub fn amz(&self) -> impl Iterator<Item = (&'a str, &'a [u8])> + use<'a> {
        let head = self.head;
        let headers = head
            .headers
            .iter()
            .filter(|h| has_amz_prefix(h.name))
            .map(|h| (h.name, h.value));
        let hoisted =
            self.hoisted
                .into_iter()
                .flat_map(Query::pairs)
                .filter(move |(name, value)| {
                    has_amz_prefix(name) && stands_for_header(name, value) && !head.has_header(name)
                });
        headers.chain(hoisted.map(|(name, value)| (name, value.as_bytes())))
    }

    fn hoisted(&self, name: &str) -> Option<&'a str> {
        self.hoisted?
            .pairs()
            .find(|(n, value)| n.eq_ignore_ascii_case(name) && stands_for_header(n, value))
            .map(|(_, value)| value)
    }
}

/// The raw value as text, without control characters.
pub(crate) fn text<'a>(name: &str, value: &'a [u8]) -> Result<&'a str, FieldError> {
    let value = std::str::from_utf8(value).map_err(|_| FieldError::NotUtf8 {
        name: name.to_ascii_lowercase(),
    })?;
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return Err(FieldError::ControlCharacter {
            name: name.to_ascii_lowercase(),
        });
    }
    Ok(value)
}

impl From<FieldError> for Fault {
    fn from(error: FieldError) -> Self {
        let sentence = error.to_string();
        let (FieldError::Conflict { name }
        | FieldError::ControlCharacter { name }
        | FieldError::NotUtf8 { name }
        | FieldError::Repeated { name }) = error;
        // The value is not echoed: it may hold what was refused.
        Self::invalid_argument(sentence, &name, "")
    }
}

#[cfg(test)]
mod tests;
