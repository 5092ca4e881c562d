//! `s3://bucket/key`, as typed for what lies in a bucket.

use std::str::FromStr;

use countersign_s3::{BucketName, MAX_KEY_BYTES};

/// A bucket, or what lies in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct S3Place {
    /// The bucket.
    pub(crate) bucket: BucketName,
    /// What stands behind the slash, exactly as typed; empty for the bucket itself.
    pub(crate) rest: String,
}

impl FromStr for S3Place {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let place = text
            .strip_prefix("s3://")
            .ok_or("write it as s3://bucket/key")?;
        let (bucket, rest) = place.split_once('/').unwrap_or((place, ""));
        if rest.len() > MAX_KEY_BYTES {
            return Err(format!("a key has at most {MAX_KEY_BYTES} bytes"));
        }
        Ok(Self {
            bucket: BucketName::parse(bucket).map_err(|error| error.to_string())?,
            rest: rest.to_owned(),
        })
    }
}

/// Reads a place that is not the bucket itself.
pub(super) fn parse_within(text: &str) -> Result<S3Place, String> {
    let place: S3Place = text.parse()?;
    if place.rest.is_empty() {
        return Err("name what lies in the bucket, s3://bucket/key, or use --bucket".to_owned());
    }
    Ok(place)
}

/// Reads a bucket's name, with or without `s3://`.
pub(super) fn parse_bucket(text: &str) -> Result<BucketName, String> {
    let name = text.strip_prefix("s3://").unwrap_or(text);
    let name = name.strip_suffix('/').unwrap_or(name);
    BucketName::parse(name).map_err(|error| error.to_string())
}
