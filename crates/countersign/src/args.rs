//! What was typed: the whole command line, as clap reads it.
//!
//! Texts are parsed into the type they mean here, so that a bad value is a usage error with clap's
//! own pointing. Every flag of `serve` is an environment variable too (`COUNTERSIGN_<FLAG>`).

mod demo;
mod inspect;
mod key;
mod link;
mod link_create;
mod pair;
mod place;
mod policy;
mod presign;
mod restriction;
mod role;
mod serve;
mod user;

use clap::{Parser, Subcommand};

pub(crate) use demo::DemoArgs;
pub(crate) use inspect::InspectArgs;
pub(crate) use key::{KeyArgs, KeyCommand, When};
pub(crate) use link::{LinkArgs, LinkCommand, LinkListArgs, RevokeArgs, WhichLink};
pub(crate) use link_create::LinkCreateArgs;
pub(crate) use pair::{HeaderPair, QueryPair};
pub(crate) use place::S3Place;
pub(crate) use policy::{
    Asked, BoundaryCommand, Kind, ManagedCommand, OwnerArgs, PolicyArgs, PolicyCommand,
    SimulateArgs,
};
pub(crate) use presign::PresignArgs;
pub(crate) use restriction::RestrictionArgs;
pub(crate) use role::{
    ProviderArgs, ProviderCommand, RevokedSessions, RoleArgs, RoleCommand, SessionArgs,
    SessionCommand,
};
pub(crate) use serve::{DataArgs, ServeArgs};
pub(crate) use user::{GroupArgs, GroupCommand, TagPair, UserArgs, UserCommand};

const EXIT_CODES: &str = "\
Exit codes:
  0  done
  1  refused, denied, failed, or a URL that cannot work
  2  the command line is wrong
  3  the configuration is wrong
  4  the state or the credentials cannot be used";

/// Pre-signed URLs that are safe to hand out.
///
/// Countersign issues presigned S3 URLs, checks them, serves what they point to and explains every
/// refusal. Begin with `countersign demo`.
#[derive(Debug, Parser)]
#[command(name = "countersign", version, after_help = EXIT_CODES, max_term_width = 100)]
pub(crate) struct Args {
    /// Print JSON instead of text
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What can be done.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show a presigned URL made, used and refused, on a server of its own
    Demo(DemoArgs),
    /// Create groups of users and say who is in them
    Group(GroupArgs),
    /// Say what a presigned URL grants, to whom, until when, and what is risky about it
    Inspect(InspectArgs),
    /// Create, list, rotate, disable and delete access keys
    Key(KeyArgs),
    /// Revoke links, show and list how they were used, give uses back
    Link(LinkArgs),
    /// Put, check and simulate the policies that say what users may do
    Policy(PolicyArgs),
    /// Make a presigned URL; takes the options of `aws s3 presign`, and works with AWS too
    Presign(Box<PresignArgs>),
    /// Say whose OpenID Connect tokens roles may trust
    Provider(ProviderArgs),
    /// Create roles, which others become for a while, and say who may
    Role(RoleArgs),
    /// Serve S3 from a local directory; needs no configuration
    Serve(Box<ServeArgs>),
    /// Revoke temporary credentials
    Session(SessionArgs),
    /// Create, list, show, tag and delete users
    User(UserArgs),
}

#[cfg(test)]
mod tests;
