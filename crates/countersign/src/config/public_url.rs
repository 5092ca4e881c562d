//! The address by which clients know a server that stands behind a proxy.
//!
//! Scheme and authority, nothing else: S3 addresses have no room for a path prefix, because the
//! signature covers the path.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use thiserror::Error;

/// How clients speak to the public address.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    /// In the clear.
    Http,
    /// Over TLS.
    Https,
}

impl Scheme {
    /// The scheme as it stands in a URL.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Https => "https",
        }
    }
}

/// A public address: `https://files.example.com`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct PublicUrl {
    /// The scheme.
    pub(crate) scheme: Scheme,
    /// Host, lower case, and port if it is not the scheme's own.
    pub(crate) authority: String,
}

/// Why a text is no public address.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub(crate) enum PublicUrlError {
    /// The host is empty or has characters that no host has.
    #[error("the host of a public url has letters, digits, dots and dashes, then perhaps a port")]
    Authority,
    /// There is something behind the authority.
    #[error("a public url has no path, query or fragment: signatures cover the path")]
    Path,
    /// It does not begin with `http://` or `https://`.
    #[error("a public url begins with https:// (or http://)")]
    Scheme,
}

impl PublicUrl {
    /// The host, without port and brackets.
    pub(crate) fn host_name(&self) -> &str {
        if let Some(rest) = self.authority.strip_prefix('[') {
            return rest.split(']').next().unwrap_or_default();
        }
        self.authority.split(':').next().unwrap_or_default()
    }

    /// The lower-case form of a host name without scheme and port; `None` if it is none.
    pub(super) fn host(text: &str) -> Option<String> {
        let lower = text.to_ascii_lowercase();
        (is_authority(&lower) && !lower.contains(':')).then_some(lower)
    }
}

impl FromStr for PublicUrl {
    type Err = PublicUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (scheme, rest) = text.split_once("://").ok_or(PublicUrlError::Scheme)?;
        let scheme = match scheme.to_ascii_lowercase().as_str() {
            "http" => Scheme::Http,
            "https" => Scheme::Https,
            _ => return Err(PublicUrlError::Scheme),
        };
        let authority = rest.strip_suffix('/').unwrap_or(rest).to_ascii_lowercase();
        if authority.contains(['/', '?', '#']) {
            return Err(PublicUrlError::Path);
        }
        if !is_authority(&authority) {
            return Err(PublicUrlError::Authority);
        }
        let own_port = match scheme {
            Scheme::Http => ":80",
            Scheme::Https => ":443",
        };
        let authority = authority
            .strip_suffix(own_port)
            .unwrap_or(&authority)
            .to_owned();
        Ok(Self { scheme, authority })
    }
}

/// Whether `text` is a host name or an IP address, then perhaps a port.
fn is_authority(text: &str) -> bool {
    let port_is_good = |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0);
    if let Some(rest) = text.strip_prefix('[') {
        let Some((address, after)) = rest.split_once(']') else {
            return false;
        };
        let good_end = after.is_empty() || after.strip_prefix(':').is_some_and(port_is_good);
        return address.parse::<std::net::Ipv6Addr>().is_ok() && good_end;
    }
    let (host, port) = text
        .split_once(':')
        .map_or((text, None), |(h, p)| (h, Some(p)));
    let is_label = |label: &str| {
        !label.is_empty()
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    host.split('.').all(is_label) && port.is_none_or(port_is_good)
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}://{}", self.scheme.as_str(), self.authority)
    }
}

impl Serialize for PublicUrl {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::{PublicUrl, PublicUrlError};

    #[test]
    fn scheme_and_authority_are_kept_and_the_own_port_is_dropped() {
        for (text, expected) in [
            ("https://files.example.com", "https://files.example.com"),
            ("HTTPS://Files.Example.com/", "https://files.example.com"),
            ("https://files.example.com:443", "https://files.example.com"),
            ("http://localhost:9000", "http://localhost:9000"),
            ("https://[::1]:8443", "https://[::1]:8443"),
        ] {
            assert_eq!(
                text.parse::<PublicUrl>()
                    .map(|url| url.to_string())
                    .as_deref(),
                Ok(expected)
            );
        }
    }

    #[test]
    fn anything_beside_scheme_and_authority_is_refused() {
        for (text, expected) in [
            ("files.example.com", PublicUrlError::Scheme),
            ("ftp://files.example.com", PublicUrlError::Scheme),
            ("https://", PublicUrlError::Authority),
            ("https://user@files.example.com", PublicUrlError::Authority),
            ("https://files..example.com", PublicUrlError::Authority),
            ("https://files.example.com:0", PublicUrlError::Authority),
            ("https://[::1", PublicUrlError::Authority),
            ("https://files.example.com/s3", PublicUrlError::Path),
            ("https://files.example.com?x", PublicUrlError::Path),
        ] {
            assert_eq!(text.parse::<PublicUrl>(), Err(expected), "{text}");
        }
    }
}
