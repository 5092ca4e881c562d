//! Headers that ask for something this service does not do.
//!
//! A client that asks for encryption, a lock or an access list and gets a plain 200 believes to have
//! it. So these headers are refused, never ignored: with 501 as S3 does for what it has not
//! implemented, and access lists as S3 does in a bucket whose owner is enforced.
//!
//! `x-amz-bypass-governance-retention` is not among them: nothing can be locked here, so there is
//! nothing to get past, and tools that empty buckets send it with every deletion.

use thiserror::Error;

use crate::conditional::DELETE_CONDITIONS;
use crate::{ErrorCode, Fault, Fields, Operation};

const GRANT: &str = "x-amz-grant-";
const PREFIXES: [&str; 5] = [
    "x-amz-copy-source-server-side-encryption",
    "x-amz-if-match-",
    "x-amz-object-lock-",
    "x-amz-rename-source",
    "x-amz-server-side-encryption",
];

const NAMES: [&str; 4] = [
    "x-amz-expected-bucket-owner",
    "x-amz-mfa",
    "x-amz-source-expected-bucket-owner",
    "x-amz-write-offset-bytes",
];

/// Which function was asked for in vain.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum UnsupportedError {
    /// An access list other than the owner's.
    #[error("access list `{acl}` is not supported")]
    AccessList {
        /// The canned list, or the header that grants.
        acl: String,
    },
    /// A header without a function behind it.
    #[error("the function behind header `{name}` is not implemented")]
    Header {
        /// The header, lower case.
        name: String,
    },
    /// An ownership of objects that does not exist.
    #[error("object ownership `{value}` does not exist")]
    Ownership {
        /// The value.
        value: String,
    },
}

/// Refuses a request that asks for something this service does not do.
///
/// # Errors
/// [`UnsupportedError`] with the first such header.
pub fn refuse_unsupported(
    fields: &Fields<'_>,
    operation: Operation,
) -> Result<(), UnsupportedError> {
    for (name, value) in fields.amz() {
        let name = name.to_ascii_lowercase();
        let supported = match name.as_str() {
            "x-amz-acl" => match value {
                b"private" | b"bucket-owner-full-control" => true,
                other => {
                    let acl = String::from_utf8_lossy(other).into_owned();
                    return Err(UnsupportedError::AccessList { acl });
                }
            },
            "x-amz-bucket-object-lock-enabled" => value.eq_ignore_ascii_case(b"false"),
            "x-amz-object-ownership" => match value {
                b"BucketOwnerEnforced" => true,
                b"BucketOwnerPreferred" | b"ObjectWriter" => false,
                other => {
                    let value = String::from_utf8_lossy(other).into_owned();
                    return Err(UnsupportedError::Ownership { value });
                }
            },
            grant if grant.starts_with(GRANT) => {
                let acl = grant.to_owned();
                return Err(UnsupportedError::AccessList { acl });
            }
            condition if DELETE_CONDITIONS.contains(&condition) => {
                operation == Operation::DeleteObject
            }
            name => !NAMES.contains(&name) && !PREFIXES.iter().any(|p| name.starts_with(p)),
        };
        if !supported {
            return Err(UnsupportedError::Header { name });
        }
    }
    Ok(())
}

impl UnsupportedError {
    /// The fault that S3 answers where `operation` was asked for.
    #[must_use]
    pub fn fault_of(self, operation: Operation) -> Fault {
        match self {
            Self::AccessList { .. } if operation == Operation::CreateBucket => {
                Fault::new(ErrorCode::InvalidBucketAclWithObjectOwnership)
            }
            other => other.into(),
        }
    }
}

impl From<UnsupportedError> for Fault {
    fn from(error: UnsupportedError) -> Self {
        match error {
            UnsupportedError::AccessList { .. } => {
                Self::new(ErrorCode::AccessControlListNotSupported)
            }
            UnsupportedError::Header { name } => {
                Self::new(ErrorCode::NotImplemented).with("Header", name)
            }
            UnsupportedError::Ownership { value } => Self::new(ErrorCode::InvalidArgument)
                .saying(format!("Invalid x-amz-object-ownership header: {value}"))
                .with("ArgumentName", "x-amz-object-ownership"),
        }
    }
}

#[cfg(test)]
mod tests;
