//! Signed cookies, as names and values or as the lines that set them.
//!
//! "Set signed cookies using a custom policy", CloudFront Developer Guide. They are for the host that sets them
//! (no `Domain`), for HTTPS, not for scripts, and end with the browser's session, as AWS advises (threat K6).

use crate::sign::Parts;

/// The cookies of one signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedCookies {
    parts: Parts,
}

impl SignedCookies {
    pub(crate) fn new(parts: Parts) -> Self {
        Self { parts }
    }

    /// Names and values.
    pub fn pairs(&self) -> impl ExactSizeIterator<Item = (&'static str, &str)> {
        let parts = self.parts.iter();
        parts.map(|(parameter, value)| (parameter.in_cookies(), value.as_str()))
    }

    /// The values of `Set-Cookie` headers that give the cookies to a browser for everything below a path; `None` if
    /// `path` is none, or could end the attribute.
    pub fn set_cookie_lines(&self, path: &str) -> Option<impl ExactSizeIterator<Item = String>> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && byte != b';';
        if !path.starts_with('/') || !path.bytes().all(is_plain) {
            return None;
        }
        let line = move |(name, value)| format!("{name}={value}; Path={path}; Secure; HttpOnly");
        Some(self.pairs().map(line))
    }
}
