//! Where an object is: the number of its bucket, and its key.
//!
//! A place comes from a permit, and only if the permit is for one of the operations that the caller
//! carries out. This is the one door between `Authorized` and the bytes.

use std::hash::{Hash, Hasher};

use countersign_gate::Authorized;
use countersign_s3::{BucketId, ObjectKey, Operation};
use quick_cache::Equivalent;

use crate::StoreError;

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
