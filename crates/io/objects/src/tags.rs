//! The change that replaces the tags of one version.
//!
//! Tags are attributes, but may be changed later ("PutObjectTagging"); size, time, ETag and version
//! stay.

use countersign_s3::VersionId;

use crate::cache::ObjectCache;
use crate::index::column;
use crate::lookup::Storage;
use crate::place::{OwnedPlace, Wanted};
use crate::seen::SeenTags;
use crate::writer::{Change, Verdict, Version, Whereabouts, Work};
use crate::{StoreError, TagError, attributes};

/// New tags for the current version of an object, or a named one.
#[derive(Debug)]
pub(crate) struct SetTags {
    pub(crate) place: OwnedPlace,
    pub(crate) wanted: Wanted,
    /// What must be there for the permit to hold.
    pub(crate) seen: SeenTags,
    pub(crate) tags: Vec<(String, String)>,
}

impl SetTags {
    fn find(
        &self,
        work: &Work<'_>,
    ) -> Result<Result<(Version, Whereabouts), TagError>, StoreError> {
        let place = self.place.borrow();
        let (found, missing) = match &self.wanted {
            Wanted::Named(id) => (work.named(place, id)?, TagError::NoSuchVersion),
            Wanted::Nothing => (None, TagError::NoSuchVersion),
            Wanted::Current => match work.current(place)? {
                Some(version) => (Some((version, Whereabouts::Current)), TagError::Absent),
                None => {
                    let marker = work.newest_old(place)?;
                    let marker = marker.map(|version| (version, Whereabouts::Old));
                    (marker, TagError::Absent)
                }
            },
        };
        Ok(match found {
            None => Err(missing),
            Some((version, _)) if version.storage == Storage::Nowhere => {
                Err(TagError::DeleteMarker {
                    version_id: version.version_id,
                })
            }
            Some(found) => Ok(found),
        })
    }
}

impl Change for SetTags {
    type Outcome = VersionId;
    type Answer = VersionId;
    type Refusal = TagError;

    fn apply(&mut self, work: &mut Work<'_>) -> Verdict<Self> {
        let (version, whereabouts) = match self.find(work)? {
            Ok(found) => found,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let place = self.place.borrow();
        let mut attributes = work.attributes(place, &version, whereabouts)?;
        if !self.seen.fit(&attributes.tags) {
            return Ok(Err(TagError::Changed));
        }
        let write = match whereabouts {
            Whereabouts::Current => {
                "UPDATE object SET attributes = ?4 \
                 WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3"
            }
            Whereabouts::Old => {
                "UPDATE old_version SET attributes = ?4 \
                 WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3"
            }
        };
        let (bucket, key) = (column(place.bucket), place.key.as_bytes());
        let number = version.newest_first.0;
        attributes.tags = std::mem::take(&mut self.tags);
        let text = attributes::to_text(&attributes)?;
        work.transaction
            .prepare_cached(write)?
            .execute((bucket, key, number, text))?;
        Ok(Ok(version.version_id))
    }

    fn settle(self, version_id: VersionId, cache: &ObjectCache) -> VersionId {
        // The next reader loads it anew.
        cache.remove(self.place.borrow());
        version_id
    }
}

#[cfg(test)]
mod tests;
