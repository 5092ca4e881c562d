//! `countersign policy`

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};
use countersign_policy::PolicyKind;
use countersign_s3::BucketName;
use countersign_state::{GroupName, IamPath, PolicyName, PolicyOwner, RoleName, UserName};

use super::place::{S3Place, parse_bucket};
use super::{DataArgs, QueryPair};

/// The options of `policy`.
#[derive(Debug, Args)]
pub(crate) struct PolicyArgs {
    /// Where the state is.
    #[command(flatten)]
    pub(crate) data: DataArgs,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: PolicyCommand,
}

/// What can be done with policies. All of it works while the server runs.
#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Attach a managed policy to a user, group or role
    Attach {
        /// The managed policy
        name: PolicyName,

        /// To whom.
        #[command(flatten)]
        owner: OwnerArgs,
    },
    /// Set, show and remove the permissions boundary of a user
    #[command(subcommand)]
    Boundary(BoundaryCommand),
    /// Say whether a document would be taken, where it is wrong, and what is unwise about it
    Check {
        /// The document (JSON); `-` is standard input
        file: PathBuf,

        /// What the policy would belong to
        #[arg(long, value_enum, default_value = "identity")]
        kind: Kind,

        /// The bucket whose policy it would be
        #[arg(long, value_parser = parse_bucket)]
        bucket: Option<BucketName>,
    },
    /// Delete a policy of a user, group or role
    Delete {
        /// Whose policy it is.
        #[command(flatten)]
        owner: OwnerArgs,

        /// The name of the policy
        #[arg(long)]
        name: PolicyName,
    },
    /// Detach a managed policy from a user, group or role
    Detach {
        /// The managed policy
        name: PolicyName,

        /// From whom.
        #[command(flatten)]
        owner: OwnerArgs,
    },
    /// Create, update, list and delete managed policies, which are attached to many
    #[command(subcommand)]
    Managed(ManagedCommand),
    /// List the policies of a user, also those of its groups, or of a group or role
    List {
        /// Whose policies.
        #[command(flatten)]
        owner: OwnerArgs,
    },
    /// Put a policy of a user, group or role, in place of an earlier one of its name
    Put {
        /// Whose policy it is.
        #[command(flatten)]
        owner: OwnerArgs,

        /// The name of the policy
        #[arg(long)]
        name: PolicyName,

        /// The document (JSON); `-` is standard input
        file: PathBuf,
    },
    /// Show a policy of a user, group or role, as it was put
    Show {
        /// Whose policy it is.
        #[command(flatten)]
        owner: OwnerArgs,

        /// The name of the policy
        #[arg(long)]
        name: PolicyName,
    },
    /// Decide a request by policies, and name the statement that decided it
    Simulate(Box<SimulateArgs>),
}

/// What can be done with the permissions boundary of a user.
#[derive(Debug, Subcommand)]
pub(crate) enum BoundaryCommand {
    /// Remove it
    Remove {
        /// The user
        #[arg(long, value_name = "NAME")]
        user: UserName,
    },
    /// Set it, in place of an earlier one
    Set {
        /// The user
        #[arg(long, value_name = "NAME")]
        user: UserName,

        /// The document (JSON); `-` is standard input
        file: PathBuf,
    },
    /// Show it, as it was set
    Show {
        /// The user
        #[arg(long, value_name = "NAME")]
        user: UserName,
    },
}

/// What can be done with managed policies.
#[derive(Debug, Subcommand)]
pub(crate) enum ManagedCommand {
    /// Create a managed policy, attached to nobody
    Create {
        /// The name
        name: PolicyName,

        /// The document (JSON); `-` is standard input
        file: PathBuf,

        /// What it is for
        #[arg(long, value_name = "TEXT")]
        description: Option<String>,

        /// The path in its ARN
        #[arg(long, default_value = "/")]
        path: IamPath,
    },
    /// Put an earlier version in force again
    Default {
        /// The name
        name: PolicyName,

        /// The number of the version
        #[arg(value_parser = parse_version)]
        version: u32,
    },
    /// Delete a managed policy that is attached to nobody
    Delete {
        /// The name
        name: PolicyName,
    },
    /// List all managed policies, also those that are built in
    List,
    /// Add a version and put it in force; of six versions the oldest goes
    Update {
        /// The name
        name: PolicyName,

        /// The document (JSON); `-` is standard input
        file: PathBuf,
    },
    /// Show the versions of a managed policy, the latest first
    Versions {
        /// The name
        name: PolicyName,
    },
}

/// A user, a group or a role.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct OwnerArgs {
    /// The user
    #[arg(long, value_name = "NAME")]
    user: Option<UserName>,

    /// The group
    #[arg(long, value_name = "NAME")]
    group: Option<GroupName>,

    /// The role
    #[arg(long, value_name = "NAME")]
    role: Option<RoleName>,
}

/// A request, and the policies to decide it by.
#[derive(Debug, Args)]
pub(crate) struct SimulateArgs {
    /// The user who asks; tags, groups, policies and boundary are taken from the state
    #[arg(long, value_name = "NAME", required_unless_present = "policies")]
    pub(crate) user: Option<UserName>,

    /// The action, such as s3:GetObject
    #[arg(long)]
    pub(crate) action: String,

    /// A bucket or object, as an ARN or as s3://bucket/key; `*` is the service itself
    #[arg(long, value_parser = parse_resource)]
    pub(crate) resource: Asked,

    /// A condition key of the request, such as aws:SourceIp=192.0.2.7 (repeatable; the same key again is one
    /// more value)
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) context: Vec<QueryPair>,

    /// A document to take instead of the policies of the user and its groups (repeatable)
    #[arg(long = "policy", value_name = "FILE")]
    pub(crate) policies: Vec<PathBuf>,

    /// A document to take instead of the user's permissions boundary
    #[arg(long = "boundary", value_name = "FILE")]
    pub(crate) boundary: Option<PathBuf>,

    /// A document to take instead of the bucket's policy
    #[arg(long, value_name = "FILE")]
    pub(crate) bucket_policy: Option<PathBuf>,

    /// A document to take as the policy of a session
    #[arg(long, value_name = "FILE")]
    pub(crate) session_policy: Option<PathBuf>,
}

/// What a policy belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Kind {
    /// The permissions boundary of a user
    Boundary,
    /// A bucket
    Bucket,
    /// A user or group
    Identity,
    /// A session
    Session,
    /// A role: who may assume it
    Trust,
}

/// What a simulated request is about.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Asked {
    /// What has this ARN: a role, a user, a policy.
    Arn(String),
    /// A bucket, or an object in it.
    Place(S3Place),
    /// Nothing in particular.
    Service,
}

impl OwnerArgs {
    /// Whose policy is meant.
    pub(crate) fn owner(&self) -> Option<PolicyOwner> {
        let user = self.user.clone().map(PolicyOwner::User);
        user.or_else(|| self.group.clone().map(PolicyOwner::Group))
            .or_else(|| self.role.clone().map(PolicyOwner::Role))
    }
}

impl From<Kind> for PolicyKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Boundary => Self::Boundary,
            Kind::Bucket => Self::Resource,
            Kind::Identity => Self::Identity,
            Kind::Session => Self::Session,
            Kind::Trust => Self::Trust,
        }
    }
}

/// `v3`, or 3.
fn parse_version(text: &str) -> Result<u32, String> {
    let number = text.strip_prefix('v').unwrap_or(text);
    number
        .parse()
        .map_err(|_| "write a version like v3".to_owned())
}

fn parse_resource(text: &str) -> Result<Asked, String> {
    let place = match text.strip_prefix("arn:aws:s3:::") {
        Some("*") => return Ok(Asked::Service),
        None if text == "*" => return Ok(Asked::Service),
        Some(rest) => format!("s3://{rest}"),
        None if text.starts_with("arn:") => return Ok(Asked::Arn(text.to_owned())),
        None => text.to_owned(),
    };
    place
        .parse()
        .map(Asked::Place)
        .map_err(|error| format!("{error}, or as an ARN arn:aws:s3:::bucket/key"))
}
