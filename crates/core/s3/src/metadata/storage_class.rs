//! Storage classes.
//!
//! Every object here is stored alike and readable at once, so the classes that promise that are
//! taken and reported back. The archives promise the contrary, which is a function we do not have.

use thiserror::Error;

use crate::{ErrorCode, Fault};

const READABLE: [&str; 6] = [
    "GLACIER_IR",
    "INTELLIGENT_TIERING",
    "ONEZONE_IA",
    "REDUCED_REDUNDANCY",
    "STANDARD",
    "STANDARD_IA",
];
const ARCHIVES: [&str; 2] = ["DEEP_ARCHIVE", "GLACIER"];

/// Why a storage class could not be taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum StorageClassError {
    /// It is an archive, and there is none.
    #[error("storage class `{class}` is not implemented")]
    Archive {
        /// The class.
        class: &'static str,
    },
    /// There is no such class for ordinary buckets.
    #[error("storage class `{class}` is not valid")]
    Unknown {
        /// The class as sent.
        class: String,
    },
}

/// The class to store; none for `STANDARD`, which S3 never reports.
pub(super) fn parse(class: Option<&str>) -> Result<Option<String>, StorageClassError> {
    let Some(class) = class else { return Ok(None) };
    if let Some(archive) = ARCHIVES.into_iter().find(|a| *a == class) {
        return Err(StorageClassError::Archive { class: archive });
    }
    if !READABLE.contains(&class) {
        return Err(StorageClassError::Unknown {
            class: class.to_owned(),
        });
    }
    Ok((class != "STANDARD").then(|| class.to_owned()))
}

impl From<StorageClassError> for Fault {
    fn from(error: StorageClassError) -> Self {
        match error {
            StorageClassError::Archive { .. } => {
                Self::new(ErrorCode::NotImplemented).with("Header", "x-amz-storage-class")
            }
            StorageClassError::Unknown { class } => {
                Self::new(ErrorCode::InvalidStorageClass).with("StorageClassRequested", class)
            }
        }
    }
}
