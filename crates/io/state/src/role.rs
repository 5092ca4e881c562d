//! Roles: principals without keys, which others become for a while.
//!
//! Source: "IAM and AWS STS quotas": a role's name has 1 to 64 characters of letters, digits and `_+=,.@-`;
//! the longest session of a role is between one and twelve hours. Trust policies are opaque here: whoever puts
//! one has read and checked it.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use countersign_gate::ACCOUNT;
use thiserror::Error;

use crate::authority::check_text;
use crate::{Boundary, IamPath, Origin, StateError, UnixMillis};

const MAX_CHARACTERS: usize = 64;

/// How long a session of a role may last, in seconds, if nobody says otherwise.
pub const DEFAULT_MAX_SESSION_S: u32 = 3_600;
/// The bounds of what may be said, in seconds.
pub const MAX_SESSION_BOUNDS_S: std::ops::RangeInclusive<u32> = 3_600..=43_200;
/// The most characters of a description.
pub const MAX_DESCRIPTION_CHARACTERS: usize = 1_000;

/// The name of a role. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct RoleName(Arc<str>);

/// Why a text is no name of a role.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum RoleNameError {
    /// The name is empty or too long.
    #[error("a name of a role has 1 to 64 characters, not {characters}")]
    Length {
        /// How many there are.
        characters: usize,
    },
    /// A character that IAM does not allow.
    #[error("`{found}` is not a letter, a digit or one of `_+=,.@-`")]
    UnexpectedCharacter {
        /// The character.
        found: char,
    },
}

/// A role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Role {
    /// The name, unique among roles whatever its case.
    pub name: RoleName,
    /// The path.
    pub path: IamPath,
    /// The lasting id, `AROA` and 17 characters more.
    pub unique_id: String,
    /// Who may become it: a policy document, as it was put.
    pub trust_policy: String,
    /// How long a session may last, in seconds.
    pub max_session_s: u32,
    /// What it is for.
    pub description: Option<String>,
    /// When it was created.
    pub created_at: UnixMillis,
    /// When it was last used, as far as was noted.
    pub last_used_at: Option<UnixMillis>,
    /// The permissions boundary, if there is one.
    pub boundary: Option<Boundary>,
    /// Its tags, by key.
    pub tags: Vec<(String, String)>,
    /// Declared or stored.
    pub origin: Origin,
}

/// A role that is to be.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewRole {
    /// The name.
    pub name: RoleName,
    /// The path.
    pub path: IamPath,
    /// Who may become it.
    pub trust_policy: String,
    /// How long a session may last, in seconds, within [`MAX_SESSION_BOUNDS_S`].
    pub max_session_s: u32,
    /// What it is for.
    pub description: Option<String>,
    /// The permissions boundary.
    pub boundary: Option<Boundary>,
    /// Its tags.
    pub tags: Vec<(String, String)>,
}

/// What of a role is to change; what is `None` stays.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct RoleUpdate {
    /// What it is for; empty takes the description away.
    pub description: Option<String>,
    /// How long a session may last, in seconds, within [`MAX_SESSION_BOUNDS_S`].
    pub max_session_s: Option<u32>,
}

impl RoleName {
    /// Checks `name` against the rules.
    ///
    /// # Errors
    /// [`RoleNameError`] with the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, RoleNameError> {
        let characters = name.chars().count();
        if !(1..=MAX_CHARACTERS).contains(&characters) {
            return Err(RoleNameError::Length { characters });
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(*c);
        match name.chars().find(|c| !allowed(c)) {
            Some(found) => Err(RoleNameError::UnexpectedCharacter { found }),
            None => Ok(Self(name.into())),
        }
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Role {
    /// The ARN: `arn:aws:iam::ACCOUNT:role/PATH/NAME`.
    #[must_use]
    pub fn arn(&self) -> String {
        format!("arn:aws:iam::{ACCOUNT}:role{}{}", self.path, self.name)
    }
}

impl NewRole {
    /// A role of the path `/` with this trust policy and nothing else.
    #[must_use]
    pub fn new(name: &RoleName, trust_policy: &str) -> Self {
        Self {
            name: name.clone(),
            path: IamPath::default(),
            trust_policy: trust_policy.to_owned(),
            max_session_s: DEFAULT_MAX_SESSION_S,
            description: None,
            boundary: None,
            tags: Vec::new(),
        }
    }
}

/// Refuses a longest session that is out of its bounds.
pub(crate) fn check_max_session(seconds: u32) -> Result<(), StateError> {
    if MAX_SESSION_BOUNDS_S.contains(&seconds) {
        return Ok(());
    }
    Err(StateError::SessionLength { seconds })
}

/// Refuses a description that is too long.
pub(crate) fn check_description(description: Option<&str>) -> Result<(), StateError> {
    let description = description.unwrap_or_default();
    if description.chars().count() > MAX_DESCRIPTION_CHARACTERS {
        return Err(StateError::TooLong {
            what: "a description",
            limit: MAX_DESCRIPTION_CHARACTERS,
        });
    }
    check_text(description)
}

impl fmt::Display for RoleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RoleName {
    type Err = RoleNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

#[cfg(test)]
mod tests;
