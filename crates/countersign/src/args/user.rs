//! `countersign user` and `countersign group`

use clap::{Args, Subcommand};
use countersign_state::{GroupName, UserName};

use super::DataArgs;

/// The options of `user`.
#[derive(Debug, Args)]
pub(crate) struct UserArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: UserCommand,
}

/// What can be done with users. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum UserCommand {
    /// Create a user, who begins with the policy FullAccess and without access keys
    Create {
        /// The name
        name: UserName,
    },
    /// Delete a user who has no access keys, policies, groups and buckets; its sessions end at once
    Delete {
        /// The name
        name: UserName,

        /// Delete its access keys and policies and take it out of its groups first; buckets are never deleted
        #[arg(long)]
        force: bool,
    },
    /// List all users
    List,
    /// Show a user: keys, groups, policies, boundary and tags
    Show {
        /// The name
        name: UserName,
    },
    /// Add, change and remove tags of a user, which policies may refer to
    Tag {
        /// The name of the user
        name: UserName,

        /// Tags to add or change
        #[arg(value_name = "KEY=VALUE", required_unless_present = "remove")]
        tags: Vec<TagPair>,

        /// A tag to remove (repeatable)
        #[arg(long, value_name = "KEY")]
        remove: Vec<String>,
    },
}

/// The options of `group`.
#[derive(Debug, Args)]
pub(crate) struct GroupArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: GroupCommand,
}

/// What can be done with groups. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum GroupCommand {
    /// Add a user to a group
    Add {
        /// The group
        group: GroupName,
        /// The user
        user: UserName,
    },
    /// Create a group without members and policies
    Create {
        /// The name
        group: GroupName,
    },
    /// Delete a group that has no members, with its policies
    Delete {
        /// The group
        group: GroupName,
    },
    /// List all groups
    List,
    /// List the members of a group
    Members {
        /// The group
        group: GroupName,
    },
    /// Remove a user from a group
    Remove {
        /// The group
        group: GroupName,
        /// The user
        user: UserName,
    },
}

/// A tag, as typed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct TagPair {
    /// The key.
    pub(crate) key: String,
    /// The value.
    pub(crate) value: String,
}

impl std::str::FromStr for TagPair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once('=') {
            Some((key, value)) if !key.is_empty() => Ok(Self {
                key: key.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err("write a tag as key=value".to_owned()),
        }
    }
}
