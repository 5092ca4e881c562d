//! What Countersign must remember beside the objects: users, access keys and policies, buckets, counted
//! uses and revocations.
//!
//! [`StateStore`] names in domain verbs what the rest of the program may ask. [`SqliteStore`] is the
//! embedded engine, [`PostgresStore`] the one that many nodes share, and [`open`] opens either by its URL.
//! `conformance` is the one suite that every engine has to pass.
//!
//! INVARIANT: no secret access key is ever at rest in the clear. It is sealed under the master key
//! file, bound to its access key id, and opened only for whoever verifies a signature with it.
//!
//! INVARIANT: nothing here reads a clock. Instants are passed in as [`UnixMillis`].

mod authority;
#[cfg(any(test, feature = "conformance"))]
pub mod conformance;
mod credential;
mod data_directory;
mod error;
mod ledger;
mod master_key;
mod open;
mod policy_name;
mod postgres;
mod record;
mod revocation;
mod sqlite;
mod state_url;
mod store;
mod user_name;
mod word;

pub use authority::{
    Authority, FULL_ACCESS_DOCUMENT, FULL_ACCESS_NAME, Group, MAX_GROUPS_PER_USER,
    MAX_POLICIES_PER_OWNER, MAX_POLICY_BYTES, MAX_TAGS_PER_USER, PolicyOwner, StoredPolicy,
};
pub use credential::NewCredential;
pub use error::StateError;
pub use ledger::{LinkUse, Session};
pub use open::open;
pub use policy_name::{GroupName, PolicyName, PolicyNameError};
pub use postgres::PostgresStore;
pub use record::{
    AccessKey, AccessKeyListing, Bucket, BucketDocument, DeclaredUser, KeyOrigin, KeyStatus,
    UnixMillis, User, UserKind,
};
pub use revocation::{Forgotten, Pulse, REVOCATIONS_PER_PAGE, RevocationEntry, RevocationFeed};
pub use sqlite::SqliteStore;
pub use state_url::{PostgresUrl, StateUrl, StateUrlError};
pub use store::{Answer, MAX_ACCESS_KEYS_PER_USER, MAX_LISTED, StateStore};
pub use user_name::{UserName, UserNameError};
