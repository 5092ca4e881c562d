//! An object as readers see it: decoded once, then shared.

use std::fmt;
use std::fs::File;

use bytes::Bytes;
use countersign_s3::{ETag, ObjectAttributes, VersionId};

use crate::beginning::Beginning;
use crate::part::{ObjectPart, PartedBody};

/// The number of one stored body. Never used again, not even for the same key.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ObjectId(pub(crate) u64);

impl fmt::Display for ObjectId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// One version of one object. While somebody holds it, its bytes can be read, replaced or not.
#[derive(Debug)]
pub struct Object {
    pub(crate) id: ObjectId,
    pub(crate) version_id: VersionId,
    pub(crate) size: u64,
    pub(crate) etag: ETag,
    pub(crate) modified_ms: i64,
    pub(crate) attributes: ObjectAttributes,
    pub(crate) beginning: Beginning,
    pub(crate) body: Body,
}

/// Where the bytes are.
#[derive(Debug)]
pub(crate) enum Body {
    /// In an open file.
    File(File),
    /// In memory.
    Memory(Bytes),
    /// In the files of its parts.
    Parts(PartedBody),
}

impl Object {
    /// The number of this body.
    #[must_use]
    pub fn id(&self) -> ObjectId {
        self.id
    }

    /// Which version it is; `null` where the bucket kept none when it was written.
    #[must_use]
    pub fn version_id(&self) -> &VersionId {
        &self.version_id
    }

    /// The size in bytes.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The entity tag.
    #[must_use]
    pub fn etag(&self) -> &ETag {
        &self.etag
    }

    /// When it was stored, in milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn modified_ms(&self) -> i64 {
        self.modified_ms
    }

    /// What was stored beside the bytes.
    #[must_use]
    pub fn attributes(&self) -> &ObjectAttributes {
        &self.attributes
    }

    /// The parts it was made from, in order; none if it was put in one piece.
    #[must_use]
    pub fn parts(&self) -> &[ObjectPart] {
        match &self.body {
            Body::File(_) | Body::Memory(_) => &[],
            Body::Parts(body) => body.parts(),
        }
    }

    /// The first bytes of the body, at most [`BEGINNING_BYTES`](countersign_s3::BEGINNING_BYTES).
    #[must_use]
    pub fn beginning(&self) -> &[u8] {
        self.beginning.bytes()
    }

    /// The whole body, if it is in memory.
    #[must_use]
    pub fn bytes(&self) -> Option<Bytes> {
        match &self.body {
            Body::File(_) | Body::Parts(_) => None,
            Body::Memory(bytes) => Some(bytes.clone()),
        }
    }
}
