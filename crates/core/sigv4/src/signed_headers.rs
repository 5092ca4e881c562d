//! The list of signed headers, and which headers it must hold.
//!
//! `X-Amz-SignedHeaders` names, lower case and joined by `;`, the headers a signature covers. S3
//! insists on `host` (threat A8) and on every `x-amz-*` header that is in the request (threat A1):
//! what a holder adds after signing must never take effect.

use countersign_request::RequestHead;

use crate::ClaimError;
use crate::ascii_split::ascii_split;

/// Names of signed headers as claimed: lower case, each once, in the order sent.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SignedHeaders<'a>(&'a str);

impl<'a> SignedHeaders<'a> {
    /// Parses `a;b;c`.
    ///
    /// # Errors
    /// [`ClaimError::MalformedSignedHeaders`] if the list is empty, a name is not a lower-case
    /// field name, or a name stands twice.
    pub fn parse(text: &'a str) -> Result<Self, ClaimError> {
        let malformed = || ClaimError::MalformedSignedHeaders {
            found: text.to_owned(),
        };
        let mut previous: Option<&str> = None;
        let mut sorted = true;
        for name in ascii_split(text, b';') {
            if name.is_empty() || !name.bytes().all(is_lower_token) {
                return Err(malformed());
            }
            sorted &= previous.is_none_or(|p| p < name);
            previous = Some(name);
        }
        // Sorted names (every SDK sends them so) cannot repeat; others are compared in pairs, the
        // list being no longer than the head limit allows.
        let repeats = || {
            text.split(';')
                .enumerate()
                .any(|(at, name)| text.split(';').skip(at + 1).any(|n| n == name))
        };
        if !sorted && (text.len() > 2_048 || repeats()) {
            return Err(malformed());
        }
        Ok(Self(text))
    }

    /// The list as sent, for the canonical request.
    #[must_use]
    pub fn as_str(&self) -> &'a str {
        self.0
    }

    /// The names, in the order sent.
    pub fn names(&self) -> impl Iterator<Item = &'a str> + use<'a> {
        ascii_split(self.0, b';')
    }

    /// Whether this header is covered.
    #[must_use]
    pub fn contains(&self, name: &str) -> bool {
        self.names().any(|n| n.eq_ignore_ascii_case(name))
    }

    /// The names of `x-amz-*` headers in the request that the signature does not cover, lower case,
    /// `except` left aside. Empty, without allocation, when all is well.
    #[must_use]
    pub fn uncovered_amz_headers(
        &self,
        head: &RequestHead<'_>,
        except: Option<&str>,
    ) -> Vec<String> {
        head.headers
            .iter()
            .filter(|h| is_amz(h.name) && !self.contains(h.name))
            .filter(|h| except.is_none_or(|e| !h.name.eq_ignore_ascii_case(e)))
            .map(|h| h.name.to_ascii_lowercase())
            .collect()
    }
}

/// Whether a header or query parameter name begins with `x-amz-`, in any case.
#[must_use]
pub fn is_amz(name: &str) -> bool {
    name.get(..6)
        .is_some_and(|prefix| prefix.eq_ignore_ascii_case("x-amz-"))
}

/// RFC 9110 token characters, less the upper-case letters.
fn is_lower_token(byte: u8) -> bool {
    matches!(
        byte,
        b'a'..=b'z'
            | b'0'..=b'9'
            | b'!'
            | b'#'..=b'\''
            | b'*'
            | b'+'
            | b'-'
            | b'.'
            | b'^'
            | b'_'
            | b'`'
            | b'|'
            | b'~'
    )
}

#[cfg(test)]
mod tests {
    use super::SignedHeaders;

    #[test]
    fn a_list_is_lower_case_names_each_once() {
        for good in ["host", "content-type;host;x-amz-meta-a", "x-b;host"] {
            assert_eq!(SignedHeaders::parse(good).unwrap().as_str(), good);
        }
        for bad in [
            "",
            ";",
            "host;",
            "Host",
            "host;host",
            "b;a;b",
            "host x",
            "h\u{f6}st",
        ] {
            assert!(SignedHeaders::parse(bad).is_err(), "{bad}");
        }
    }
}
