//! `GetBucketLocation`: every bucket is in this server's region.

use countersign_s3::xml::location::location_document;

use crate::answer::{self, Answer};
use crate::edge::Edge;

/// Answers for a bucket that the gate has seen.
pub(super) fn answer(edge: &Edge) -> Answer {
    answer::document(location_document(&edge.settings.region))
}
