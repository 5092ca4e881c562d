//! The `response-*` parameters of a GET.
//!
//! They replace headers of a 200 or 206 answer (S3 API reference, `GetObject`). They are the
//! classical way to turn a stored file into a page on somebody's domain, so [`is_active_content`]
//! tells the gate which types run script in a browser.
//!
//! INVARIANT: no value holds a control character, and every value fits ISO-8859-1.

use countersign_request::Query;
use thiserror::Error;

use crate::Fault;

const OVERRIDES: [(&str, &str); 6] = [
    ("response-cache-control", "cache-control"),
    ("response-content-disposition", "content-disposition"),
    ("response-content-encoding", "content-encoding"),
    ("response-content-language", "content-language"),
    ("response-content-type", "content-type"),
    ("response-expires", "expires"),
];

/// Parts of subtypes that browsers run script from.
const SCRIPTING: [&str; 12] = [
    "html",
    "svg",
    "xsl",
    "javascript",
    "ecmascript",
    "jscript",
    "livescript",
    "vbscript",
    "x-mixed-replace",
    "rfc822",
    "related",
    "flash",
];

/// The overrides of one request.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct ResponseOverrides<'a> {
    values: [Option<&'a str>; OVERRIDES.len()],
}

/// Why an override could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum OverrideError {
    /// The value contains a control character.
    #[error("the value of `{parameter}` contains a control character")]
    ControlCharacter {
        /// The parameter.
        parameter: &'static str,
    },
    /// The value does not fit ISO-8859-1.
    #[error("the value of `{parameter}` does not fit iso-8859-1")]
    NotLatin1 {
        /// The parameter.
        parameter: &'static str,
        /// Its value.
        value: String,
    },
}

impl<'a> ResponseOverrides<'a> {
    /// Reads the overrides from a query; an empty value counts as none.
    ///
    /// # Errors
    /// [`OverrideError`] if a value cannot stand in a header.
    pub fn of(query: &'a Query) -> Result<Self, OverrideError> {
        let mut values = [None; OVERRIDES.len()];
        // COST: one look instead of six where there are none, which is the common case.
        if !query.pairs().any(|(name, _)| name.starts_with("response-")) {
            return Ok(Self { values });
        }
        for (slot, (parameter, _)) in values.iter_mut().zip(OVERRIDES) {
            let Some(value) = query.first(parameter).filter(|value| !value.is_empty()) else {
                continue;
            };
            if value.chars().any(char::is_control) {
                return Err(OverrideError::ControlCharacter { parameter });
            }
            if value.chars().any(|c| u32::from(c) > 0xff) {
                return Err(OverrideError::NotLatin1 {
                    parameter,
                    value: value.to_owned(),
                });
            }
            *slot = Some(value);
        }
        Ok(Self { values })
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.values.iter().all(Option::is_none)
    }

    /// The value that replaces this header, if any.
    #[must_use]
    pub fn value_of(&self, header: &str) -> Option<&'a str> {
        let found = OVERRIDES
            .iter()
            .zip(self.values)
            .find(|((_, h), _)| *h == header);
        found.and_then(|(_, value)| value)
    }

    /// Header names with their new values in ISO-8859-1, ready to be sent.
    pub fn headers(&self) -> impl Iterator<Item = (&'static str, Vec<u8>)> + use<'a> {
        OVERRIDES
            .into_iter()
            .zip(self.values)
            .filter_map(|((_, header), value)| {
                let latin1 = value?
                    .chars()
                    .filter_map(|c| u8::try_from(u32::from(c)).ok())
                    .collect();
                Some((header, latin1))
            })
    }

    /// Whether the content type asked for runs script in a browser.
    #[must_use]
    pub fn asks_for_active_content(&self) -> bool {
        self.value_of("content-type").is_some_and(is_active_content)
    }
}

/// Whether a browser may run script from content of this type.
///
/// Anything that is not plainly one well-formed media type counts as active: browsers guess.
#[must_use]
pub fn is_active_content(content_type: &str) -> bool {
    let essence = content_type
        .split(';')
        .next()
        .unwrap_or_default()
        .trim()
        .to_ascii_lowercase();
    let Some((kind, subtype)) = essence.split_once('/') else {
        return true;
    };
    let is_token = |text: &str| {
        !text.is_empty()
            && text
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&b))
    };
    if !is_token(kind) || !is_token(subtype) || content_type.contains(',') {
        return true;
    }
    // Office documents are called `…openxmlformats…`, so `xml` counts as a whole word only.
    subtype.split(['+', '-']).any(|word| word == "xml")
        || SCRIPTING.iter().any(|part| subtype.contains(part))
}

impl From<OverrideError> for Fault {
    fn from(error: OverrideError) -> Self {
        let sentence = error.to_string();
        match error {
            OverrideError::ControlCharacter { parameter } => {
                Self::invalid_argument(sentence, parameter, "")
            }
            OverrideError::NotLatin1 { parameter, value } => Self::invalid_argument(
                "Header value cannot be represented using ISO-8859-1.",
                parameter,
                value,
            ),
        }
    }
}

#[cfg(test)]
mod tests;
