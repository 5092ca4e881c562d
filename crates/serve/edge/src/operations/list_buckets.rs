//! `ListBuckets`, by name, in pages where the client asks for them.

use countersign_gate::Refusal;
use countersign_s3::xml::list_buckets::{BucketEntry, Owner, list_buckets_document};
use countersign_s3::{BucketListParameters, Fault, Timestamp};
use http::request::Parts;

use super::query_of;
use crate::answer::{self, Answer};
use crate::edge::Edge;

/// This installation as an owner: everything in it belongs to one account. It has a name too, as
/// there are clients that expect one.
pub(super) const OWNER: Owner<'static> = Owner {
    id: "c0577e251900000000000000000000000000000000000000000000000000c057",
    display_name: Some("countersign"),
};

/// Lists the buckets.
pub(super) async fn perform(edge: &Edge, parts: &Parts) -> Result<Answer, Refusal> {
    let query = query_of(parts)?;
    let parameters = BucketListParameters::of(&query).map_err(Fault::from)?;
    let buckets = edge
        .directory
        .state()
        .list_buckets(None)
        .await
        .map_err(|error| answer::without_state(&error))?;
    let entry = |bucket: countersign_state::Bucket| BucketEntry {
        name: bucket.name,
        created: Timestamp::from_unix_ms(u64::try_from(bucket.created_at.0).unwrap_or(0)),
        region: bucket.region,
    };
    let (page, next) = parameters.page(buckets.into_iter().map(entry).collect());
    let document = list_buckets_document(OWNER, &parameters, &page, next.as_ref());
    Ok(answer::document(document))
}
