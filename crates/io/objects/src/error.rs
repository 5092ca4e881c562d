//! Why the store could not do what was asked. Always the store's trouble, but for the conditions and
//! facts that [`CommitError`] and [`CloseError`] name.

use std::io;
use std::path::{Path, PathBuf};

use countersign_s3::{BucketId, DeleteRefused, ETag, Operation, VersionId};
use thiserror::Error;

use crate::ObjectId;

/// Why the store could not answer.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum StoreError {
    /// Another process, or another store in this one, uses the directory.
    #[error("object directory `{}` is in use by another process", path.display())]
    AlreadyOpen {
        /// The directory.
        path: PathBuf,
    },
    /// The store was closed, or one of its threads ended.
    #[error("the object store is closed")]
    Closed,
    /// The index and the files disagree.
    #[error("object {id} is damaged: {what}")]
    Damaged {
        /// The object.
        id: ObjectId,
        /// What is wrong with it.
        what: &'static str,
    },
    /// SQLite reports a failure.
    #[error("object index: {message}")]
    Database {
        /// SQLite's words.
        message: String,
    },
    /// There is no room on the disk.
    #[error("no space left for objects")]
    DiskFull,
    /// A file could not be used.
    #[error("could not {action} `{}`: {kind}", path.display())]
    File {
        /// What was tried.
        action: &'static str,
        /// On which file.
        path: PathBuf,
        /// How it failed.
        kind: io::ErrorKind,
    },
    /// The permit is for something else.
    #[error("the permit for {operation:?} does not cover this")]
    NotPermitted {
        /// The operation that was permitted.
        operation: Operation,
    },
    /// The operating system has no random bits.
    #[error("the operating system has no randomness")]
    RandomnessUnavailable,
    /// The index was written by a newer release.
    #[error("the object index was written by a newer release")]
    SchemaTooNew,
}

/// Why a body was not stored.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CommitError {
    /// The bucket was deleted in the meantime.
    #[error("bucket {bucket} is gone")]
    BucketGone {
        /// The bucket.
        bucket: BucketId,
    },
    /// The object that the key holds is not the one that was decided upon.
    #[error("the object has changed since it was decided upon")]
    Changed,
    /// The key does not hold what the condition asks for.
    #[error("the condition of the put does not hold")]
    PreconditionFailed {
        /// What it holds: a tag, or nothing.
        current: Option<ETag>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why nothing was deleted.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum DeleteError {
    /// The bucket was deleted in the meantime.
    #[error("bucket {bucket} is gone")]
    BucketGone {
        /// The bucket.
        bucket: BucketId,
    },
    /// The object that the key holds is not the one that was decided upon.
    #[error("the object has changed since it was decided upon")]
    Changed,
    /// The object is not what the condition asks for.
    #[error("{refused}")]
    PreconditionFailed {
        /// Which part of the condition.
        refused: DeleteRefused,
        /// What there is: a tag, or nothing.
        current: Option<ETag>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why tags were not set.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum TagError {
    /// There is no object.
    #[error("there is no object to tag")]
    Absent,
    /// The object that the key holds is not the one that was decided upon.
    #[error("the object has changed since it was decided upon")]
    Changed,
    /// What is there is a delete marker.
    #[error("version {version_id} is a delete marker")]
    DeleteMarker {
        /// Its version id.
        version_id: VersionId,
    },
    /// There is no version of that id.
    #[error("there is no such version to tag")]
    NoSuchVersion,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why something could not be done with a multipart upload.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum UploadError {
    /// The bucket was deleted in the meantime.
    #[error("bucket {bucket} is gone")]
    BucketGone {
        /// The bucket.
        bucket: BucketId,
    },
    /// There is no such upload for this key; it may have been completed or aborted.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why an upload was not completed. It is still in progress, unless it is gone.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CompleteError {
    /// The bucket was deleted in the meantime.
    #[error("bucket {bucket} is gone")]
    BucketGone {
        /// The bucket.
        bucket: BucketId,
    },
    /// The object that the key holds is not the one that was decided upon.
    #[error("the object has changed since it was decided upon")]
    Changed,
    /// No parts were named.
    #[error("an object is made of one part at least")]
    NoParts,
    /// There is no such upload for this key, and none that became the same object not long ago.
    #[error("there is no such upload")]
    NoSuchUpload,
    /// A part is missing, out of order, or was replaced since it was looked at.
    #[error("part {number} is not what was looked at")]
    PartChanged {
        /// Its number.
        number: u16,
    },
    /// The key does not hold what the condition asks for.
    #[error("the condition of the completion does not hold")]
    PreconditionFailed {
        /// What it holds: a tag, or nothing.
        current: Option<ETag>,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a bucket was not closed.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum CloseError {
    /// There are objects, old versions or delete markers in it.
    #[error("bucket {bucket} is not empty")]
    NotEmpty {
        /// The bucket.
        bucket: BucketId,
    },
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl StoreError {
    /// Says what was tried on which file when `error` came back.
    pub(crate) fn file(action: &'static str, path: &Path, error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
            kind => Self::File {
                action,
                path: path.to_owned(),
                kind,
            },
        }
    }
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::DiskFull,
            _ => Self::Database {
                message: error.to_string(),
            },
        }
    }
}

impl From<rusqlite_migration::Error> for StoreError {
    fn from(error: rusqlite_migration::Error) -> Self {
        use rusqlite_migration::{Error, MigrationDefinitionError};
        match error {
            Error::MigrationDefinition(MigrationDefinitionError::DatabaseTooFarAhead) => {
                Self::SchemaTooNew
            }
            Error::RusqliteError { err, .. } => err.into(),
            other => Self::Database {
                message: other.to_string(),
            },
        }
    }
}
