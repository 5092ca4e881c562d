//! Why AWS credentials or settings could not be found. Each says what to do about it.

use std::path::PathBuf;

use thiserror::Error;

/// Why AWS credentials or settings could not be found.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum AwsError {
    /// A configuration file cannot be read or is not in the INI form.
    #[error("cannot read `{}`: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// A secret without its id, or the other way round.
    #[error("{place} has only one of access key id and secret access key")]
    HalfACredential {
        /// Where.
        place: String,
    },
    /// Nothing was found anywhere.
    #[error(
        "no credentials: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile with \
         --profile (`countersign key create --user NAME` makes a key for a Countersign server)"
    )]
    NoCredentials,
    /// The named profile is in neither file.
    #[error("no profile `{name}` in {}", searched.iter().map(|p| format!("`{}`", p.display())).collect::<Vec<_>>().join(" or "))]
    NoSuchProfile {
        /// The name.
        name: String,
        /// The files looked into.
        searched: Vec<PathBuf>,
    },
    /// The profile's credentials come from a service, over the network.
    #[error(
        "profile `{name}` gets its credentials from {service}, which needs a network; run \
         eval \"$(aws configure export-credentials --profile {name} --format env)\" first"
    )]
    NeedsNetwork {
        /// The profile.
        name: String,
        /// The service.
        service: &'static str,
    },
    /// The credential process did not do what it should.
    #[error("credential_process of profile `{name}` {fault}")]
    Process {
        /// The profile.
        name: String,
        /// What happened.
        fault: ProcessFault,
    },
}

/// What a credential process did wrong. Its output is never quoted.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
pub(crate) enum ProcessFault {
    /// It ended with a failure.
    #[error("failed")]
    Failed,
    /// It printed something else than version 1 credentials.
    #[error("printed no credentials of version 1")]
    NoCredentials,
    /// It could not be started.
    #[error("could not be started")]
    NotStarted,
    /// Its quoting is not closed.
    #[error("has an unclosed quotation mark")]
    Quoting,
}
