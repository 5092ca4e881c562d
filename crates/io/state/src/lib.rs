//! What Countersign must remember beside the objects: users, access keys and buckets.
//!
//! [`StateStore`] names in domain verbs what the rest of the program may ask. [`SqliteStore`] is the
//! embedded engine; `conformance` is the one suite that every engine has to pass.
//!
//! INVARIANT: no secret access key is ever at rest in the clear. It is sealed under the master key
//! file, bound to its access key id, and opened only for whoever verifies a signature with it.
//!
//! INVARIANT: nothing here reads a clock. Instants are passed in as [`UnixMillis`].

#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod credential;
mod error;
mod master_key;
mod record;
mod sqlite;
mod store;
mod user_name;

pub use credential::NewCredential;
pub use error::StateError;
pub use record::{
    AccessKey, AccessKeyListing, Bucket, BucketDocument, DeclaredUser, KeyOrigin, KeyStatus,
    UnixMillis, User, UserKind,
};
pub use sqlite::SqliteStore;
pub use store::{Answer, MAX_ACCESS_KEYS_PER_USER, StateStore};
pub use user_name::{UserName, UserNameError};
