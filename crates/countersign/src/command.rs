//! The commands: each reads what it needs, does its one thing and reports.

mod changed;
mod demo;
mod error;
mod group;
mod input;
mod inspect;
mod key;
mod link;
mod lookup;
mod policy;
mod presign;
mod principal;
mod provider;
mod role;
mod serve;
mod session;
mod state;
mod url;
mod user;

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_sigv4::AmzDate;
use countersign_state::UnixMillis;

pub(crate) use error::CommandError;

use crate::args::Command;
use crate::render::Form;

/// How a command that ran to its end ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Outcome {
    /// It did what was asked.
    Done,
    /// It found that what was asked about does not work.
    Negative,
}

/// Runs a command.
///
/// # Errors
/// [`CommandError`], which knows its exit code.
pub(crate) fn run(command: Command, form: Form) -> Result<Outcome, CommandError> {
    match command {
        Command::Demo(args) => demo::run(&args, form),
        Command::Group(args) => group::run(&args, form),
        Command::Inspect(args) => inspect::run(&args, form),
        Command::Key(args) => key::run(&args, form),
        Command::Link(args) => link::run(&args, form),
        Command::Policy(args) => policy::run(&args, form),
        Command::Presign(args) => presign::run(&args, form),
        Command::Provider(args) => provider::run(&args, form),
        Command::Role(args) => role::run(&args, form),
        Command::Serve(args) => serve::run(&args, form),
        Command::Session(args) => session::run(&args, form),
        Command::User(args) => user::run(&args, form),
    }
}

/// The time, for signing and for judging.
fn now() -> AmzDate {
    AmzDate::from_unix(millis_now() / 1_000)
}

/// The time, for the state.
fn unix_millis_now() -> UnixMillis {
    UnixMillis(millis_now())
}

/// A clock before 1970 counts as 1970.
fn millis_now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// A runtime for the commands that wait.
fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
}
