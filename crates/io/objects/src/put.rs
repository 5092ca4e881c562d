//! The change that makes a body the current version of its key.
//!
//! Put, copied or completed from parts: the condition is judged against what is visible, then the
//! bucket's versioning decides what becomes of that.

use std::sync::Arc;

use countersign_s3::ETag;

use crate::cache::ObjectCache;
use crate::object::Body;
use crate::part::{self, PartRow};
use crate::place::Target;
use crate::temporary::FileClaim;
use crate::writer::{CHANGE_BYTES, Change, Verdict, Version, Whereabouts, Work};
use crate::{CommitError, Object, StoreError};

/// What a key must hold for a body to be stored there; looked at in the same transaction.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum PutCondition {
    /// An object with this tag (`If-Match`).
    IfMatch(ETag),
    /// Nothing (`If-None-Match: *`).
    IfAbsent,
    /// Whatever it likes.
    #[default]
    None,
}

/// A body that is ready to be named by a row.
#[derive(Debug)]
pub(crate) struct Put {
    pub(crate) target: Target,
    /// Gets its version id where its row is written.
    pub(crate) object: Object,
    /// The files of the body.
    pub(crate) claims: Vec<FileClaim>,
    pub(crate) condition: PutCondition,
}

impl PutCondition {
    /// Judges the condition; if it does not hold, says what the key holds.
    pub(crate) fn check(&self, current: Option<&Version>) -> Result<(), Option<ETag>> {
        let current = current.map(|version| &version.etag);
        let holds = match self {
            Self::IfMatch(etag) => current == Some(etag),
            Self::IfAbsent => current.is_none(),
            Self::None => true,
        };
        holds.then_some(()).ok_or_else(|| current.cloned())
    }
}

impl Put {
    /// Writes the rows of a copy's parts.
    fn insert_parts(&self, work: &Work<'_>) -> Result<(), StoreError> {
        let Object {
            id,
            modified_ms,
            attributes,
            ..
        } = &self.object;
        let algorithm = attributes.checksum.as_ref().map(|c| c.algorithm);
        for part in self.object.parts() {
            let row = PartRow::of_copy(part, algorithm, *modified_ms);
            part::insert(work.transaction, *id, &row)?;
        }
        Ok(())
    }
}

impl Change for Put {
    type Outcome = ();
    type Answer = Arc<Object>;
    type Refusal = CommitError;

    fn written_bytes(&self) -> u64 {
        match &self.object.body {
            Body::Memory(_) => CHANGE_BYTES + self.object.size,
            Body::File(_) => CHANGE_BYTES,
            Body::Parts(body) => CHANGE_BYTES + body.parts().len() as u64 * part::ROW_BYTES,
        }
    }

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let Target {
            place,
            versioning,
            seen,
        } = &self.target;
        let (place, bucket) = (place.borrow(), place.bucket);
        if work.is_closed(bucket)? {
            return Ok(Err(CommitError::BucketGone { bucket }));
        }
        let current = work.current(place)?;
        let there = current
            .as_ref()
            .map(|version| (version, Whereabouts::Current));
        if !seen.fit_version(work, place, there)? {
            return Ok(Err(CommitError::Changed));
        }
        if let Err(current) = self.condition.check(current.as_ref()) {
            return Ok(Err(CommitError::PreconditionFailed { current }));
        }
        let (version_id, newest_first) = work.make_room(place, current.as_ref(), *versioning)?;
        self.object.version_id = version_id;
        work.insert_current(place, &self.object, newest_first)?;
        self.insert_parts(work)?;
        Ok(Ok(()))
    }

    fn settle(self, (): (), cache: &ObjectCache) -> Arc<Object> {
        let object = Arc::new(self.object);
        cache.replace(self.target.place, Arc::clone(&object));
        self.claims.into_iter().for_each(FileClaim::keep);
        object
    }

    fn abandon(self) {
        self.claims.into_iter().for_each(FileClaim::keep);
    }
}
