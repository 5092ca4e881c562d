//! The `countersign` program: reads the command line, runs one command, says how it went.
//!
//! Everything printed on standard output is the command's report; failures and warnings go to
//! standard error. Exit codes are decided here and in [`command::CommandError::exit_code`] alone. A
//! reader that closes the pipe early has had enough, which is success.

mod args;
mod aws;
mod command;
mod config;
mod render;
mod suggestion;

use std::io::{self, Write as _};
use std::process::ExitCode;

use clap::Parser as _;

use crate::args::Args;
use crate::command::{CommandError, Outcome};
use crate::render::{Form, json, terminal};

// COST: a request makes some thirty small, short-lived allocations in hyper and http; glibc's
// allocator takes a tenth of the time of a small GET, this one less than half of that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let args = Args::parse();
    let form = if args.json { Form::Json } else { Form::Text };
    match command::run(args.command, form) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::Negative) => ExitCode::from(1),
        Err(error) if error.is_broken_pipe() => ExitCode::SUCCESS,
        Err(error) => {
            // If standard error is gone too, there is nobody left to tell.
            drop(complain(&error, form));
            ExitCode::from(error.exit_code())
        }
    }
}

fn complain(error: &CommandError, form: Form) -> io::Result<()> {
    match form {
        Form::Json => json::write(&error.to_json(), &mut io::stderr().lock()),
        Form::Text => {
            let text = terminal::shown(&error.to_string());
            let mut out = anstream::stderr();
            writeln!(out, "{} {text}", terminal::styled(terminal::BAD, "error:"))?;
            error
                .excerpt()
                .map_or(Ok(()), |excerpt| excerpt.write_text(&mut out))
        }
    }
}
