//! The tags that an object had when a permit was given for it.
//!
//! Policies may ask for the tags of an object (`s3:ExistingObjectTag`). They are looked up before it is
//! decided, and until the permit is used another object, or other tags, may have taken their place.
//!
//! INVARIANT: a permit that was given for tags is of no use for an object with others (threat E4). Reads
//! compare the object that they found, changes compare in the transaction that carries them out.

use countersign_gate::Authorized;

use crate::lookup::Storage;
use crate::place::Place;
use crate::writer::{Version, Whereabouts, Work};
use crate::{Found, StoreError};

/// The tags that were decided upon; none if it was not asked for any.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct SeenTags(Option<Vec<(String, String)>>);

impl SeenTags {
    /// Those of the object that a permit is for.
    pub(crate) fn of_target(permit: &Authorized) -> Self {
        Self(permit.seen_tags().map(<[_]>::to_vec))
    }

    /// Those of the object that a copy may read.
    pub(crate) fn of_source(permit: &Authorized) -> Self {
        Self(permit.seen_source_tags().map(<[_]>::to_vec))
    }

    /// Whether an object with these tags may be what was decided upon.
    pub(crate) fn fit(&self, tags: &[(String, String)]) -> bool {
        self.0.as_deref().is_none_or(|seen| seen == tags)
    }

    /// What was found, unless it is another object than was decided upon. That nothing is there any more
    /// may be told.
    pub(crate) fn hold(&self, found: Found) -> Found {
        match &found {
            Found::Object(object) if !self.fit(&object.attributes().tags) => Found::Changed,
            _ => found,
        }
    }

    /// Whether a version, or nothing, may be what was decided upon. Nothing and delete markers have no tags.
    pub(crate) fn fit_version(
        &self,
        work: &Work<'_>,
        place: Place<'_>,
        version: Option<(&Version, Whereabouts)>,
    ) -> Result<bool, StoreError> {
        // COST: tags are read again only where a policy asked for them.
        if self.0.is_none() {
            return Ok(true);
        }
        match version {
            Some((version, whereabouts)) if version.storage != Storage::Nowhere => {
                let attributes = work.attributes(place, version, whereabouts)?;
                Ok(self.fit(&attributes.tags))
            }
            _ => Ok(self.fit(&[])),
        }
    }
}

#[cfg(test)]
impl From<&[(String, String)]> for SeenTags {
    fn from(tags: &[(String, String)]) -> Self {
        Self(Some(tags.to_vec()))
    }
}

#[cfg(test)]
mod tests;
