//! The permit: proof that the gate said yes.
//!
//! Whoever wants object bytes must show an [`Authorized`], and only [`decide`](crate::decide) makes
//! one. It names what was decided upon, so that serving never asks the request again:
//!
//! ```compile_fail
//! // The fields are private and there is no constructor: no code outside this crate can write this.
//! let permit = countersign_gate::Authorized { operation: countersign_s3::Operation::GetObject };
//! ```

use std::sync::Arc;

use countersign_s3::{BucketId, BucketName, ObjectKey, Operation, Redirect, Versioning};
use countersign_sigv4::post_policy::SizeRange;
use countersign_sigv4::{AmzDate, PayloadMode};

use crate::{
    DeleteRights, ExistingTags, Identity, LinkId, Restrictions, RevocationFacts, TaggingRights,
};

/// A bucket that exists: its name, the id that tells it from an earlier one of that name, and
/// whether it keeps versions.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct BucketRef {
    /// The name.
    pub name: BucketName,
    /// The id.
    pub id: BucketId,
    /// Whether it keeps versions.
    pub versioning: Versioning,
}

/// The object that a copy reads, permitted together with the copy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SourceRef {
    /// Its bucket.
    pub bucket: BucketRef,
    /// Its key.
    pub key: ObjectKey,
    /// The version to read; none for the current one.
    pub version: Option<Box<str>>,
}

/// Proof that the gate permitted one operation on one resource.
#[derive(Clone, Debug)]
pub struct Authorized {
    pub(crate) operation: Operation,
    pub(crate) bucket: Option<BucketRef>,
    pub(crate) new_bucket: Option<Box<str>>,
    pub(crate) key: Option<ObjectKey>,
    pub(crate) version: Option<Box<str>>,
    pub(crate) source: Option<SourceRef>,
    pub(crate) identity: Arc<Identity>,
    pub(crate) payload: PayloadMode,
    pub(crate) presigned: Option<PresignedUse>,
    pub(crate) form: Option<PermittedForm>,
    pub(crate) restrictions: Option<Box<Restrictions>>,
    pub(crate) link: Option<LinkId>,
    pub(crate) may_list: bool,
    pub(crate) may_list_source: bool,
    pub(crate) deletes: Option<Box<DeleteRights>>,
    pub(crate) tagging: Option<Box<TaggingRights>>,
    pub(crate) existing_tags: Option<ExistingTags>,
    pub(crate) signed_at: Option<AmzDate>,
}

/// The right to look up the tags of objects, because a policy asks for them before anything is permitted.
/// Only [`decide`](crate::decide) gives it, and only to a verified signature.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TagQuestion {
    pub(crate) target: Option<ObjectPlace>,
    pub(crate) source: Option<ObjectPlace>,
}

/// Where an object is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectPlace {
    pub(crate) bucket: BucketRef,
    pub(crate) key: ObjectKey,
    pub(crate) version: Option<Box<str>>,
}

impl TagQuestion {
    /// The object that the request is addressed to.
    #[must_use]
    pub fn target(&self) -> Option<&ObjectPlace> {
        self.target.as_ref()
    }

    /// The object that a copy reads.
    #[must_use]
    pub fn source(&self) -> Option<&ObjectPlace> {
        self.source.as_ref()
    }
}

impl ObjectPlace {
    /// Its bucket.
    #[must_use]
    pub fn bucket(&self) -> &BucketRef {
        &self.bucket
    }

    /// Its key.
    #[must_use]
    pub fn key(&self) -> &ObjectKey {
        &self.key
    }

    /// The version that is asked for; none for the current one.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }
}

/// What is special about a use of a presigned URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PresignedUse {
    /// The last second at which the URL is valid: its own, or that of the session that signed it (threat B6).
    pub expires_at: AmzDate,
    /// Names the URL however it is spelled: taken from the verified signature, never from text.
    pub fingerprint: [u8; 32],
}

/// What is special about a browser's form.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PermittedForm {
    /// How large the file may be, to be held while it comes.
    pub sizes: SizeRange,
    /// Where the browser is sent afterwards, if the form asks for it and may.
    pub redirect: Option<Redirect>,
    /// The last second at which the form is valid.
    pub expires_at: AmzDate,
}

impl Authorized {
    /// The operation that was permitted.
    #[must_use]
    pub fn operation(&self) -> Operation {
        self.operation
    }

    /// The bucket it is permitted in; none for operations on the service, and where there is no such bucket
    /// but only what a body names says whether that may be told.
    #[must_use]
    pub fn bucket(&self) -> Option<&BucketRef> {
        self.bucket.as_ref()
    }

    /// The name of the bucket to be created, as sent; none for other operations.
    #[must_use]
    pub fn new_bucket(&self) -> Option<&str> {
        self.new_bucket.as_deref()
    }

    /// The key it is permitted on; none for operations on buckets and the service.
    #[must_use]
    pub fn key(&self) -> Option<&ObjectKey> {
        self.key.as_ref()
    }

    /// The version of the object it is permitted on, as sent; none for the current one.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        self.version.as_deref()
    }

    /// The object that a copy may read; none for operations that are not copies.
    #[must_use]
    pub fn source(&self) -> Option<&SourceRef> {
        self.source.as_ref()
    }

    /// On whose authority.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }

    /// What the body must be.
    #[must_use]
    pub fn payload(&self) -> PayloadMode {
        self.payload
    }

    /// The presigned URL this is a use of, if it is one.
    #[must_use]
    pub fn presigned(&self) -> Option<&PresignedUse> {
        self.presigned.as_ref()
    }

    /// The form this is the upload of, if it is one.
    #[must_use]
    pub fn form(&self) -> Option<&PermittedForm> {
        self.form.as_ref()
    }

    /// Whether who asks may know that a key is not there: who may not list is told no more than that it is
    /// not theirs (threat F8).
    #[must_use]
    pub fn may_list(&self) -> bool {
        self.may_list
    }

    /// The same of the object that a copy reads.
    #[must_use]
    pub fn may_list_source(&self) -> bool {
        self.may_list_source
    }

    /// The right to delete the keys that a body names, one by one; none for other operations.
    #[must_use]
    pub fn deletes(&self) -> Option<&DeleteRights> {
        self.deletes.as_deref()
    }

    /// The right to give an object the tags that a body names, if policies ask for those; it must be asked
    /// before anything is written.
    #[must_use]
    pub fn tagging(&self) -> Option<&TaggingRights> {
        self.tagging.as_deref()
    }

    /// The tags that the object had when it was decided, if a policy asked for them. The permit is for an
    /// object with these tags, and for no other that has taken its place (threat E4).
    #[must_use]
    pub fn seen_tags(&self) -> Option<&[(String, String)]> {
        self.existing_tags.as_ref()?.target.as_deref()
    }

    /// The same of the object that a copy reads.
    #[must_use]
    pub fn seen_source_tags(&self) -> Option<&[(String, String)]> {
        self.existing_tags.as_ref()?.source.as_deref()
    }

    /// What the signer restricted the link to; none if nothing. What can be known before any byte moves
    /// was checked; sizes, types, rates and uses are held by whoever serves.
    #[must_use]
    pub fn restrictions(&self) -> Option<&Restrictions> {
        self.restrictions.as_deref()
    }

    /// The link this is a use of: the name that the signer gave it, or else its verified signature. All
    /// uploads by one signed policy are uses of one link. None for requests signed by their header.
    #[must_use]
    pub fn link(&self) -> Option<LinkId> {
        self.link
    }

    /// What this is, as far as revocations go; none for requests signed by their header with a long-term key,
    /// which live for minutes and are stopped by disabling the key.
    #[must_use]
    pub fn revocation_facts(&self) -> Option<RevocationFacts<'_>> {
        if self.link.is_none() {
            let session = self.identity.session.as_ref();
            return session.map(|_| RevocationFacts::of_session(&self.identity));
        }
        Some(RevocationFacts {
            link: self.link,
            access_key_id: self.identity.access_key_id.as_str(),
            principal_id: &self.identity.principal_id,
            subject: self.restrictions().and_then(Restrictions::subject),
            bucket: self.bucket.as_ref().map(|bucket| &bucket.name),
            key: self.key.as_ref().map(ObjectKey::as_str),
            signed_at: self.signed_at,
            session_issued_at: self.identity.session_issued_at(),
            is_registered: self.identity.is_registered(),
        })
    }

    /// The last second at which the link is valid; none for requests signed by their header.
    #[must_use]
    pub fn expires_at(&self) -> Option<AmzDate> {
        let of_form = self.form.as_ref().map(|form| form.expires_at);
        self.presigned
            .map(|use_of_url| use_of_url.expires_at)
            .or(of_form)
    }
}
