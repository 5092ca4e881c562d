//! Names of groups and of inline policies, by IAM's rules.
//!
//! Source: "IAM and AWS STS quotas" and the API's pattern `[\w+=,.@-]+`: 1 to 128 characters of letters,
//! digits and `_+=,.@-`. Groups are told apart beyond case; that is kept in the store.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use thiserror::Error;

const MAX_CHARACTERS: usize = 128;

/// The name of a group. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct GroupName(Arc<str>);

/// The name of a policy among those of its owner. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct PolicyName(Arc<str>);

/// Why a text is no name of a group or a policy.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PolicyNameError {
    /// The name is empty or too long.
    #[error("a name of a group or policy has 1 to 128 characters, not {characters}")]
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

impl GroupName {
    /// Checks `name` against the rules.
    ///
    /// # Errors
    /// [`PolicyNameError`] with the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, PolicyNameError> {
        check(name).map(|()| Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl PolicyName {
    /// Checks `name` against the rules.
    ///
    /// # Errors
    /// [`PolicyNameError`] with the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, PolicyNameError> {
        check(name).map(|()| Self(name.into()))
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for GroupName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for PolicyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for GroupName {
    type Err = PolicyNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

impl FromStr for PolicyName {
    type Err = PolicyNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

fn check(name: &str) -> Result<(), PolicyNameError> {
    let characters = name.chars().count();
    if !(1..=MAX_CHARACTERS).contains(&characters) {
        return Err(PolicyNameError::Length { characters });
    }
    let allowed = |c: &char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(*c);
    match name.chars().find(|c| !allowed(c)) {
        Some(found) => Err(PolicyNameError::UnexpectedCharacter { found }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
