//! `countersign key`

use clap::{Args, Subcommand};
use countersign_sigv4::AccessKeyId;
use countersign_state::UserName;

use super::DataArgs;

/// The options of `key`.
#[derive(Debug, Args)]
pub(crate) struct KeyArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: KeyCommand,
}

/// What can be done with keys. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum KeyCommand {
    /// Create an access key, and the user if there is none of that name; prints the secret once
    Create {
        /// Whose key it shall be
        #[arg(long, value_name = "NAME")]
        user: UserName,
    },
    /// Delete an access key for good
    Delete {
        /// The access key id
        #[arg(value_parser = parse_id)]
        id: AccessKeyId,
    },
    /// Disable an access key: every URL it signed stops working
    Disable {
        /// The access key id
        #[arg(value_parser = parse_id)]
        id: AccessKeyId,
    },
    /// Enable a disabled access key again
    Enable {
        /// The access key id
        #[arg(value_parser = parse_id)]
        id: AccessKeyId,
    },
    /// List access keys with user, status, creation and last use
    List {
        /// Only the keys of this user
        #[arg(long, value_name = "NAME")]
        user: Option<UserName>,
    },
}

pub(super) fn parse_id(text: &str) -> Result<AccessKeyId, String> {
    if text.is_empty() {
        return Err("an access key id is not empty".to_owned());
    }
    Ok(AccessKeyId::new(text))
}
