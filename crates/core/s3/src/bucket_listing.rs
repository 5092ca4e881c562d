//! The parameters of `ListBuckets` and which buckets they leave.
//!
//! Source: `ListBuckets` in the S3 API reference. Buckets come in the order of their names. Without
//! `max-buckets` there is one page with everything, as there was before the parameter existed.

use countersign_request::Query;
use thiserror::Error;

use crate::xml::list_buckets::BucketEntry;
use crate::{Fault, ListPosition};

const LARGEST_PAGE: usize = 10_000;

/// Which buckets to list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct BucketListParameters {
    /// Only names that begin with this.
    pub prefix: Option<String>,
    /// Only buckets in this region.
    pub region: Option<String>,
    /// The most entries of this page.
    pub max_buckets: Option<usize>,
    position: ListPosition,
}

/// Why the parameters were refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum BucketListError {
    /// The continuation token is none of ours.
    #[error("continuation token `{token}` is malformed")]
    ContinuationToken {
        /// The token.
        token: String,
    },
    /// `max-buckets` is not a number from 1 to 10,000.
    #[error("`max-buckets` is not between 1 and 10000: `{value}`")]
    MaxBuckets {
        /// The value.
        value: String,
    },
}

impl BucketListParameters {
    /// Reads the parameters; empty ones count as absent.
    ///
    /// # Errors
    /// [`BucketListError`] with the first that is malformed.
    pub fn of(query: &Query) -> Result<Self, BucketListError> {
        let filled = |name| query.first(name).filter(|value| !value.is_empty());
        let position = filled("continuation-token").map(|token| {
            ListPosition::of_token(token).ok_or_else(|| BucketListError::ContinuationToken {
                token: token.to_owned(),
            })
        });
        Ok(Self {
            prefix: filled("prefix").map(str::to_owned),
            region: filled("bucket-region").map(str::to_owned),
            max_buckets: filled("max-buckets").map(max_buckets).transpose()?,
            position: position.transpose()?.unwrap_or_default(),
        })
    }

    /// The buckets of this page, from all there are in any order, and where the next page begins.
    #[must_use]
    pub fn page(&self, buckets: Vec<BucketEntry>) -> (Vec<BucketEntry>, Option<ListPosition>) {
        let first = self.position.first_candidate();
        let mut wanted = buckets;
        wanted.retain(|bucket| {
            let name = bucket.name.as_str();
            name.as_bytes() >= first.as_slice()
                && self
                    .prefix
                    .as_deref()
                    .is_none_or(|prefix| name.starts_with(prefix))
                && self
                    .region
                    .as_ref()
                    .is_none_or(|region| bucket.region == *region)
        });
        wanted.sort_by(|a, b| a.name.cmp(&b.name));
        let page = self.max_buckets.unwrap_or(usize::MAX);
        let more = wanted.len() > page;
        wanted.truncate(page);
        let last = wanted.last().filter(|_| more);
        let next = last.map(|bucket| ListPosition::AfterKey(bucket.name.to_string()));
        (wanted, next)
    }
}

fn max_buckets(value: &str) -> Result<usize, BucketListError> {
    let number = value
        .parse()
        .ok()
        .filter(|number| (1..=LARGEST_PAGE).contains(number));
    number.ok_or_else(|| BucketListError::MaxBuckets {
        value: value.to_owned(),
    })
}

impl From<BucketListError> for Fault {
    fn from(error: BucketListError) -> Self {
        match error {
            BucketListError::ContinuationToken { token } => Self::invalid_argument(
                "The continuation token provided is incorrect",
                "continuation-token",
                token,
            ),
            BucketListError::MaxBuckets { value } => Self::invalid_argument(
                "Argument max-buckets must be an integer between 1 and 10000",
                "max-buckets",
                value,
            ),
        }
    }
}

#[cfg(test)]
mod tests;
