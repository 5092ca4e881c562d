//! Where a listing goes on.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

const KEY_MARK: &str = "k";
const PREFIX_MARK: &str = "p";

/// A place between two entries of a listing.
///
/// It travels to the client and back as an opaque token. The token is not signed: whoever forges one
/// only chooses where his own listing begins, as `start-after` lets him anyway.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum ListPosition {
    /// Before the first key.
    #[default]
    Start,
    /// Behind this key.
    AfterKey(String),
    /// Behind every key that begins with this common prefix.
    AfterPrefix(String),
}

impl ListPosition {
    /// The smallest key behind this place, to be compared as bytes.
    #[must_use]
    pub fn first_candidate(&self) -> Vec<u8> {
        match self {
            Self::Start => Vec::new(),
            Self::AfterKey(key) => [key.as_bytes(), &[0]].concat(),
            Self::AfterPrefix(prefix) => {
                let mut bytes = prefix.clone().into_bytes();
                // UTF-8 has no byte 0xff, so the last byte can always be counted up.
                if let Some(last) = bytes.last_mut() {
                    *last = last.saturating_add(1);
                }
                bytes
            }
        }
    }

    /// The key or common prefix that the place is behind.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Start => None,
            Self::AfterKey(text) | Self::AfterPrefix(text) => Some(text),
        }
    }

    /// The token for the client.
    #[must_use]
    pub fn token(&self) -> String {
        let (mark, text) = match self {
            Self::Start => (KEY_MARK, ""),
            Self::AfterKey(key) => (KEY_MARK, key.as_str()),
            Self::AfterPrefix(prefix) => (PREFIX_MARK, prefix.as_str()),
        };
        URL_SAFE_NO_PAD.encode([mark, text].concat())
    }

    /// Reads a token; nothing if it is none of ours.
    #[must_use]
    pub fn of_token(token: &str) -> Option<Self> {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()?;
        let (mark, text) = text.split_at_checked(1)?;
        match (mark, text) {
            (KEY_MARK, "") => Some(Self::Start),
            (KEY_MARK, key) => Some(Self::AfterKey(key.to_owned())),
            (PREFIX_MARK, prefix) if !prefix.is_empty() => {
                Some(Self::AfterPrefix(prefix.to_owned()))
            }
            _ => None,
        }
    }
}
