//! The number a bucket goes by inside.
//!
//! A bucket's name can be deleted and created anew; its number is never used again. Everything that
//! is kept about objects is kept under the number, so nothing left over from an old bucket can show
//! up in a new one of the same name.

use std::fmt;

/// The lasting number of one bucket.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct BucketId(pub u64);

impl fmt::Display for BucketId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
