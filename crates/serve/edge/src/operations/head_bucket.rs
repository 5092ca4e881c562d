//! `HeadBucket`: it exists, and this is its region.

use http::{HeaderName, StatusCode};

use crate::answer::{self, Answer};
use crate::edge::Edge;

const BUCKET_REGION: HeaderName = HeaderName::from_static("x-amz-bucket-region");

/// Answers for a bucket that the gate has seen.
pub(super) fn answer(edge: &Edge) -> Answer {
    let mut answer = answer::empty(StatusCode::OK);
    answer
        .headers_mut()
        .insert(BUCKET_REGION, edge.region_header.clone());
    answer
}
