//! Which names stand before secrets.
//!
//! A name is compared without case and without `-`, `_` and `.`, by how it ends: so `X-Amz-Signature`,
//! `CloudFront-Signature`, `x_goog_signature` and plain `Signature` are one line here.
//!
//! INVARIANT: a line added here can only take more out.

/// How long a name can be that is looked at, in bytes: the longest line below, with its separators.
pub(super) const LONGEST: usize = 64;

/// How much of what follows a name is its value.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Extent {
    /// Until the line or the quotation ends: headers whose values have blanks.
    Line,
    /// Until something that no credential has in it.
    Word,
}

const OF_LINES: [&str; 2] = ["authorization", "cookie"];

/// What the names of secrets end in.
const OF_WORDS: [&str; 19] = [
    "accountkey",
    "apikey",
    "clientsecret",
    "customerkey",
    "passphrase",
    "passwd",
    "password",
    "policy",
    "privatekey",
    "pwd",
    "samlassertion",
    "secret",
    "secretaccesskey",
    "secretkey",
    "sharedaccesskey",
    "signature",
    "signingkey",
    "token",
    "masterkey",
];

/// Names that mean something only if they stand alone: `sig`, as in Azure's SAS.
const ALONE: [&str; 2] = ["sig", "hmac"];

/// Names that end like those of secrets and are none: places in listings.
const HARMLESS: [&str; 5] = [
    "continuationtoken",
    "nextcontinuationtoken",
    "nexttoken",
    "pagetoken",
    "nextpagetoken",
];

/// What stands after this name, if it is a secret. `name` is folded: lower case, without separators.
pub(super) fn extent_after(name: &[u8]) -> Option<Extent> {
    let ends = |ending: &&str| name.ends_with(ending.as_bytes());
    let is = |whole: &&str| name == whole.as_bytes();
    if OF_LINES.iter().any(&ends) {
        return Some(Extent::Line);
    }
    let secret = OF_WORDS.iter().any(ends) || ALONE.iter().any(&is);
    (secret && !HARMLESS.iter().any(is)).then_some(Extent::Word)
}

/// Whether a name of a secret, or of a scheme before one (`Bearer`), may end with this byte. Separators within names say
/// nothing: what stands before them counts.
pub(super) fn may_end_name(byte: u8) -> bool {
    matches!(
        byte.to_ascii_lowercase(),
        b'c' | b'd' | b'e' | b'g' | b'n' | b'r' | b't' | b'y' | b'-' | b'_' | b'.'
    )
}

/// The letter of a name that this byte is, folded; none for separators within names.
pub(super) fn fold(byte: u8) -> Option<u8> {
    byte.is_ascii_alphanumeric()
        .then(|| byte.to_ascii_lowercase())
}

/// Whether this byte stands in names.
pub(super) fn is_of_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.')
}
