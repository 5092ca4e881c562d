//! Restrictions: what a link may be used for, said by its signer in `x-cs-*` parameters.
//!
//! They are query parameters of a presigned URL, or fields of a form that its policy names with their
//! value, and so they lie under the signature: whoever can sign can restrict, and nobody else can change
//! anything (docs/specs/restrictions.md). Everything that can be known without state is checked here;
//! the sizes, types and rates of bodies are held by whoever moves them, with the permit in hand.
//!
//! INVARIANT: a restriction only narrows. What is not understood, stands twice, stands where it would
//! not be signed, or cannot be held for the operation, is refused; nothing is ignored.

mod check;
mod country;
mod error;
mod name;
mod network;
mod place;
mod size;
mod types;
mod value;

use std::num::NonZeroU32;

use countersign_sigv4::AmzDate;
use ipnet::IpNet;

pub use country::{Country, CountryCode};
pub use error::{OutOfPlace, RestrictionError, RestrictionNotMet};
pub use name::RestrictionName;
pub use size::ByteRange;
pub use types::{AllowedType, AllowedTypes};

pub(crate) use place::restrictions_of;

/// The restrictions of one link, all of them understood.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Restrictions {
    present: name::Set,
    id: Option<Box<str>>,
    subject: Option<Box<str>>,
    not_before: Option<AmzDate>,
    networks: Option<Box<[IpNet]>>,
    countries: Option<Box<[CountryCode]>>,
    uses: Option<NonZeroU32>,
    bytes: Option<ByteRange>,
    types: Option<AllowedTypes>,
    rate: Option<u64>,
}

impl Restrictions {
    /// Reads the restrictions among these pairs of names and values, all of them decoded; `None` if
    /// there are none. Other names are passed over.
    ///
    /// ```
    /// use countersign_gate::Restrictions;
    /// let pairs = [("versionId", "1"), ("x-cs-uses", "3")];
    /// let restrictions = Restrictions::of(pairs).unwrap().unwrap();
    /// assert_eq!(restrictions.uses().unwrap().get(), 3);
    /// assert!(Restrictions::of([("x-cs-uses", "0")]).is_err());
    /// assert!(Restrictions::of([("X-Cs-Uses", "3")]).is_err());
    /// ```
    ///
    /// # Errors
    /// [`RestrictionError`] if a name is unknown, respelled or repeated, or a value is none.
    pub fn of<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Option<Box<Self>>, RestrictionError> {
        let mut found: Option<Box<Self>> = None;
        for (name, value) in pairs {
            if !RestrictionName::is_reserved(name) {
                continue;
            }
            let name = RestrictionName::parse(name)?;
            let restrictions = found.get_or_insert_default();
            if !restrictions.present.insert(name) {
                return Err(RestrictionError::Repeated { name });
            }
            restrictions
                .set(name, value)
                .ok_or_else(|| RestrictionError::bad_value(name, value))?;
        }
        Ok(found)
    }

    /// Takes a value; `None` if it is none for this restriction.
    fn set(&mut self, name: RestrictionName, value: &str) -> Option<()> {
        if value.len() > value::LONGEST {
            return None;
        }
        match name {
            RestrictionName::Bind => return (value == "first").then_some(()),
            RestrictionName::Create | RestrictionName::Page => {
                return (value == "true").then_some(());
            }
            RestrictionName::Bytes => self.bytes = Some(ByteRange::parse(value)?),
            RestrictionName::Country => self.countries = Some(country::parse(value)?),
            RestrictionName::Id => self.id = Some(value::id(value)?.into()),
            RestrictionName::Ip => self.networks = Some(network::parse(value)?),
            RestrictionName::NotBefore => self.not_before = Some(AmzDate::parse(value)?),
            RestrictionName::Rate => self.rate = Some(value::rate(value)?),
            RestrictionName::Subject => self.subject = Some(value::subject(value)?.into()),
            RestrictionName::Type => self.types = Some(AllowedTypes::parse(value)?),
            RestrictionName::Uses => self.uses = Some(value::uses(value)?),
        }
        Some(())
    }

    /// The names of those that are there, such as `x-cs-uses`, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.present.iter().map(RestrictionName::as_str)
    }

    /// Whether this restriction is there.
    #[must_use]
    pub fn has(&self, name: RestrictionName) -> bool {
        self.present.contains(name)
    }

    /// The name that the signer gave the link.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.id.as_deref()
    }

    /// Whom the link was handed to.
    #[must_use]
    pub fn subject(&self) -> Option<&str> {
        self.subject.as_deref()
    }

    /// The first second at which the link may be used.
    #[must_use]
    pub fn not_before(&self) -> Option<AmzDate> {
        self.not_before
    }

    /// The networks a client must be in one of.
    #[must_use]
    pub fn networks(&self) -> Option<&[IpNet]> {
        self.networks.as_deref()
    }

    /// The countries a client must be in one of.
    #[must_use]
    pub fn countries(&self) -> Option<&[CountryCode]> {
        self.countries.as_deref()
    }

    /// How often the link may be used.
    #[must_use]
    pub fn uses(&self) -> Option<NonZeroU32> {
        self.uses
    }

    /// Whether the first network to use the link becomes the only one.
    #[must_use]
    pub fn binds_first(&self) -> bool {
        self.has(RestrictionName::Bind)
    }

    /// How large an upload may be.
    #[must_use]
    pub fn bytes(&self) -> Option<ByteRange> {
        self.bytes
    }

    /// What an upload may be.
    #[must_use]
    pub fn types(&self) -> Option<&AllowedTypes> {
        self.types.as_ref()
    }

    /// Whether an upload may only make an object that is not there yet, and only once.
    #[must_use]
    pub fn creates_only(&self) -> bool {
        self.has(RestrictionName::Create)
    }

    /// How many bytes a second a transfer may move.
    #[must_use]
    pub fn rate(&self) -> Option<u64> {
        self.rate
    }

    /// Whether browsers get a page first, whose button uses the link.
    #[must_use]
    pub fn has_page(&self) -> bool {
        self.has(RestrictionName::Page)
    }
}

#[cfg(test)]
mod tests;
