//! Whether a bucket keeps the versions of its objects.
//!
//! Source: "Using versioning in S3 buckets". A bucket begins unversioned and never returns to that
//! state: once enabled, versioning can only be suspended.

/// The versioning state of a bucket.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub enum Versioning {
    /// Never enabled: one version, `null`, which every write replaces.
    #[default]
    Unversioned,
    /// Every write makes a version, and a delete only hides the object.
    Enabled,
    /// Earlier versions are kept; writes replace the null version.
    Suspended,
}
