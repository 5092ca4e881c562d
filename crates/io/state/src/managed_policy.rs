//! Managed policies: documents with a name and versions of their own, attached to many.
//!
//! Source: IAM User Guide, "Versioning IAM policies" and "IAM and AWS STS quotas": five versions at most, of
//! which one is in force; ten policies attached to one user, group or role. Names are unique whatever their case
//! and path. Documents are opaque here.

use std::fmt;

use countersign_gate::ACCOUNT;

use crate::{IamPath, Origin, PolicyName, PolicyOwner, PrincipalName, UnixMillis};

/// The most versions of one managed policy.
pub const MAX_POLICY_VERSIONS: usize = 5;
/// The most managed policies attached to one user, group or role.
pub const MAX_ATTACHED_POLICIES: usize = 10;

/// Whose built-in policies are, in their ARN.
const AWS: &str = "aws";

/// A managed policy, without its documents.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ManagedPolicy {
    /// The name, unique whatever its case.
    pub name: PolicyName,
    /// The path.
    pub path: IamPath,
    /// The lasting id, `ANPA` and 17 characters more.
    pub unique_id: String,
    /// The number of the version in force; 1 is written `v1`.
    pub default_version: u32,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When its version in force, or what that is, last changed.
    pub updated_at: UnixMillis,
    /// What it is for.
    pub description: Option<String>,
    /// Its tags, by key.
    pub tags: Vec<(String, String)>,
    /// To how many users, groups and roles it is attached.
    pub attachment_count: u32,
    /// Of how many users and roles it is the permissions boundary.
    pub boundary_count: u32,
    /// Built in, declared or stored.
    pub origin: Origin,
}

/// A managed policy that is to be. Its document becomes version 1.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewManagedPolicy {
    /// The name.
    pub name: PolicyName,
    /// The path.
    pub path: IamPath,
    /// What it is for.
    pub description: Option<String>,
    /// The document.
    pub document: String,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// One version of a managed policy.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PolicyVersion {
    /// Its number, which is never used again; 1 is written `v1`.
    pub number: u32,
    /// The document, as it was put.
    pub document: String,
    /// Whether it is the one in force.
    pub is_default: bool,
    /// When it was created.
    pub created_at: UnixMillis,
}

/// Who has a managed policy, each list by name.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PolicyEntities {
    /// To whom it is attached.
    pub attached: Vec<PolicyOwner>,
    /// Whose permissions boundary it is.
    pub boundary_of: Vec<PrincipalName>,
}

/// The ARN of a managed policy, read: `arn:aws:iam::ACCOUNT:policy/PATH/NAME`, where a built-in one has the
/// account `aws`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct PolicyArn {
    /// Whether it names a built-in policy.
    pub is_aws: bool,
    /// The path.
    pub path: IamPath,
    /// The name.
    pub name: PolicyName,
}

impl ManagedPolicy {
    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> PolicyArn {
        PolicyArn {
            is_aws: self.origin == Origin::Aws,
            path: self.path.clone(),
            name: self.name.clone(),
        }
    }
}

impl NewManagedPolicy {
    /// A policy of the path `/` without description and tags.
    #[must_use]
    pub fn new(name: &PolicyName, document: &str) -> Self {
        Self {
            name: name.clone(),
            path: IamPath::default(),
            description: None,
            document: document.to_owned(),
            tags: Vec::new(),
        }
    }
}

impl PolicyArn {
    /// Reads an ARN; `None` if it names no managed policy of this installation.
    #[must_use]
    pub fn parse(arn: &str) -> Option<Self> {
        let rest = arn.strip_prefix("arn:aws:iam::")?;
        let (account, rest) = rest.split_once(':')?;
        let is_aws = account == AWS;
        if !is_aws && account != ACCOUNT {
            return None;
        }
        let rest = rest.strip_prefix("policy")?;
        let (path, name) = rest.split_at_checked(rest.rfind('/')?.checked_add(1)?)?;
        Some(Self {
            is_aws,
            path: IamPath::parse(path).ok()?,
            name: PolicyName::parse(name).ok()?,
        })
    }
}

impl fmt::Display for PolicyArn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let account = if self.is_aws { AWS } else { ACCOUNT };
        write!(f, "arn:aws:iam::{account}:policy{}{}", self.path, self.name)
    }
}

#[cfg(test)]
mod tests;
