//! Beginning a multipart upload.

use countersign_s3::{ChecksumAlgorithm, ChecksumKind, ObjectAttributes};

use super::UploadId;
use crate::cache::ObjectCache;
use crate::index::column;
use crate::place::OwnedPlace;
use crate::writer::{Change, Verdict, Work};
use crate::{UploadError, attributes, checksum_text};

/// What an upload begins with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewUpload {
    /// The attributes the object will have, less its checksum.
    pub attributes: ObjectAttributes,
    /// How parts and object are to be checked.
    pub checksum: Option<UploadChecksum>,
    /// Who begins it.
    pub initiator: String,
    /// The instant to record, in milliseconds since 1970-01-01 UTC.
    pub initiated_ms: i64,
}

/// How the parts of an upload and the object made from them are checked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct UploadChecksum {
    /// With which algorithm.
    pub algorithm: ChecksumAlgorithm,
    /// Over what the object's checksum is computed.
    pub kind: ChecksumKind,
}

/// The beginning of an upload.
#[derive(Debug)]
pub(crate) struct CreateUpload {
    pub(crate) place: OwnedPlace,
    pub(crate) id: UploadId,
    pub(crate) new: NewUpload,
}

impl Change for CreateUpload {
    type Outcome = ();
    type Answer = UploadId;
    type Refusal = UploadError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let bucket = self.place.bucket;
        if work.is_closed(bucket)? {
            return Ok(Err(UploadError::BucketGone { bucket }));
        }
        let checksum = self.new.checksum;
        let checksum = checksum.map(|plan| checksum_text::write_plan(plan.algorithm, plan.kind));
        work.transaction
            .prepare_cached(
                "INSERT INTO upload \
                 (bucket_id, key, upload_id, initiated_ms, attributes, checksum, initiator) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            )?
            .execute((
                column(bucket),
                self.place.key.as_bytes(),
                self.id.as_str(),
                self.new.initiated_ms,
                attributes::to_text(&self.new.attributes)?,
                checksum.unwrap_or_default(),
                &self.new.initiator,
            ))?;
        Ok(Ok(()))
    }

    fn settle(self, (): (), _: &ObjectCache) -> UploadId {
        self.id
    }
}
