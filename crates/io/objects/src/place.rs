//! Where an object is: the number of its bucket, and its key.
//!
//! A place comes from a permit, and only if the permit is for one of the operations that the caller
//! carries out. This is the one door between `Authorized` and the bytes. What the permit says of
//! versions is read here too: which one is asked for, and whether the bucket keeps them.

use std::hash::{Hash, Hasher};

use countersign_gate::Authorized;
use countersign_s3::{BucketId, ObjectKey, Operation, VersionId, Versioning};
use quick_cache::Equivalent;

use crate::StoreError;
use crate::seen::SeenTags;

/// A bucket and a key in it, borrowed for looking up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Place<'a> {
    pub(crate) bucket: BucketId,
    pub(crate) key: &'a ObjectKey,
}

/// A bucket and a key in it, for keeping.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct OwnedPlace {
    pub(crate) bucket: BucketId,
    pub(crate) key: ObjectKey,
}

/// Where a change goes, and what becomes of what is there.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Target {
    pub(crate) place: OwnedPlace,
    pub(crate) versioning: Versioning,
    /// What must be there for the permit to hold.
    pub(crate) seen: SeenTags,
}

/// Which version of an object is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Wanted {
    /// The one that is visible now.
    Current,
    /// One by its id.
    Named(VersionId),
    /// One by an id that no version can have.
    Nothing,
}

impl<'a> Place<'a> {
    /// The place a permit is for.
    pub(crate) fn permitted(
        permit: &'a Authorized,
        operations: &[Operation],
    ) -> Result<Self, StoreError> {
        let not_permitted = StoreError::NotPermitted {
            operation: permit.operation(),
        };
        let bucket = permitted_bucket(permit, operations)?;
        permit
            .key()
            .map(|key| Self { bucket, key })
            .ok_or(not_permitted)
    }

    pub(crate) fn to_owned(self) -> OwnedPlace {
        OwnedPlace {
            bucket: self.bucket,
            key: self.key.clone(),
        }
    }
}

impl Target {
    /// The place a permit is for, to change something there.
    pub(crate) fn permitted(
        permit: &Authorized,
        operations: &[Operation],
    ) -> Result<Self, StoreError> {
        let place = Place::permitted(permit, operations)?.to_owned();
        let versioning = permit.bucket().map(|bucket| bucket.versioning);
        Ok(Self {
            place,
            versioning: versioning.unwrap_or_default(),
            seen: SeenTags::of_target(permit),
        })
    }
}

impl Wanted {
    /// Which version a request names.
    pub(crate) fn named(version: Option<&str>) -> Self {
        match version.map(VersionId::parse) {
            None => Self::Current,
            Some(None) => Self::Nothing,
            Some(Some(id)) => Self::Named(id),
        }
    }
}

/// The bucket a permit is for.
pub(crate) fn permitted_bucket(
    permit: &Authorized,
    operations: &[Operation],
) -> Result<BucketId, StoreError> {
    let operation = permit.operation();
    match permit.bucket() {
        Some(bucket) if operations.contains(&operation) => Ok(bucket.id),
        _ => Err(StoreError::NotPermitted { operation }),
    }
}

/// What a permit lets a copy read.
pub(crate) fn permitted_source(permit: &Authorized) -> Result<(OwnedPlace, Wanted), StoreError> {
    let operation = permit.operation();
    let copies = [Operation::CopyObject, Operation::UploadPartCopy];
    let source = permit.source().filter(|_| copies.contains(&operation));
    let source = source.ok_or(StoreError::NotPermitted { operation })?;
    let place = OwnedPlace {
        bucket: source.bucket.id,
        key: source.key.clone(),
    };
    Ok((place, Wanted::named(source.version.as_deref())))
}

impl OwnedPlace {
    pub(crate) fn borrow(&self) -> Place<'_> {
        Place {
            bucket: self.bucket,
            key: &self.key,
        }
    }
}

impl Hash for Place<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bucket.hash(state);
        self.key.hash(state);
    }
}

impl Hash for OwnedPlace {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.borrow().hash(state);
    }
}

impl Equivalent<OwnedPlace> for Place<'_> {
    fn equivalent(&self, place: &OwnedPlace) -> bool {
        *self == place.borrow()
    }
}
