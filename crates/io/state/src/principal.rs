//! Who can act: users and roles, by name and by lasting id, and what bounds them.

use countersign_gate::ACCOUNT;

use crate::{Authority, IamPath, PolicyName, Role, RoleName, User, UserKind, UserName};

/// Where something in the state comes from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Origin {
    /// Built in, with AWS's name; it is never changed.
    Aws,
    /// From configuration files; it lives as long as it stands there.
    Declared,
    /// Created at run time.
    Stored,
}

/// A user or a role, by name.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum PrincipalName {
    /// A role.
    Role(RoleName),
    /// A user.
    User(UserName),
}

/// A user or a role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principal {
    /// A role.
    Role(Role),
    /// A user.
    User(User),
}

/// A user or a role with all that decides what it may do, of one moment.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PrincipalRecord {
    /// Who it is.
    pub principal: Principal,
    /// What it may do.
    pub authority: Authority,
}

/// A permissions boundary: the most that a user or role may do, whatever its policies say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Boundary {
    /// A document of its own.
    Document(String),
    /// A managed policy, as its default version says at each moment.
    Managed(PolicyName),
}

/// A user who is to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewUser {
    /// The name.
    pub name: UserName,
    /// The path.
    pub path: IamPath,
    /// Root or ordinary.
    pub kind: UserKind,
    /// Tags.
    pub tags: Vec<(String, String)>,
    /// The permissions boundary.
    pub boundary: Option<Boundary>,
    /// Whether the user begins with the policy [`FULL_ACCESS_NAME`](crate::FULL_ACCESS_NAME), if ordinary.
    pub full_access: bool,
}

impl NewUser {
    /// A user of the path `/` without tags and boundary, with full access to objects if ordinary.
    #[must_use]
    pub fn new(name: &UserName, kind: UserKind) -> Self {
        Self {
            name: name.clone(),
            path: IamPath::default(),
            kind,
            tags: Vec::new(),
            boundary: None,
            full_access: kind == UserKind::Ordinary,
        }
    }
}

impl User {
    /// The ARN: `arn:aws:iam::ACCOUNT:user/PATH/NAME`, or `…:root`.
    #[must_use]
    pub fn arn(&self) -> String {
        match self.kind {
            UserKind::Ordinary => {
                format!("arn:aws:iam::{ACCOUNT}:user{}{}", self.path, self.name)
            }
            UserKind::Root => format!("arn:aws:iam::{ACCOUNT}:root"),
        }
    }
}

impl Principal {
    /// The lasting id.
    #[must_use]
    pub fn unique_id(&self) -> &str {
        match self {
            Self::Role(role) => &role.unique_id,
            Self::User(user) => &user.unique_id,
        }
    }

    /// The ARN.
    #[must_use]
    pub fn arn(&self) -> String {
        match self {
            Self::Role(role) => role.arn(),
            Self::User(user) => user.arn(),
        }
    }
}
