//! Giving a multipart upload up.

use super::{UploadId, remove_row};
use crate::UploadError;
use crate::cache::ObjectCache;
use crate::place::OwnedPlace;
use crate::writer::{Change, Leaving, Verdict, Work};

/// The end of an upload without an object.
#[derive(Debug)]
pub(crate) struct AbortUpload {
    pub(crate) place: OwnedPlace,
    pub(crate) id: UploadId,
}

impl Change for AbortUpload {
    type Outcome = ();
    type Answer = ();
    type Refusal = UploadError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        if !remove_row(work, self.place.borrow(), &self.id)? {
            return Ok(Err(UploadError::NoSuchUpload));
        }
        let files = work.remove_parts(self.id.body())?;
        work.leave(Leaving::Files(files));
        Ok(Ok(()))
    }

    fn settle(self, (): (), _: &ObjectCache) {}
}
