//! `serve`: an S3 server over a local directory.
//!
//! What the server is made of comes together here: settings, state, objects, listeners. The first
//! start in a directory makes two keys and prints them once; after that the server says where it is
//! and goes on until it is asked to stop.

mod first_start;
mod logging;
mod report;
mod signal;
mod wiring;

use std::io::Write as _;

pub(super) use first_start::FirstKey;
pub(super) use signal::stop_requested;
pub(crate) use wiring::ServeError;
pub(super) use wiring::{Running, start};

use self::report::{Checked, Started};
use super::{CommandError, Outcome, runtime};
use crate::args::ServeArgs;
use crate::config::{self, Loaded};
use crate::render::{Form, terminal};

/// Runs `serve`.
pub(super) fn run(args: &ServeArgs, form: Form) -> Result<Outcome, CommandError> {
    let Loaded { config, warnings } = config::load(args.data.config.as_deref(), args.overrides())?;
    for warning in &warnings {
        writeln!(
            anstream::stderr(),
            "{} {warning}",
            terminal::styled(terminal::WARN, "warning:")
        )?;
    }
    if args.check {
        form.print(&Checked::new(config))?;
        return Ok(Outcome::Done);
    }
    logging::begin(config.log);
    runtime()?.block_on(async {
        let running = start(config).await?;
        form.print(&Started::of(&running))?;
        stop_requested().await?;
        running.stop().await?;
        Ok(Outcome::Done)
    })
}
