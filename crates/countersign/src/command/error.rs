//! Why a command failed, and the exit code that says so.

use std::io;
use std::path::PathBuf;

use countersign_gate::RestrictionError;
use serde::Serialize;
use thiserror::Error;

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
    /// The demo's own server made no keys.
    #[error("the demo's server made no first keys")]
    DemoWithoutKeys,
    /// Reading or writing failed.
    #[error(transparent)]
    Io(#[from] io::Error),
    /// There is no state where it was looked for.
    #[error(
        "no state in `{}`; start the server there first, or name its directory with --data-dir",
        data_dir.display()
    )]
    NoState {
        /// The data directory.
        data_dir: PathBuf,
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
    /// The server did not start or did not go on.
    #[error(transparent)]
    Serve(#[from] super::serve::ServeError),
    /// The state cannot be used, or refuses.
    #[error(transparent)]
    State(#[from] countersign_state::StateError),
    /// The target or the endpoint is not one.
    #[error(transparent)]
    Target(#[from] TargetError),
}

impl CommandError {
    /// The exit code, as `--help` documents it.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::NotAUrl | Self::Presign(_) | Self::Restriction(_) | Self::Target(_) => 2,
            Self::Config(_) => 3,
            Self::Serve(error) if error.is_about_data() => 4,
            Self::Aws(_) | Self::NoState { .. } | Self::State(_) => 4,
            Self::DemoWithoutKeys | Self::Io(_) | Self::Serve(_) => 1,
        }
    }

    /// Whether whoever read our output had enough of it. That is no failure.
    pub(crate) fn is_broken_pipe(&self) -> bool {
        matches!(self, Self::Io(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    /// The failure for programs.
    pub(crate) fn to_json(&self) -> impl Serialize {
        #[derive(Serialize)]
        struct Failure {
            error: String,
            exit_code: u8,
        }
        Failure {
            error: self.to_string(),
            exit_code: self.exit_code(),
        }
    }
}
