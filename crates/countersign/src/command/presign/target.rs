//! What is to be presigned: `s3://bucket/key`, or `bucket/key` as the AWS CLI also takes it.

use std::str::FromStr;

use countersign_s3::MAX_KEY_BYTES;
use thiserror::Error;

/// A bucket and, unless the bucket itself is meant, a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Target {
    /// The name of the bucket.
    pub(super) bucket: String,
    /// The key, exactly as typed; empty for the bucket itself.
    pub(super) key: String,
}

/// Why a target or an endpoint cannot be used.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum TargetError {
    /// The target is an ARN.
    #[error("access points and other ARNs are not supported; name the bucket")]
    Arn,
    /// No bucket name can look like this.
    #[error("`{name}` is not a bucket name; write s3://bucket/key")]
    Bucket {
        /// As typed.
        name: String,
    },
    /// The endpoint is not a URL of a server.
    #[error("endpoint `{url}` is not an http:// or https:// URL without query")]
    Endpoint {
        /// As configured.
        url: String,
    },
    /// No key is this long.
    #[error("a key has at most {MAX_KEY_BYTES} bytes, not {bytes}")]
    KeyTooLong {
        /// Its length.
        bytes: usize,
    },
    /// The bucket's name cannot be part of a host name.
    #[error("bucket `{name}` cannot be part of a host name; use --addressing-style path")]
    NotAHost {
        /// The bucket.
        name: String,
    },
    /// The region is not one.
    #[error("`{name}` is not a region")]
    Region {
        /// As configured.
        name: String,
    },
}

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let text = text.strip_prefix("s3://").unwrap_or(text);
        if text.starts_with("arn:") {
            return Err(TargetError::Arn);
        }
        let (bucket, key) = text.split_once('/').unwrap_or((text, ""));
        // AWS: buckets of before 2018 may have upper-case letters and underscores.
        let is_name = (3..=255).contains(&bucket.len())
            && bucket
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b));
        if !is_name {
            return Err(TargetError::Bucket {
                name: bucket.to_owned(),
            });
        }
        if key.len() > MAX_KEY_BYTES {
            return Err(TargetError::KeyTooLong { bytes: key.len() });
        }
        Ok(Self {
            bucket: bucket.to_owned(),
            key: key.to_owned(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Target, TargetError};

    #[test]
    fn keys_are_taken_exactly_as_typed() {
        for (text, bucket, key) in [
            ("s3://photos/a/b c.jpg", "photos", "a/b c.jpg"),
            ("photos/a", "photos", "a"),
            ("s3://photos//a/../b/", "photos", "/a/../b/"),
            ("s3://photos/a%20b?x#y", "photos", "a%20b?x#y"),
            ("s3://photos", "photos", ""),
            ("s3://Old_Bucket/k", "Old_Bucket", "k"),
        ] {
            let expected = Target {
                bucket: bucket.to_owned(),
                key: key.to_owned(),
            };
            assert_eq!(text.parse(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_bucket_is_refused() {
        for text in [
            "",
            "s3://",
            "s3:///key",
            "https://photos/key",
            "s3://a b/key",
        ] {
            let error = text.parse::<Target>().unwrap_err();
            assert!(
                matches!(error, TargetError::Bucket { .. }),
                "{text}: {error}"
            );
        }
        let arn = "s3://arn:aws:s3:us-east-1:123456789012:accesspoint/x/key";
        assert_eq!(arn.parse::<Target>(), Err(TargetError::Arn));
        let long = format!("s3://photos/{}", "k".repeat(1_025));
        assert_eq!(
            long.parse::<Target>(),
            Err(TargetError::KeyTooLong { bytes: 1_025 })
        );
    }
}
