//! What looking for an object comes to.

use std::sync::Arc;

use countersign_s3::VersionId;

use crate::Object;

/// What there is at a key, or under a version id.
#[derive(Clone, Debug)]
pub enum Found {
    /// Nothing: the key has no current version, and nothing hides one.
    Absent,
    /// An object, but not with the tags that the permit was given for: who asks again is decided upon anew.
    Changed,
    /// A delete marker.
    DeleteMarker {
        /// Its version id.
        version_id: VersionId,
        /// When it was made, in milliseconds since 1970-01-01 UTC.
        modified_ms: i64,
        /// Whether it is what hides the key right now.
        current: bool,
    },
    /// There is no version of that id.
    NoSuchVersion,
    /// An object.
    Object(Arc<Object>),
}

impl Found {
    /// The object, if it is one.
    #[must_use]
    pub fn into_object(self) -> Option<Arc<Object>> {
        match self {
            Self::Object(object) => Some(object),
            Self::Absent | Self::Changed | Self::DeleteMarker { .. } | Self::NoSuchVersion => None,
        }
    }
}
