//! What is wrong with restrictions, and what it means that one is not met.
//!
//! Two different things, with two answers (docs/specs/restrictions.md, section 6): restrictions that
//! cannot be understood or held are the signer's mistake, `InvalidArgument` with the name and value;
//! one that is not met says no to the holder, `AccessDenied` with the name and what it requires.

use std::fmt::{self, Write as _};
use std::net::IpAddr;

use countersign_s3::{ErrorCode, Fault, Operation};
use countersign_sigv4::AmzDate;
use ipnet::IpNet;
use thiserror::Error;

use super::{AllowedTypes, ByteRange, Country, CountryCode, RestrictionName};
use crate::Refusal;

/// How much of a name or value is repeated to its sender, in characters.
const MOST_REPEATED: usize = 256;

/// Why restrictions cannot be held. Always the signer's mistake.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum RestrictionError {
    /// A value is none.
    #[error("restriction {name} has the value `{value}`; it {}", name.rule())]
    BadValue {
        /// The restriction.
        name: RestrictionName,
        /// The value, cut short if it is long.
        value: Box<str>,
    },
    /// A name is spelled with capital letters.
    #[error("restriction `{found}` must be spelled {expected}")]
    CaseVariant {
        /// The name as sent.
        found: Box<str>,
        /// The name as it must be.
        expected: RestrictionName,
    },
    /// The policy of a form does not say what the value must be.
    #[error("the policy of the form leaves the value of {name} open; it must name it with `eq`")]
    Open {
        /// The restriction.
        name: RestrictionName,
    },
    /// A name stands where restrictions do not count.
    #[error("restriction `{name}` stands {place}")]
    OutOfPlace {
        /// The name as sent.
        name: Box<str>,
        /// Where it stands.
        place: OutOfPlace,
    },
    /// A name stands more than once.
    #[error("restriction {name} stands more than once")]
    Repeated {
        /// The restriction.
        name: RestrictionName,
    },
    /// The operation cannot be held to it.
    #[error("restriction {name} cannot be held for {operation}")]
    Unfit {
        /// The restriction.
        name: RestrictionName,
        /// The operation.
        operation: Operation,
    },
    /// There is no such restriction.
    #[error("there is no restriction `{name}`")]
    Unknown {
        /// The name as sent.
        name: Box<str>,
    },
}

/// Where restrictions do not count.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OutOfPlace {
    /// In a header of the request.
    Header,
    /// In the query of a request that is signed by its header.
    HeaderSigned,
    /// In the query of the URL that a form is sent to.
    QueryOfForm,
}

/// A restriction that is not met, of those that need no state to tell.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum RestrictionNotMet {
    /// The upload is too small or too large.
    Bytes {
        /// What is allowed.
        allowed: ByteRange,
        /// What it has, as far as it is known.
        found: u64,
    },
    /// The client is elsewhere.
    Country {
        /// Where clients may be.
        countries: Box<[CountryCode]>,
        /// Where this one is.
        country: Country,
    },
    /// There is an object already, or the request asks to replace one.
    Create,
    /// The client is in another network.
    Ip {
        /// Where clients may be.
        networks: Box<[IpNet]>,
        /// Where this one is.
        client: IpAddr,
    },
    /// It is too early.
    NotBefore {
        /// The first second.
        not_before: AmzDate,
        /// The present one.
        now: AmzDate,
    },
    /// The upload is declared to be something else, or nothing.
    Type {
        /// What is allowed.
        allowed: AllowedTypes,
        /// What it is declared to be.
        declared: Option<Box<str>>,
    },
    /// The first bytes of the upload are not those of its declared type.
    TypeOfBytes {
        /// What it is declared to be.
        declared: Box<str>,
    },
}

impl RestrictionError {
    pub(super) fn bad_value(name: RestrictionName, value: &str) -> Self {
        Self::BadValue {
            name,
            value: shortened(value),
        }
    }

    /// The sentence for whoever made the link.
    fn sentence(&self) -> String {
        match self {
            Self::BadValue { name, .. } => format!("{name} {}.", name.rule()),
            Self::CaseVariant { expected, .. } => {
                format!("Names of restrictions are case-sensitive; expecting \"{expected}\".")
            }
            Self::Open { name } => format!(
                "The policy of a form must name the value of {name} exactly, with eq; a condition \
                 that leaves it open restricts nothing."
            ),
            Self::OutOfPlace { place, .. } => format!(
                "Restrictions are query parameters of presigned URLs or fields of forms; this one \
                 stands {place}, where it would restrict nothing."
            ),
            Self::Repeated { name } => format!("The parameter {name} must be given exactly once."),
            Self::Unfit { name, operation } => format!(
                "{name} cannot be held for {operation}, and a limit that cannot be held is not \
                 ignored."
            ),
            Self::Unknown { .. } => {
                let mut sentence =
                    "This server does not know that restriction. It knows".to_owned();
                for (place, name) in RestrictionName::ALL.into_iter().enumerate() {
                    let comma = if place == 0 { "" } else { "," };
                    let _ = write!(sentence, "{comma} {name}");
                }
                sentence.push('.');
                sentence
            }
        }
    }

    /// The name at fault, and the value as far as that is at fault.
    fn argument(&self) -> (&str, &str) {
        match self {
            Self::BadValue { name, value } => (name.as_str(), value),
            Self::CaseVariant { found: name, .. }
            | Self::OutOfPlace { name, .. }
            | Self::Unknown { name } => (name, ""),
            Self::Open { name } | Self::Repeated { name } | Self::Unfit { name, .. } => {
                (name.as_str(), "")
            }
        }
    }
}

impl From<RestrictionError> for Refusal {
    fn from(error: RestrictionError) -> Self {
        let (name, value) = error.argument();
        let fault = Fault::invalid_argument(error.sentence(), &shortened(name), value);
        Self::new(fault, error.to_string())
    }
}

impl fmt::Display for OutOfPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Header => "in a header",
            Self::HeaderSigned => "in the query of a request that is signed by its header",
            Self::QueryOfForm => "in the query of the URL that a form is sent to",
        })
    }
}

impl RestrictionNotMet {
    /// The restriction.
    #[must_use]
    pub const fn name(&self) -> RestrictionName {
        match self {
            Self::Bytes { .. } => RestrictionName::Bytes,
            Self::Country { .. } => RestrictionName::Country,
            Self::Create => RestrictionName::Create,
            Self::Ip { .. } => RestrictionName::Ip,
            Self::NotBefore { .. } => RestrictionName::NotBefore,
            Self::Type { .. } | Self::TypeOfBytes { .. } => RestrictionName::Type,
        }
    }
}

/// What the restriction requires, and what was found instead.
impl fmt::Display for RestrictionNotMet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bytes { allowed, found } => {
                write!(f, "This link takes {allowed}; this upload has {found}")?;
                let is_open = *found > allowed.max();
                f.write_str(if is_open { " or more." } else { "." })
            }
            Self::Country { countries, country } => {
                let may_be = Listed(countries);
                match country.code() {
                    Some(code) => write!(
                        f,
                        "This link may be used from {may_be} only; this request comes from {code}."
                    ),
                    None => write!(
                        f,
                        "This link may be used from {may_be} only; it is not known where this \
                         request comes from."
                    ),
                }
            }
            Self::Create => f.write_str(
                "This link makes a new object and replaces none; there is an object of this name \
                 already, or the request asks for one.",
            ),
            Self::Ip { networks, client } => write!(
                f,
                "This link may be used from {} only; this request comes from {client}.",
                Listed(networks)
            ),
            Self::NotBefore { not_before, now } => write!(
                f,
                "This link may be used from {} on; it is {} now.",
                not_before.iso8601(),
                now.iso8601()
            ),
            Self::Type { allowed, declared } => match declared {
                Some(declared) => write!(
                    f,
                    "This link takes {allowed}; the Content-Type of this upload is {declared}."
                ),
                None => write!(
                    f,
                    "This link takes {allowed}; this upload has no Content-Type."
                ),
            },
            Self::TypeOfBytes { declared } => write!(
                f,
                "The Content-Type of this upload is {declared}, and its first bytes are not of that \
                 type."
            ),
        }
    }
}

impl From<RestrictionNotMet> for Refusal {
    fn from(not_met: RestrictionNotMet) -> Self {
        let sentence = not_met.to_string();
        let mut fault = Fault::new(ErrorCode::AccessDenied)
            .saying(sentence.clone())
            .with("Restriction", not_met.name().as_str());
        if let RestrictionNotMet::NotBefore { now, .. } = not_met {
            fault = fault.with("ServerTime", now.iso8601());
        }
        Self::new(fault, format!("{} is not met: {sentence}", not_met.name()))
    }
}

/// A few things with commas between.
struct Listed<'a, T>(&'a [T]);

impl<T: fmt::Display> fmt::Display for Listed<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, item) in self.0.iter().enumerate() {
            let comma = if place == 0 { "" } else { ", " };
            write!(f, "{comma}{item}")?;
        }
        Ok(())
    }
}

fn shortened(text: &str) -> Box<str> {
    match text.char_indices().nth(MOST_REPEATED) {
        Some((end, _)) => format!("{}...", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}
