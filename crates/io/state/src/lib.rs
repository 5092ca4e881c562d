//! What Countersign must remember beside the objects: users, roles, access keys and policies, buckets, links,
//! counted uses and revocations.
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
mod declaration;
mod error;
mod iam_path;
mod issued_link;
mod key_caller;
mod ledger;
mod managed_policy;
mod master_key;
mod oidc_provider;
mod open;
mod policy_name;
mod postgres;
mod principal;
mod record;
mod revocation;
mod role;
mod sealing_key;
mod share;
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
pub use declaration::{Declaration, DeclaredPolicy, DeclaredProvider, DeclaredRole, DeclaredUser};
pub use error::StateError;
pub use iam_path::{IamPath, IamPathError};
pub use issued_link::{
    LinkFilter, LinkPosition, LinkRecord, MAX_ANSWER_BYTES, MAX_LINKS_AT_ONCE,
    MAX_RESTRICTIONS_BYTES, Quota, Recorded, RememberedAnswer,
};
pub use key_caller::{KeyCaller, KeyUse, MAX_AGENT_CHARACTERS, MAX_KEY_CALLERS};
pub use ledger::{LinkUse, Session};
pub use managed_policy::{
    MAX_ATTACHED_POLICIES, MAX_POLICY_VERSIONS, ManagedPolicy, NewManagedPolicy, PolicyArn,
    PolicyEntities, PolicyVersion,
};
pub use oidc_provider::{MAX_AUDIENCES, MAX_THUMBPRINTS, NewOidcProvider, OidcProvider};
pub use open::open;
pub use policy_name::{GroupName, PolicyName, PolicyNameError};
pub use postgres::PostgresStore;
pub use principal::{Boundary, NewUser, Origin, Principal, PrincipalName, PrincipalRecord};
pub use record::{
    AccessKey, AccessKeyListing, Bucket, BucketDocument, KeyOrigin, KeyStatus, UnixMillis, User,
    UserKind,
};
pub use revocation::{Forgotten, Pulse, REVOCATIONS_PER_PAGE, RevocationEntry, RevocationFeed};
pub use role::{
    DEFAULT_MAX_SESSION_S, MAX_DESCRIPTION_CHARACTERS, MAX_SESSION_BOUNDS_S, NewRole, Role,
    RoleName, RoleNameError, RoleUpdate,
};
pub use sealing_key::{SealingKeyRecord, SealingKeyRotation};
pub use share::{MAX_SHARE_SESSION_BYTES, MAX_SHARE_SPEC_BYTES, Share};
pub use sqlite::SqliteStore;
pub use state_url::{PostgresUrl, StateUrl, StateUrlError};
pub use store::{
    Answer, KeyRotationStore, LinkStore, MAX_ACCESS_KEYS_PER_USER, MAX_LISTED, ManagedPolicyStore,
    OidcProviderStore, RoleStore, SealingKeyStore, ShareStore, StateStore,
};
pub use user_name::{UserName, UserNameError};
