//! The numbers and ids of versions.
//!
//! Whoever writes a version draws its number in the same transaction, so the numbers of one key are in
//! the order in which its versions came to be. An id is the number and 64 random bits: the number
//! finds the row, and the whole id must be known to be told anything of it.

use countersign_s3::VersionId;

use crate::{StoreError, ids};

/// The place of a version among those of its key: minus its number, so that ascending is newest first.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) struct NewestFirst(pub(crate) i64);

impl NewestFirst {
    pub(crate) fn of_number(number: u64) -> Self {
        Self(number.cast_signed().saturating_neg())
    }
}

/// Makes the id of a new version that the bucket is to keep.
pub(crate) fn new_id(number: u64) -> Result<VersionId, StoreError> {
    let text = format!("{number:016x}{:016x}", ids::random_bits()?);
    VersionId::parse(&text).ok_or(StoreError::RandomnessUnavailable)
}

/// Where the version of this id must be; nowhere in particular for the null version.
pub(crate) fn place_of(id: &VersionId) -> Option<NewestFirst> {
    let number = id.as_str().get(..16).filter(|_| !id.is_null())?;
    u64::from_str_radix(number, 16)
        .ok()
        .map(NewestFirst::of_number)
}

#[cfg(test)]
mod tests;
