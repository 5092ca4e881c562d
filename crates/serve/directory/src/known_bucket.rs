//! A bucket with its configuration, as far as requests need it.

use std::sync::Arc;

use countersign_gate::{BucketPolicy, BucketRef};
use countersign_s3::cors::CorsConfiguration;
use countersign_s3::xml::bucket_cors::read_cors;
use countersign_state::{Bucket, BucketDocument};

/// A bucket that is known.
pub struct KnownBucket {
    /// Its name, its number, and whether it keeps versions.
    pub reference: BucketRef,
    /// Its cross-origin rules.
    pub cors: OwnRules,
    /// Its policy.
    pub policy: Arc<BucketPolicy>,
}

/// The cross-origin rules that a bucket has of its own.
pub enum OwnRules {
    /// They cannot be read any more, so they allow nothing.
    Damaged,
    /// It has none.
    None,
    /// It has these.
    Some(CorsConfiguration),
}

impl KnownBucket {
    pub(crate) fn new(bucket: Bucket) -> Self {
        let cors = match bucket.document(BucketDocument::Cors) {
            None => OwnRules::None,
            Some(document) => {
                read_cors(document.as_bytes()).map_or(OwnRules::Damaged, OwnRules::Some)
            }
        };
        let policy = BucketPolicy::read(bucket.document(BucketDocument::Policy));
        Self {
            policy: Arc::new(policy),
            reference: BucketRef {
                name: bucket.name,
                id: bucket.id,
                versioning: bucket.versioning,
            },
            cors,
        }
    }
}
