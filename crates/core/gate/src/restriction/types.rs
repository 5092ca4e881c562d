//! The content types an upload may have.
//!
//! Media types of RFC 9110, section 8.3.1, compared without regard to case and without parameters. A
//! whole family is `image/*`; `*/*` would restrict nothing and is refused.
//!
//! A family has no type in it that browsers run: whoever lets people upload `image/*` means pictures, not
//! SVG documents with script in them (threat E3). Such a type must be named.

use std::fmt;

use countersign_s3::is_active_content;

const MOST: usize = 32;

/// The content types that are allowed, at least one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AllowedTypes(Box<[AllowedType]>);

/// One content type, or a family of them. In lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AllowedType {
    /// This type exactly, such as `image/png`.
    Exact(Box<str>),
    /// Every type of this family, such as `image`, but those that browsers run.
    Family(Box<str>),
}

impl AllowedTypes {
    /// Reads a comma-separated list of types.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let types: Option<Box<[_]>> = text
            .split(',')
            .take(MOST + 1)
            .map(AllowedType::parse)
            .collect();
        types.filter(|types| types.len() <= MOST).map(Self)
    }

    /// Whether a body may be declared to be this, parameters apart.
    #[must_use]
    pub fn allow(&self, content_type: &str) -> bool {
        // A reader of several header lines takes the last one in such a list.
        if content_type.contains(',') {
            return false;
        }
        let essence = content_type.split(';').next().unwrap_or_default().trim();
        self.0.iter().any(|allowed| allowed.matches(essence))
    }

    /// The types, in the order written.
    #[must_use]
    pub fn as_slice(&self) -> &[AllowedType] {
        &self.0
    }
}

impl AllowedType {
    fn parse(text: &str) -> Option<Self> {
        let (family, subtype) = text.split_once('/')?;
        if !is_token(family) || family == "*" {
            return None;
        }
        if subtype == "*" {
            return Some(Self::Family(family.to_ascii_lowercase().into()));
        }
        let is_exact = is_token(subtype) && !text.contains('*');
        is_exact.then(|| Self::Exact(text.to_ascii_lowercase().into()))
    }

    fn matches(&self, essence: &str) -> bool {
        match self {
            Self::Exact(name) => name.eq_ignore_ascii_case(essence),
            Self::Family(family) => {
                let found = essence.split_once('/').map(|(found, _)| found);
                found.is_some_and(|found| found.eq_ignore_ascii_case(family))
                    && !is_active_content(essence)
            }
        }
    }
}

/// RFC 9110, section 5.6.2.
fn is_token(text: &str) -> bool {
    let is_token_byte =
        |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    !text.is_empty() && text.bytes().all(is_token_byte)
}

impl fmt::Display for AllowedType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exact(name) => f.write_str(name),
            Self::Family(family) => write!(f, "{family}/*"),
        }
    }
}

impl fmt::Display for AllowedTypes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, allowed) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{allowed}")?;
        }
        Ok(())
    }
}
