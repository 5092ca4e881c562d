//! The URL that names a provider, and the URLs that its documents name.
//!
//! OpenID Connect Discovery 1.0, section 3: an issuer is a URL with scheme `https`, a host, perhaps a port and a
//! path, and neither query nor fragment. `http` is taken on loopback alone, for development and tests.
//!
//! INVARIANT: what was written is what is compared and fetched. Nothing is decoded, folded or completed.

use std::fmt;
use std::net::{IpAddr, Ipv6Addr};
use std::str::FromStr;

use thiserror::Error;

/// The most bytes of an issuer: IAM's limit.
const MOST: usize = 255;

/// Why a text is no URL of a provider.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum IssuerUrlError {
    /// The host or port is not one, or not in lower case.
    #[error("its host is a name or address in lower case, then perhaps a port")]
    Authority,
    /// It has characters that no path of an issuer has, or a query or fragment.
    #[error("it has a path of letters, digits and -._~ at most, no query and no fragment")]
    Path,
    /// It is `http` to somewhere else than this machine, or another scheme.
    #[error("it begins with https:// (http:// is for loopback addresses alone)")]
    Scheme,
    /// It is longer than 255 bytes.
    #[error("it has 255 bytes at most")]
    TooLong,
}

/// Where a provider is: `https://accounts.example.com/tenant`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct IssuerUrl {
    text: String,
    tls: bool,
    host: Host,
    port: u16,
    /// Where the authority ends and the path, which may be empty, begins.
    path_at: usize,
}

/// The host of a URL.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub(crate) enum Host {
    /// An address, as it was written.
    Address(IpAddr),
    /// A name, to be looked up.
    Name(String),
}

impl Host {
    /// Whether this is loopback by how it is written.
    pub(crate) fn is_written_loopback(&self) -> bool {
        match self {
            Self::Address(address) => address.is_loopback(),
            Self::Name(name) => name == "localhost" || name.ends_with(".localhost"),
        }
    }
}

impl fmt::Display for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Address(address) => address.fmt(f),
            Self::Name(name) => f.write_str(name),
        }
    }
}

impl IssuerUrl {
    /// The whole URL as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The URL as providers are registered under it: without the slash that some issuers have at their end. A token may
    /// have it or not; which of them is right, the provider's own configuration says.
    #[must_use]
    pub fn registered(&self) -> &str {
        without_slash(&self.text)
    }

    /// Host, port and path without the scheme: what follows `oidc-provider/` in the provider's ARN, and stands
    /// before the colon in condition keys.
    #[must_use]
    pub fn name(&self) -> &str {
        let scheme = if self.tls { "https://" } else { "http://" };
        let name = self.text.strip_prefix(scheme).unwrap_or(&self.text);
        name.strip_suffix('/').unwrap_or(name)
    }

    /// Whether it is reached over TLS.
    pub(crate) fn is_tls(&self) -> bool {
        self.tls
    }

    /// The host.
    pub(crate) fn host(&self) -> &Host {
        &self.host
    }

    /// The port, the scheme's own if none is written.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// Host and port as they were written, for the header `Host`.
    pub(crate) fn authority(&self) -> &str {
        let scheme_end = if self.tls { 8 } else { 7 };
        self.text.get(scheme_end..self.path_at).unwrap_or_default()
    }

    /// The path as it was written, perhaps empty.
    pub(crate) fn path(&self) -> &str {
        self.text.get(self.path_at..).unwrap_or_default()
    }

    /// Whether scheme, host and port are the same.
    pub(crate) fn has_origin_of(&self, other: &Self) -> bool {
        self.tls == other.tls && self.host == other.host && self.port == other.port
    }

    /// Reads a URL that a provider's document names: as an issuer, but it may be longer and have a query.
    pub(crate) fn parse_endpoint(text: &str) -> Result<Self, IssuerUrlError> {
        parse(text, 2048, |byte| {
            is_path_byte(byte) || b"?=&%:@!$'()*+,;".contains(&byte)
        })
    }
}

impl FromStr for IssuerUrl {
    type Err = IssuerUrlError;

    fn from_str(text: &str) -> Result<Self, IssuerUrlError> {
        parse(text, MOST, is_path_byte)
    }
}

impl fmt::Display for IssuerUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// Whether two texts may mean one issuer: a slash at the end makes no difference. Discovery asks at the same place
/// for both (OpenID Connect Discovery 1.0, section 4.1), and what is answered there says which of them it is.
pub(crate) fn same_issuer(one: &str, other: &str) -> bool {
    without_slash(one) == without_slash(other)
}

/// An issuer without one slash at its end.
pub(crate) fn without_slash(issuer: &str) -> &str {
    issuer.strip_suffix('/').unwrap_or(issuer)
}

fn parse(
    text: &str,
    most: usize,
    is_allowed: impl Fn(u8) -> bool,
) -> Result<IssuerUrl, IssuerUrlError> {
    if text.len() > most {
        return Err(IssuerUrlError::TooLong);
    }
    let (tls, rest) = if let Some(rest) = text.strip_prefix("https://") {
        (true, rest)
    } else if let Some(rest) = text.strip_prefix("http://") {
        (false, rest)
    } else {
        return Err(IssuerUrlError::Scheme);
    };
    let authority_len = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(authority_len);
    let (host, port) = parse_authority(authority).ok_or(IssuerUrlError::Authority)?;
    let folds = path
        .split('/')
        .any(|segment| segment == "." || segment == "..");
    let begins_well = path.is_empty() || path.starts_with('/');
    if !begins_well || folds || !path.bytes().all(is_allowed) {
        return Err(IssuerUrlError::Path);
    }
    if !tls && !host.is_written_loopback() {
        return Err(IssuerUrlError::Scheme);
    }
    let path_at = text.len().saturating_sub(path.len());
    let port = port.unwrap_or(if tls { 443 } else { 80 });
    let text = text.to_owned();
    Ok(IssuerUrl {
        text,
        tls,
        host,
        port,
        path_at,
    })
}

fn is_path_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte)
}

/// Host and port. User names, empty hosts, upper case and numbers that are no address are refused.
fn parse_authority(text: &str) -> Option<(Host, Option<u16>)> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, after) = rest.split_once(']')?;
        let address: Ipv6Addr = address.parse().ok()?;
        let port = match after {
            "" => None,
            _ => Some(parse_port(after.strip_prefix(':')?)?),
        };
        return Some((Host::Address(address.into()), port));
    }
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(parse_port(port)?)),
        None => (text, None),
    };
    if let Ok(address) = host.parse() {
        return Some((Host::Address(IpAddr::V4(address)), port));
    }
    let is_label = |label: &str| {
        let bytes = label.as_bytes();
        !label.is_empty()
            && label.len() <= 63
            && bytes
                .iter()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || *byte == b'-')
    };
    // A last label of digits (`127.1`, `0x7f000001` aside) is an address to some resolvers.
    let last = host.rsplit('.').next()?;
    let is_number = last.bytes().all(|byte| byte.is_ascii_digit()) || last.starts_with("0x");
    let is_name = host.len() <= 253 && host.split('.').all(is_label) && !is_number;
    is_name.then(|| (Host::Name(host.to_owned()), port))
}

/// A port from 1, without sign and leading zeros.
fn parse_port(text: &str) -> Option<u16> {
    let strict = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
    if strict { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests;
