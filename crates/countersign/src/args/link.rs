//! `countersign link`

use clap::{ArgGroup, Args, Subcommand};
use countersign_gate::{LinkId, Restrictions};
use countersign_s3::BucketName;
use countersign_sigv4::{AccessKeyId, AmzDate};
use countersign_state::{MAX_LISTED, UserName};

use super::DataArgs;
use super::key::parse_id;
use super::place::{S3Place, parse_bucket, parse_within};
use super::presign::parse_date;

/// The options of `link`.
#[derive(Debug, Args)]
pub(crate) struct LinkArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: LinkCommand,
}

/// What can be done with links. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum LinkCommand {
    /// Ask a running issuer for a link
    Create(Box<super::LinkCreateArgs>),
    /// List the links whose uses are counted
    List(LinkListArgs),
    /// Give a link back all its uses and its network, when somebody else has used it up
    Rearm {
        /// Which link.
        #[command(flatten)]
        link: WhichLink,
    },
    /// List what is revoked, the latest first
    Revocations {
        /// At most so many
        #[arg(long, value_name = "N", default_value_t = 100, value_parser = parse_limit)]
        limit: usize,

        /// Only those before this serial number: the next page
        #[arg(long, value_name = "SERIAL")]
        before: Option<u64>,
    },
    /// Revoke a link, or all that was signed before now for a subject, a key, a user or a place
    Revoke(Box<RevokeArgs>),
    /// Say whether a link is revoked, and how it was used
    Show {
        /// Which link.
        #[command(flatten)]
        link: WhichLink,
    },
}

/// One link.
#[derive(Debug, Args)]
pub(crate) struct WhichLink {
    /// The link's id, its URL or the query of its URL; `-` reads it from standard input, which keeps it
    /// out of the shell history
    #[arg(required_unless_present = "name")]
    pub(crate) link: Option<String>,

    /// The name that its signer gave it (x-cs-id)
    #[arg(long, requires = "user", conflicts_with = "link", value_parser = parse_link_name)]
    pub(crate) name: Option<String>,

    /// The user who signed it
    #[arg(long, requires = "name", value_name = "NAME")]
    pub(crate) user: Option<UserName>,
}

/// What to revoke.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("what").args([
    "link", "name", "subject", "access_key", "sessions", "object", "prefix", "bucket",
]))]
pub(crate) struct RevokeArgs {
    /// A link: its id, its URL or the query of its URL; `-` reads it from standard input, which keeps it
    /// out of the shell history
    #[arg()]
    pub(crate) link: Option<String>,

    /// The link that its signer, --user, gave this name (x-cs-id)
    #[arg(long, requires = "user", value_parser = parse_link_name)]
    pub(crate) name: Option<String>,

    /// All that was handed to this subject (x-cs-subject)
    #[arg(long, value_parser = parse_subject)]
    pub(crate) subject: Option<String>,

    /// All that this access key signed
    #[arg(long, value_name = "ID", value_parser = parse_id)]
    pub(crate) access_key: Option<AccessKeyId>,

    /// All that this user signed, with whatever key; with --name, that one link
    #[arg(
        long,
        value_name = "NAME",
        conflicts_with_all = ["link", "subject", "access_key", "sessions", "object", "prefix", "bucket"]
    )]
    pub(crate) user: Option<UserName>,

    /// All that temporary credentials of this user signed
    #[arg(long, value_name = "USER")]
    pub(crate) sessions: Option<UserName>,

    /// All that is for this object
    #[arg(long, value_name = "S3_URI", value_parser = parse_within)]
    pub(crate) object: Option<S3Place>,

    /// All that is for objects whose keys begin so
    #[arg(long, value_name = "S3_URI", value_parser = parse_within)]
    pub(crate) prefix: Option<S3Place>,

    /// All that is for this bucket and its objects
    #[arg(long, value_parser = parse_bucket)]
    pub(crate) bucket: Option<BucketName>,

    /// The last second of signing that is concerned [default: now]
    #[arg(
        long,
        value_name = "INSTANT",
        value_parser = parse_date,
        conflicts_with_all = ["link", "name"]
    )]
    pub(crate) signed_until: Option<AmzDate>,

    /// End transfers under way as well
    #[arg(long)]
    pub(crate) end_transfers: bool,
}

/// Which counted links to list.
#[derive(Debug, Args)]
pub(crate) struct LinkListArgs {
    /// At most so many
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = parse_limit)]
    pub(crate) limit: usize,

    /// Only links after this id: the next page
    #[arg(long, value_name = "ID")]
    pub(crate) after: Option<LinkId>,

    /// Only links without a use left
    #[arg(long)]
    pub(crate) used_up: bool,

    /// Only links that are revoked by themselves
    #[arg(long)]
    pub(crate) revoked: bool,
}

fn parse_limit(text: &str) -> Result<usize, String> {
    let limit = text.parse().ok();
    limit
        .filter(|limit| (1..=MAX_LISTED).contains(limit))
        .ok_or_else(|| format!("write a number from 1 to {MAX_LISTED}"))
}

fn parse_link_name(text: &str) -> Result<String, String> {
    restriction("x-cs-id", text)
}

fn parse_subject(text: &str) -> Result<String, String> {
    restriction("x-cs-subject", text)
}

/// A value that a link can have.
fn restriction(name: &str, value: &str) -> Result<String, String> {
    match Restrictions::of([(name, value)]) {
        Ok(_) => Ok(value.to_owned()),
        Err(error) => Err(error.to_string()),
    }
}
