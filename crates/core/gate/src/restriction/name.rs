//! The names of restrictions, and which of them an operation can hold to.
//!
//! A name is reserved by its beginning: what begins with `x-cs-`, in any case of letters, is a
//! restriction or a mistake (docs/specs/restrictions.md, sections 1 and 2).

use std::fmt;

use countersign_s3::Operation;

use super::RestrictionError;

const RESERVED: &[u8] = b"x-cs-";

/// The name of a restriction.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum RestrictionName {
    /// `x-cs-bind`: the first network to use the link becomes the only one.
    Bind,
    /// `x-cs-bytes`: the size of an upload.
    Bytes,
    /// `x-cs-country`: the countries of clients.
    Country,
    /// `x-cs-create`: never overwrites, and is closed after the first success.
    Create,
    /// `x-cs-id`: the name of the link.
    Id,
    /// `x-cs-ip`: the networks of clients.
    Ip,
    /// `x-cs-not-before`: the earliest use.
    NotBefore,
    /// `x-cs-page`: browsers get a page first.
    Page,
    /// `x-cs-rate`: bytes a second.
    Rate,
    /// `x-cs-subject`: whom the link was handed to.
    Subject,
    /// `x-cs-type`: the content type of an upload.
    Type,
    /// `x-cs-uses`: how often.
    Uses,
}

impl RestrictionName {
    /// Every name, in alphabetical order.
    pub const ALL: [Self; 12] = [
        Self::Bind,
        Self::Bytes,
        Self::Country,
        Self::Create,
        Self::Id,
        Self::Ip,
        Self::NotBefore,
        Self::Page,
        Self::Rate,
        Self::Subject,
        Self::Type,
        Self::Uses,
    ];

    /// The parameter or field that it is sent as.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Bind => "x-cs-bind",
            Self::Bytes => "x-cs-bytes",
            Self::Country => "x-cs-country",
            Self::Create => "x-cs-create",
            Self::Id => "x-cs-id",
            Self::Ip => "x-cs-ip",
            Self::NotBefore => "x-cs-not-before",
            Self::Page => "x-cs-page",
            Self::Rate => "x-cs-rate",
            Self::Subject => "x-cs-subject",
            Self::Type => "x-cs-type",
            Self::Uses => "x-cs-uses",
        }
    }

    /// What a value must be, to go on after the name.
    #[must_use]
    pub const fn rule(self) -> &'static str {
        match self {
            Self::Bind => "must be first",
            Self::Bytes => {
                "must be the most bytes of an upload, or the fewest and the most as in 1-1048576, \
                 without leading zeros, up to 5497558138880"
            }
            Self::Country => {
                "must be a comma-separated list of up to 64 countries, each two capital letters \
                 (ISO 3166-1 alpha-2), without spaces"
            }
            Self::Create | Self::Page => "must be true",
            Self::Id => "must be 1 to 64 letters, digits, hyphens and underscores",
            Self::Ip => {
                "must be a comma-separated list of up to 32 IPv4 or IPv6 addresses or networks such \
                 as 203.0.113.0/24, without spaces and with no bit set beyond the prefix"
            }
            Self::NotBefore => "must be an instant in UTC, written YYYYMMDDTHHMMSSZ",
            Self::Rate => {
                "must be a number of bytes a second from 1024 to 1000000000000, without leading zeros"
            }
            Self::Subject => {
                "must be 1 to 128 printable characters, the first and the last of them no space"
            }
            Self::Type => {
                "must be a comma-separated list of up to 32 media types such as image/png or image/*, \
                 without spaces and parameters"
            }
            Self::Uses => "must be a whole number from 1 to 1000000, without leading zeros",
        }
    }

    /// Whether this operation can be held to it. A limit that cannot be held is not ignored: the
    /// request is refused.
    ///
    /// What holds of the client and the moment fits everything. A GET link answers HEAD, so what fits
    /// a download fits both. A part has no type and makes no object, and the upload it belongs to is
    /// begun without a byte: the type of an object from parts, and that it is new, are held when it is
    /// completed, when its bytes are known.
    #[must_use]
    pub const fn fits(self, operation: Operation) -> bool {
        let downloads = matches!(operation, Operation::GetObject | Operation::HeadObject);
        let makes_an_object = matches!(
            operation,
            Operation::CompleteMultipartUpload | Operation::PostObject | Operation::PutObject
        );
        let takes_bytes = matches!(
            operation,
            Operation::PostObject | Operation::PutObject | Operation::UploadPart
        );
        match self {
            Self::Country | Self::Id | Self::Ip | Self::NotBefore | Self::Subject => true,
            Self::Bind | Self::Uses => downloads || makes_an_object || takes_bytes,
            Self::Bytes => makes_an_object || takes_bytes,
            Self::Create | Self::Type => makes_an_object,
            Self::Page => downloads,
            Self::Rate => downloads || takes_bytes,
        }
    }

    /// Whether a name can only be that of a restriction.
    #[inline]
    #[must_use]
    pub fn is_reserved(name: &str) -> bool {
        name.as_bytes()
            .get(..RESERVED.len())
            .is_some_and(|beginning| beginning.eq_ignore_ascii_case(RESERVED))
    }

    /// Reads a reserved name.
    pub(super) fn parse(name: &str) -> Result<Self, RestrictionError> {
        if let Some(found) = Self::ALL.into_iter().find(|known| known.as_str() == name) {
            return Ok(found);
        }
        let respelled = Self::ALL
            .into_iter()
            .find(|known| known.as_str().eq_ignore_ascii_case(name));
        Err(match respelled {
            Some(expected) => RestrictionError::CaseVariant {
                found: name.into(),
                expected,
            },
            None => RestrictionError::Unknown { name: name.into() },
        })
    }
}

impl fmt::Display for RestrictionName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A set of names.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub(super) struct Set(u16);

impl Set {
    /// Puts a name in; false if it was there.
    pub(super) fn insert(&mut self, name: RestrictionName) -> bool {
        let is_new = !self.contains(name);
        self.0 |= Self::bit(name);
        is_new
    }

    pub(super) const fn contains(self, name: RestrictionName) -> bool {
        self.0 & Self::bit(name) != 0
    }

    /// The names in it, in alphabetical order.
    pub(super) fn iter(self) -> impl Iterator<Item = RestrictionName> + use<> {
        RestrictionName::ALL
            .into_iter()
            .filter(move |name| self.contains(*name))
    }

    const fn bit(name: RestrictionName) -> u16 {
        1 << name as u16
    }
}
