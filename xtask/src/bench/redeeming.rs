//! Counted uses: group commit beside one commit each, in SQLite and in PostgreSQL, on the disk.

use std::process::Command;

use anyhow::Result;

use crate::bench::options::Options;
use crate::bench::postgres::Postgres;
use crate::bench::programs::Programs;
use crate::bench::report::{Report, heading};
use crate::command::succeed;

/// Runs the program `redeeming`, which prints its own table.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("Counting uses, durability on");
    let folder = tempfile::Builder::new()
        .prefix("redeeming-")
        .tempdir_in(report.folder())?;
    let postgres = Postgres::start()?;
    let mut command = Command::new(programs.path("redeeming"));
    command.arg("--folder").arg(folder.path());
    command.arg("--postgres").arg(postgres.url());
    command.arg("--json").arg(report.path("redeeming.json"));
    command.arg("--rounds").arg(options.rounds.to_string());
    if options.quick {
        command.args(["--round-ms", "200"]);
    }
    succeed(&mut command)
}
