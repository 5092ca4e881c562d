//! Text in an event: redacted, bounded, and nothing else can be made.
//!
//! INVARIANT: a [`Text`] has passed [`redact`], so no rendering of an event can show a credential
//! that was in what a client sent (threats F1, I4). INVARIANT: reading a text that was written gives it back.

use std::borrow::Cow;
use std::fmt;

use countersign_gate::LinkId;
use serde::{Deserialize, Deserializer, Serialize, de};

use crate::redact;

/// The most bytes of a text. AWS's longest key has 1,024; a head has 128 KiB, and no reader wants that.
pub const LONGEST_TEXT: usize = 16_384;

const CUT: &str = "\n[cut]";
/// What redaction may add to a text that was cut within a stand-in.
const SLACK: usize = 128;

/// A text without credentials, of at most [`LONGEST_TEXT`] bytes.
#[derive(Clone, Debug, Default, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(transparent)]
pub struct Text<'a>(Cow<'a, str>);

impl<'a> Text<'a> {
    /// The text, with `REDACTED` in place of credentials.
    #[must_use]
    pub fn of(text: &'a str) -> Self {
        Self::of_link(text, None)
    }

    /// The text, with the id of the link in place of credentials, if it is known.
    #[must_use]
    pub fn of_link(text: &'a str, link: Option<LinkId>) -> Self {
        let text = redact(text, link);
        if text.len() <= LONGEST_TEXT {
            return Self(text);
        }
        let kept = text.floor_char_boundary(LONGEST_TEXT - SLACK);
        let cut = [text.get(..kept).unwrap_or_default(), CUT].concat();
        // A stand-in may have been cut in two: the next reader must not take it for a value.
        let cut = redact(&cut, link).into_owned();
        Self(Cow::Owned(cut))
    }

    /// Bytes of a header or a target, whatever they are: those that are no UTF-8 become `%XX`.
    #[must_use]
    pub fn of_bytes(bytes: &'a [u8], link: Option<LinkId>) -> Self {
        if let Ok(text) = std::str::from_utf8(bytes) {
            return Self::of_link(text, link);
        }
        let mut text = String::with_capacity(bytes.len());
        for chunk in bytes.utf8_chunks() {
            text.push_str(chunk.valid());
            for byte in chunk.invalid() {
                text.push_str(&format!("%{byte:02X}"));
            }
        }
        Self(Text::of_link(&text, link).0.into_owned().into())
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The same text, borrowed from nobody.
    #[must_use]
    pub fn into_owned(self) -> Text<'static> {
        Text(Cow::Owned(self.0.into_owned()))
    }
}

impl<'a> From<&'a str> for Text<'a> {
    fn from(text: &'a str) -> Self {
        Self::of(text)
    }
}

impl From<String> for Text<'_> {
    fn from(text: String) -> Self {
        Self(Text::of(&text).0.into_owned().into())
    }
}

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;
        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text::of(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text::from(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Visitor)
    }
}

#[cfg(test)]
mod tests;
