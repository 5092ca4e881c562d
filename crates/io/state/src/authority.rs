//! What a user or role may do, as the state keeps it: policies, groups, a permissions boundary, tags.
//!
//! Documents are opaque here: whoever puts one has read and checked it. What is bounded is how much of it
//! there can be, because all of it is read with every access key.
//!
//! The root user takes no policies, no groups and no boundary: it needs none, and one that binds nobody
//! would deceive.

use crate::{GroupName, PolicyArn, PolicyName, RoleName, StateError, UnixMillis, UserName};

/// The most bytes of one policy document.
pub const MAX_POLICY_BYTES: usize = 64 * 1_024;
/// The most policies one user, group or role may have of its own.
pub const MAX_POLICIES_PER_OWNER: usize = 10;
/// The most groups one user may be in. It is IAM's quota.
pub const MAX_GROUPS_PER_USER: usize = 10;
/// The most tags one user may have. It is IAM's quota.
pub const MAX_TAGS_PER_USER: usize = 50;

const MAX_TAG_KEY_CHARACTERS: usize = 128;
const MAX_TAG_VALUE_CHARACTERS: usize = 256;

/// The name of the policy that a new ordinary user has, unless it is to have none.
pub const FULL_ACCESS_NAME: &str = "FullAccess";
/// What that policy says. It is an ordinary policy: it can be seen, changed and deleted.
pub const FULL_ACCESS_DOCUMENT: &str =
    r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}"#;

/// Whose policy it is.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum PolicyOwner {
    /// A group's: it holds for every member.
    Group(GroupName),
    /// A role's own.
    Role(RoleName),
    /// A user's own.
    User(UserName),
}

/// A policy of one user, group or role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct StoredPolicy {
    /// Whose it is.
    pub owner: PolicyOwner,
    /// Its name among those of its owner.
    pub name: PolicyName,
    /// The document, as it was put.
    pub document: String,
    /// The ARN, if this is a managed policy that is attached; none for a policy of the owner's own.
    pub managed: Option<PolicyArn>,
}

/// A group of users.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Group {
    /// The name, unique whatever its case.
    pub name: GroupName,
    /// The lasting id, `AGPA` and 17 characters more.
    pub unique_id: String,
    /// When the group was created.
    pub created_at: UnixMillis,
}

/// All that the state knows about what a user or role may do, of one moment.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Authority {
    /// The groups the user is in, by name; a role is in none.
    pub groups: Vec<GroupName>,
    /// The policies of the user's or role's own, then those attached to it, then the same of each group, by name.
    pub policies: Vec<StoredPolicy>,
    /// The document of the permissions boundary, if there is one.
    pub boundary: Option<String>,
    /// The tags of the user or role, by key.
    pub tags: Vec<(String, String)>,
}

/// Refuses a policy document that is too large to be kept.
pub(crate) fn check_document(document: &str) -> Result<(), StateError> {
    if document.len() > MAX_POLICY_BYTES {
        return Err(StateError::PolicyTooLong {
            bytes: document.len(),
            limit: MAX_POLICY_BYTES,
        });
    }
    check_text(document)
}

/// Refuses tags that are too many, too long, or two of one key.
pub(crate) fn check_tags(tags: &[(String, String)]) -> Result<(), StateError> {
    if tags.len() > MAX_TAGS_PER_USER {
        return Err(StateError::TooManyTags {
            limit: MAX_TAGS_PER_USER,
        });
    }
    for (at, (key, value)) in tags.iter().enumerate() {
        let fits = (1..=MAX_TAG_KEY_CHARACTERS).contains(&key.chars().count())
            && value.chars().count() <= MAX_TAG_VALUE_CHARACTERS;
        if !fits {
            return Err(StateError::TagLength { key: key.clone() });
        }
        check_text(key)?;
        check_text(value)?;
        // AWS: tag keys that differ in case alone are one key (IAM User Guide, "Rules for tagging").
        let before = tags.iter().take(at);
        if before
            .clone()
            .any(|(other, _)| other.eq_ignore_ascii_case(key))
        {
            return Err(StateError::TagRepeated { key: key.clone() });
        }
    }
    Ok(())
}

/// Refuses text that not every engine can keep.
pub(crate) fn check_text(text: &str) -> Result<(), StateError> {
    match text.bytes().position(|byte| byte == 0) {
        Some(at) => Err(StateError::NulByte { at }),
        None => Ok(()),
    }
}
