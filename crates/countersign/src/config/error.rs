//! Why a configuration does not hold. Always the operator's to mend, so always with a place.

use std::fmt;
use std::io::ErrorKind;
use std::path::PathBuf;

use countersign_s3::cors::CorsError;
use countersign_state::StateUrlError;
use thiserror::Error;

pub(crate) use super::source::Place;

/// Why a configuration could not be loaded.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum ConfigError {
    /// A policy document in a file of its own would not be taken.
    #[error("{}:{line}:{column}: {reason}", path.display())]
    Document {
        /// The file.
        path: PathBuf,
        /// The line, counted from one.
        line: usize,
        /// The column, counted from one.
        column: usize,
        /// What is wrong.
        reason: String,
    },
    /// A file's name is no name of a policy.
    #[error("`{}` cannot be the file of a policy: {reason}", path.display())]
    PolicyFileName {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// Two settings exclude each other.
    #[error("{}`{key}` and `{other}` exclude each other", At(at))]
    Conflict {
        /// Where the first stands.
        at: Option<Place>,
        /// The first.
        key: &'static str,
        /// The second.
        other: &'static str,
    },
    /// The cross-origin rules do not hold.
    #[error("{}`cors`: {reason}", At(at))]
    Cors {
        /// Where they stand.
        at: Option<Place>,
        /// What is wrong with them.
        reason: CorsError,
    },
    /// A setting needs another one beside it.
    #[error("{}`{key}` needs `{missing}` beside it", At(at))]
    Incomplete {
        /// Where the setting stands.
        at: Option<Place>,
        /// The setting.
        key: &'static str,
        /// The one it needs.
        missing: &'static str,
    },
    /// The file is not TOML, or a value is not of its kind.
    #[error("{}{}{message}{}", At(&Some(at.clone())), Key(key), Hint(hint))]
    Malformed {
        /// Where.
        at: Place,
        /// The key, if the fault is in a value.
        key: Option<String>,
        /// What the reader says.
        message: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// A number or time is outside of what works.
    #[error("{}`{key}` must be {allowed}", At(at))]
    OutOfRange {
        /// Where the setting stands.
        at: Option<Place>,
        /// The setting.
        key: &'static str,
        /// What it may be.
        allowed: &'static str,
    },
    /// An access key id is declared twice.
    #[error("{}access key id `{id}` is declared twice", At(at))]
    RepeatedAccessKeyId {
        /// Where the second stands.
        at: Option<Place>,
        /// The id.
        id: String,
    },
    /// The file with a secret access key holds no usable one.
    #[error("{}secret file `{}` must hold one secret of at least 16 characters on one line", At(at), path.display())]
    SecretMalformed {
        /// Where it is named.
        at: Option<Place>,
        /// The file.
        path: PathBuf,
    },
    /// The file with a secret access key cannot be read.
    #[error("{}cannot read secret file `{}`: {kind}", At(at), path.display())]
    SecretUnreadable {
        /// Where it is named.
        at: Option<Place>,
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: ErrorKind,
    },
    /// The URL of the state that was typed is none. It is not quoted: it may hold a password.
    #[error("--state-url: {reason}")]
    StateUrl {
        /// What is wrong with it.
        reason: StateUrlError,
    },
    /// A key that no release knows.
    #[error("{}unknown key `{key}`{}", At(&Some(at.clone())), Hint(hint))]
    UnknownKey {
        /// Where.
        at: Place,
        /// The key with its tables.
        key: String,
        /// What may have been meant.
        hint: Option<String>,
    },
    /// The file itself cannot be read.
    #[error("cannot read `{}`: {kind}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        kind: ErrorKind,
    },
}

struct At<'a>(&'a Option<Place>);

impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(place) => write!(f, "{}:{}: ", place.file.display(), place.line),
            None => Ok(()),
        }
    }
}

struct Key<'a>(&'a Option<String>);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_ref().map_or(Ok(()), |key| write!(f, "`{key}`: "))
    }
}

struct Hint<'a>(&'a Option<String>);

impl fmt::Display for Hint<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0
            .as_ref()
            .map_or(Ok(()), |hint| write!(f, " (did you mean `{hint}`?)"))
    }
}
