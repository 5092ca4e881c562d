//! User names, by IAM's rules.
//!
//! Source: "IAM and AWS STS quotas", names of users: 1 to 64 characters of letters, digits and
//! `_+=,.@-`. Names differ only if they differ beyond case; that is kept in the store.

use std::fmt;
use std::sync::Arc;

use thiserror::Error;

const MAX_CHARACTERS: usize = 64;

/// The name of the one user who administers.
const ROOT: &str = "root";

/// The name of a user. Cheap to clone.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UserName(Arc<str>);

/// Why a text is no user name.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum UserNameError {
    /// The name is empty or too long.
    #[error("a user name has 1 to 64 characters, not {characters}")]
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

impl UserName {
    /// Checks `name` against the rules.
    ///
    /// # Errors
    /// [`UserNameError`] with the first rule that is broken.
    pub fn parse(name: &str) -> Result<Self, UserNameError> {
        let characters = name.chars().count();
        if !(1..=MAX_CHARACTERS).contains(&characters) {
            return Err(UserNameError::Length { characters });
        }
        let allowed = |c: &char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(*c);
        match name.chars().find(|c| !allowed(c)) {
            Some(found) => Err(UserNameError::UnexpectedCharacter { found }),
            None => Ok(Self(name.into())),
        }
    }

    /// Whether this is the name of the root user, in any case.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.0.eq_ignore_ascii_case(ROOT)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl AsRef<str> for UserName {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for UserName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl std::str::FromStr for UserName {
    type Err = UserNameError;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        Self::parse(name)
    }
}

#[cfg(test)]
mod tests;
