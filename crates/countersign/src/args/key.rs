//! `countersign key`

use std::time::Duration;

use clap::{Args, Subcommand};
use countersign_sigv4::{AccessKeyId, AmzDate};
use countersign_state::{UnixMillis, UserName};

use super::DataArgs;
use super::presign::parse_date;
use crate::config::TimeSpan;

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

        /// When it expires: an instant, or a time from now such as 90d
        #[arg(long, value_name = "WHEN")]
        expires: Option<When>,

        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,
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
    /// Set when an access key expires, or that it does not
    Expire {
        /// The access key id
        #[arg(value_parser = parse_id)]
        id: AccessKeyId,

        /// An instant, or a time from now such as 90d
        #[arg(required_unless_present = "never")]
        when: Option<When>,

        /// It does not expire
        #[arg(long, conflicts_with = "when")]
        never: bool,
    },
    /// List access keys with user, status, creation and last use
    List {
        /// Only the keys of this user
        #[arg(long, value_name = "NAME")]
        user: Option<UserName>,
    },
    /// Make a second key and let the first retire; with --finish, end the first when nobody uses it any more
    Rotate {
        /// The user, or the id of the key that is to go
        #[arg(value_name = "USER|ID")]
        which: String,

        /// Take the next step with the retiring key: disable it, or delete it once it is disabled
        #[arg(long, conflicts_with = "cancel")]
        finish: bool,

        /// How long nobody may have used it
        #[arg(long, value_name = "TIME", default_value = "24h", requires = "finish")]
        quiet_for: TimeSpan,

        /// Even if somebody uses it still
        #[arg(long, requires = "finish")]
        force: bool,

        /// Let it not retire after all
        #[arg(long)]
        cancel: bool,
    },
    /// Show retiring keys: who still uses them, and since when they are quiet
    Rotation {
        /// A user, or the id of a key; all that retire if none is named
        #[arg(value_name = "USER|ID")]
        which: Option<String>,
    },
}

/// An instant, as typed: itself, or a time from now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum When {
    /// At this instant.
    At(AmzDate),
    /// So long from now.
    In(Duration),
}

impl When {
    /// The instant it is, if now is `now`.
    pub(crate) fn from(self, now: UnixMillis) -> UnixMillis {
        match self {
            Self::At(at) => UnixMillis(at.unix().saturating_mul(1_000)),
            Self::In(time) => {
                let ms = i64::try_from(time.as_millis()).unwrap_or(i64::MAX);
                UnixMillis(now.0.saturating_add(ms))
            }
        }
    }
}

impl std::str::FromStr for When {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if let Ok(at) = parse_date(text) {
            return Ok(Self::At(at));
        }
        let time: Result<TimeSpan, _> = text.parse();
        time.map(|time| Self::In(time.0)).map_err(|_| {
            "write an instant like 2026-11-23T12:00:00Z, or a time like 90d".to_owned()
        })
    }
}

pub(super) fn parse_id(text: &str) -> Result<AccessKeyId, String> {
    if text.is_empty() {
        return Err("an access key id is not empty".to_owned());
    }
    Ok(AccessKeyId::new(text))
}
