//! Numbers that are never used twice, and random ones that nobody can guess.
//!
//! Bodies, files, versions and uploads all take theirs from one counter. Each opening reserves a range
//! for ever ([`reserve_ids`](crate::index::reserve_ids)), so the numbers grow over restarts too.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use rand::TryRng as _;
use rand::rngs::SysRng;

use crate::{ObjectId, StoreError};

/// The counter. Cheap to clone; all clones count together.
#[derive(Clone, Debug)]
pub(crate) struct Ids(Arc<AtomicU64>);

impl Ids {
    pub(crate) fn from(first: ObjectId) -> Self {
        Self(Arc::new(AtomicU64::new(first.0)))
    }

    /// A number greater than all before.
    pub(crate) fn number(&self) -> u64 {
        self.0.fetch_add(1, Ordering::Relaxed)
    }

    /// The id of a new body or file.
    pub(crate) fn object(&self) -> ObjectId {
        ObjectId(self.number())
    }
}

/// 64 bits from the operating system.
pub(crate) fn random_bits() -> Result<u64, StoreError> {
    SysRng
        .try_next_u64()
        .map_err(|_| StoreError::RandomnessUnavailable)
}
