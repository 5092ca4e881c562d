//! `countersign role`, `countersign provider` and `countersign session`

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_oidc::IssuerUrl;
use countersign_sigv4::AmzDate;
use countersign_state::{IamPath, RoleName, UserName};

use super::DataArgs;
use super::presign::parse_date;
use crate::config::TimeSpan;

/// The options of `role`.
#[derive(Debug, Args)]
pub(crate) struct RoleArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: RoleCommand,
}

/// What can be done with roles. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum RoleCommand {
    /// Create a role without policies, which nobody can do anything with until it has some
    Create {
        /// The name
        name: RoleName,

        /// Who may become it: a trust policy (JSON); `-` is standard input
        #[arg(long, value_name = "FILE")]
        trust: PathBuf,

        /// How long a session may last, between 1h and 12h
        #[arg(long, value_name = "TIME", default_value = "1h")]
        max_session: TimeSpan,

        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,

        /// The path in its ARN
        #[arg(long, default_value = "/")]
        path: IamPath,
    },
    /// Delete a role that has no policies; its sessions end at once
    Delete {
        /// The name
        name: RoleName,
    },
    /// List all roles
    List,
    /// Set how long a session of a role may last, between 1h and 12h
    MaxSession {
        /// The name
        name: RoleName,

        /// How long
        #[arg(value_name = "TIME")]
        time: TimeSpan,
    },
    /// Show a role: who may become it, policies, boundary and tags
    Show {
        /// The name
        name: RoleName,
    },
    /// Set who may become a role
    Trust {
        /// The name
        name: RoleName,

        /// A trust policy (JSON); `-` is standard input
        file: PathBuf,
    },
}

/// The options of `provider`.
#[derive(Debug, Args)]
pub(crate) struct ProviderArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: ProviderCommand,
}

/// What can be done with providers of OpenID Connect tokens. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum ProviderCommand {
    /// Add a provider whose tokens roles may trust
    Add {
        /// Its URL, exactly as its tokens name it in `iss`
        issuer: IssuerUrl,

        /// Which audience its tokens are for (repeatable)
        #[arg(long = "audience", value_name = "NAME", required = true)]
        audiences: Vec<String>,
    },
    /// List all providers
    List,
    /// Remove a provider: its tokens are good for nothing from then on
    Remove {
        /// Its URL
        issuer: String,
    },
}

/// The options of `session`.
#[derive(Debug, Args)]
pub(crate) struct SessionArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: SessionCommand,
}

/// What can be done with sessions, which nobody keeps a list of.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionCommand {
    /// Revoke all temporary credentials of a user or role that were issued until now
    #[command(subcommand)]
    Revoke(RevokedSessions),
}

/// Whose sessions are revoked.
#[derive(Debug, Subcommand)]
pub(crate) enum RevokedSessions {
    /// Those of a role
    Role {
        /// The role
        name: RoleName,

        /// Those that were issued until this instant, instead of now
        #[arg(long, value_name = "INSTANT", value_parser = parse_date)]
        before: Option<AmzDate>,
    },
    /// Those of a user; the user's access keys go on working
    User {
        /// The user
        name: UserName,

        /// Those that were issued until this instant, instead of now
        #[arg(long, value_name = "INSTANT", value_parser = parse_date)]
        before: Option<AmzDate>,
    },
}
