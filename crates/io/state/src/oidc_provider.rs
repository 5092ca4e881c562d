//! Providers of OpenID Connect tokens that roles may trust.

use crate::{Origin, StateError, UnixMillis};

/// The most audiences of one provider. It is IAM's quota.
pub const MAX_AUDIENCES: usize = 100;
/// The most thumbprints of one provider. It is IAM's quota.
pub const MAX_THUMBPRINTS: usize = 5;

const MAX_ISSUER_BYTES: usize = 255;
const MAX_LINE_BYTES: usize = 255;

/// A provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OidcProvider {
    /// Its URL without a slash at the end, exactly as its tokens name it. Whoever puts it has checked it.
    pub issuer: String,
    /// Which audiences (client ids) its tokens may be for, in the order in which they were given.
    pub audiences: Vec<String>,
    /// Thumbprints of certificates, kept because clients of IAM give them, and not used.
    pub thumbprints: Vec<String>,
    /// When it was created.
    pub created_at: UnixMillis,
    /// Its tags, by key.
    pub tags: Vec<(String, String)>,
    /// Declared or stored.
    pub origin: Origin,
}

/// A provider that is to be.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NewOidcProvider {
    /// Its URL without a slash at the end.
    pub issuer: String,
    /// Which audiences its tokens may be for.
    pub audiences: Vec<String>,
    /// Thumbprints of certificates.
    pub thumbprints: Vec<String>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// Refuses what cannot be kept as an issuer.
pub(crate) fn check_issuer(issuer: &str) -> Result<(), StateError> {
    let fits = (1..=MAX_ISSUER_BYTES).contains(&issuer.len());
    if fits && issuer.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Ok(());
    }
    Err(StateError::TooLong {
        what: "the issuer of a provider",
        limit: MAX_ISSUER_BYTES,
    })
}

/// The issuer that would have the same name, and so the same ARN and the same condition keys: that of the other scheme.
pub(crate) fn namesake(issuer: &str) -> Option<String> {
    let (scheme, name) = issuer.split_once("://")?;
    match scheme {
        "http" => Some(format!("https://{name}")),
        "https" => Some(format!("http://{name}")),
        _ => None,
    }
}

/// Refuses lists that are too long, or whose entries cannot be kept one a line.
pub(crate) fn check_lines(
    what: &'static str,
    lines: &[String],
    limit: usize,
) -> Result<(), StateError> {
    if lines.len() > limit {
        return Err(StateError::TooMany { what, limit });
    }
    let fits = |line: &String| {
        (1..=MAX_LINE_BYTES).contains(&line.len()) && !line.bytes().any(|b| b.is_ascii_control())
    };
    if lines.iter().all(fits) {
        return Ok(());
    }
    Err(StateError::TooLong {
        what,
        limit: MAX_LINE_BYTES,
    })
}

/// Writes a list one a line.
pub(crate) fn write_lines(lines: &[String]) -> String {
    lines.join("\n")
}

/// Reads what [`write_lines`] wrote.
pub(crate) fn read_lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}
