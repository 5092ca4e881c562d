//! Revocations: what was valid and is no more.
//!
//! A revocation names a link, or everything of a kind that was signed up to an instant. It is dropped when
//! the last URL it could concern has expired, so their number does not grow with the URLs ever issued
//! (threat D9).

mod check;
mod set;

use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate};

pub(crate) use self::check::check_revoked;
pub use self::set::{RevocationFacts, RevocationSet, RevokedBy};
use crate::LinkId;

/// What a revocation is about.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum RevocationTarget {
    /// Everything signed with one access key.
    AccessKey(AccessKeyId),
    /// One link.
    Link(LinkId),
    /// Everything for one object of a bucket.
    Object {
        /// The bucket's name.
        bucket: BucketName,
        /// The object's key.
        key: Box<str>,
    },
    /// Everything for the objects of a bucket whose keys begin so; an empty beginning is the whole bucket.
    Prefix {
        /// The bucket's name.
        bucket: BucketName,
        /// How the keys begin.
        prefix: Box<str>,
    },
    /// Everything signed with the temporary credentials that were issued to one user or role, by their
    /// instant of issue (threat H5).
    Sessions {
        /// The unique id of the user or role.
        principal_id: Box<str>,
    },
    /// Everything that was handed to one subject (`x-cs-subject`), whoever signed it.
    Subject(Box<str>),
    /// Everything that one user signed, with whatever key.
    User {
        /// The user's unique id.
        user_id: Box<str>,
    },
}

/// One revocation.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// What it is about.
    pub target: RevocationTarget,
    /// The last second of signing it concerns; a link is revoked whenever it was signed.
    pub signed_until: AmzDate,
    /// Whether transfers under way end as well.
    pub ends_transfers: bool,
    /// When it was made, in milliseconds since 1970.
    pub made_at_ms: i64,
    /// From when on nothing can be concerned any more, in milliseconds since 1970.
    pub expires_at_ms: i64,
}
