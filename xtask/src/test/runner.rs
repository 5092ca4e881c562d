//! Running a test runner: its output is shown as it comes, and its summary counted.

use std::io::{BufRead as _, BufReader, Read, Write as _};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, anyhow};

use super::tally::Tally;

/// Whether a program can be started and succeeds, without a word.
pub(super) fn succeeds(command: &mut Command) -> bool {
    let quiet = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Runs `command` to its end and gives what it counted. One that fails without counting a failure
/// counts as one.
pub(super) fn run(name: &str, command: &mut Command) -> Result<Tally> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start the {name}"))?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let stderr = child.stderr.take().context("standard error is piped")?;
    let mut tally = std::thread::scope(|scope| {
        let errors = scope.spawn(|| show(stderr));
        let mut tally = show(stdout)?;
        let more = errors
            .join()
            .map_err(|_| anyhow!("reading the {name} failed"))??;
        tally.add(more);
        anyhow::Ok(tally)
    })?;
    let status = child
        .wait()
        .with_context(|| format!("the {name} got lost"))?;
    if !status.success() && tally.failed == 0 {
        tally.failed = 1;
        writeln!(std::io::stderr(), "error: the {name} ended with {status}")?;
    }
    Ok(tally)
}

fn show(stream: impl Read) -> Result<Tally> {
    let mut tally = Tally::default();
    let mut lines = BufReader::new(stream);
    let mut line = Vec::new();
    while lines.read_until(b'\n', &mut line)? > 0 {
        std::io::stdout().write_all(&line)?;
        if let Some(counted) = Tally::read(&String::from_utf8_lossy(&line)) {
            tally.add(counted);
        }
        line.clear();
    }
    Ok(tally)
}
