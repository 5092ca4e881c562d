//! Why a command failed, and the exit code that says so.

use std::io;
use std::path::PathBuf;

use countersign_gate::RestrictionError;
use countersign_state::StateError;
use serde::Serialize;
use thiserror::Error;

use super::link::{CreateError, LinkError};
use super::policy::{Excerpt, RefusedDocument, SimulationError};
use super::presign::TargetError;
use crate::aws::AwsError;
use crate::config::ConfigError;

/// Why a command failed.
#[derive(Debug, Error)]
pub(crate) enum CommandError {
    /// Credentials or AWS settings cannot be used.
    #[error(transparent)]
    Aws(#[from] AwsError),
    /// The configuration does not hold.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The issuer made no link.
    #[error(transparent)]
    Create(#[from] CreateError),
    /// The demo's own server made no keys.
    #[error("the demo's server made no first keys")]
    DemoWithoutKeys,
    /// A document is no policy that would be taken.
    #[error(transparent)]
    Document(#[from] Box<RefusedDocument>),
    /// A file cannot be read.
    #[error("could not read `{}`: {error}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// What was typed cannot be taken for a link.
    #[error(transparent)]
    Link(#[from] LinkError),
    /// There is no state where it was looked for.
    #[error(
        "no state in `{}`; start the server there first, or name its directory with --data-dir",
        data_dir.display()
    )]
    NoState {
        /// The data directory.
        data_dir: PathBuf,
    },
    /// What was named is not in the state, but something of a similar name is.
    #[error("{error}; did you mean `{meant}`?")]
    NotThere {
        /// What is not there.
        error: StateError,
        /// The name that may have been meant.
        meant: String,
    },
    /// What should be inspected is no URL. It is not quoted: it may hold a credential.
    #[error("that is not an http:// or https:// URL")]
    NotAUrl,
    /// Nothing can be presigned from what was typed.
    #[error(transparent)]
    Presign(#[from] countersign_sigv4::presign::PresignError),
    /// No server would hold these restrictions.
    #[error(transparent)]
    Restriction(#[from] RestrictionError),
    /// A key cannot be rotated so.
    #[error(transparent)]
    Rotation(#[from] super::key::RotationError),
    /// The server did not start or did not go on.
    #[error(transparent)]
    Serve(#[from] super::serve::ServeError),
    /// A request that cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// The state cannot be used, or refuses.
    #[error(transparent)]
    State(#[from] StateError),
    /// The target or the endpoint is not one.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl CommandError {
    /// The exit code, as `--help` documents it.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::File { .. }
            | Self::Link(_)
            | Self::NotAUrl
            | Self::Presign(_)
            | Self::Restriction(_)
            | Self::Simulation(_)
            | Self::Target(_) => 2,
            Self::Config(_) => 3,
            Self::Serve(error) if error.is_about_data() => 4,
            Self::Aws(_)
            | Self::NoState { .. }
            | Self::NotThere { .. }
            | Self::Rotation(_)
            | Self::State(_) => 4,
            Self::Create(_)
            | Self::DemoWithoutKeys
            | Self::Document(_)
            | Self::Io(_)
            | Self::Serve(_) => 1,
        }
    }

    /// Whether whoever read our output had enough of it. That is no failure.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The place in a document that the failure is about, as lines to be read under it.
    pub(crate) fn excerpt(&self) -> Option<&Excerpt> {
        match self {
            Self::Document(refused) => Some(&refused.excerpt),
            _ => None,
        }
    }

    /// The failure for programs.
    pub(crate) fn to_json(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Failure {
            error: String,
            exit_code: u8,
            #[serde(flatten)]
            place: Option<Place>,
        }
        #[derive(Serialize)]
        struct Place {
            line: usize,
            column: usize,
        }
        Failure {
            error: self.to_string(),
            exit_code: self.exit_code(),
            place: self.excerpt().map(|excerpt| Place {
                line: excerpt.position.line,
                column: excerpt.position.column,
            }),
        }
    }
}
