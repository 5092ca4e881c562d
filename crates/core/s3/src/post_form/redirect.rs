//! Where a browser is sent after its upload.
//!
//! There is no URL library here, so only what needs none is taken: `http` or `https`, a plain host,
//! printable ASCII. What is not understood fully is not followed (threat E9).

use std::fmt::Write as _;

use countersign_request::percent::{Component, encode};

/// An address of a page, with an origin that can be held against a list.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Redirect {
    text: String,
    origin: String,
}

impl Redirect {
    /// Reads the field; `None` if it is no address of a page.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let printable = text.bytes().all(|b| b.is_ascii_graphic() && b != b'\\');
        if !printable {
            return None;
        }
        let (scheme, rest) = text.split_once("://")?;
        let scheme = scheme.to_ascii_lowercase();
        let own_port = match scheme.as_str() {
            "http" => "80",
            "https" => "443",
            _ => return None,
        };
        let authority = rest.split(['/', '?', '#']).next()?.to_ascii_lowercase();
        let (host, port) = host_and_port(&authority)?;
        let mut origin = format!("{scheme}://{host}");
        if let Some(port) = port.filter(|port| *port != own_port) {
            write!(origin, ":{port}").ok()?;
        }
        let text = text.to_owned();
        Some(Self { text, origin })
    }

    /// Scheme, host and port, lower case and without the scheme's own port.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The address with what was stored in its query, as S3 appends it; `etag` is in its quotes.
    #[must_use]
    pub fn with_result(&self, bucket: &str, key: &str, etag: &str) -> String {
        let (page, fragment) = match self.text.split_once('#') {
            None => (self.text.as_str(), None),
            Some((page, fragment)) => (page, Some(fragment)),
        };
        let joint = if page.contains('?') { '&' } else { '?' };
        let text = |value| encode(value, Component::Query);
        let (bucket, key, etag) = (text(bucket), text(key), text(etag));
        let mut address = format!("{page}{joint}bucket={bucket}&key={key}&etag={etag}");
        if let Some(fragment) = fragment {
            address.push('#');
            address.push_str(fragment);
        }
        address
    }
}

fn host_and_port(authority: &str) -> Option<(&str, Option<&str>)> {
    let colon = match authority.strip_prefix('[') {
        Some(v6) => v6.find(']').map(|end| end + 2)?,
        None => authority.find(':').unwrap_or(authority.len()),
    };
    let (host, port) = authority.split_at_checked(colon)?;
    let is_host = match host.strip_prefix('[').and_then(|v6| v6.strip_suffix(']')) {
        Some(v6) => v6.parse::<std::net::Ipv6Addr>().is_ok(),
        None => {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"-._".contains(&b))
        }
    };
    let port = match port.strip_prefix(':') {
        None => port.is_empty().then_some(None)?,
        Some(digits) => Some(digits),
    };
    let is_port = |digits: &str| {
        digits.bytes().all(|b| b.is_ascii_digit())
            && digits.parse::<u16>().is_ok_and(|number| number > 0)
            && !digits.starts_with('0')
    };
    (is_host && port.is_none_or(is_port)).then_some((host, port))
}

#[cfg(test)]
mod tests;
