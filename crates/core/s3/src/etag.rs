//! Entity tags.
//!
//! S3's ETag is the hexadecimal MD5 of the content for an object put in one piece, and the MD5 of
//! the parts' MD5s with `-<parts>` behind it for a multipart object. On the wire it stands in quotes
//! (RFC 9110, section 8.8.3); in here it does not.

use std::fmt;

use serde::{Deserialize, Serialize};

/// An entity tag without its quotes.
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ETag(String);

impl ETag {
    /// The tag of content put in one piece.
    #[must_use]
    pub fn of_md5(digest: [u8; 16]) -> Self {
        Self(hex(&digest))
    }

    /// The tag of an object made from parts: `digest` is the MD5 over the parts' MD5s.
    #[must_use]
    pub fn of_parts(digest: [u8; 16], parts: usize) -> Self {
        Self(format!("{}-{parts}", hex(&digest)))
    }

    /// Takes a tag from text, with or without quotes and the weak mark.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let strong = text.strip_prefix("W/").unwrap_or(text);
        let bare = strong
            .strip_prefix('"')
            .and_then(|t| t.strip_suffix('"'))
            .unwrap_or(strong);
        Self(bare.into())
    }

    /// The tag without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The tag in quotes, as it stands in the `ETag` header and in XML.
    #[must_use]
    pub fn quoted(&self) -> String {
        format!("\"{}\"", self.0)
    }
}

impl fmt::Display for ETag {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Bytes in lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

#[cfg(test)]
mod tests;
