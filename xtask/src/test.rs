//! `cargo xtask test`: formatting, lints, every Rust test, and real clients against the binary.
//!
//! On a machine with only Rust, Python 3 and Node it installs what is missing first, inside `.test/`
//! where it can. Fast steps come first, a failed step does not keep the others from running, and the
//! last line sums up what all runners counted.
//!
//! INVARIANT: success means that something ran and nothing failed, also where a runner died before
//! it could count.

mod clients;
mod install;
mod options;
mod runner;
mod tally;

use std::io::Write as _;

use anyhow::{Result, ensure};

use self::options::Options;
use self::tally::Tally;
use crate::check;
use crate::command::cargo;

/// Runs all tests that the arguments ask for.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let options = Options::parse(args)?;
    if options.install {
        install::rust_components()?;
        install::postgresql()?;
    }
    let mut total = Tally::default();
    heading("formatting, lints and documentation")?;
    total.add_check("check", check::run(&[]));
    heading("Rust tests")?;
    total.add(rust_tests()?);
    total.add(runner::run(
        "doc tests",
        cargo().args(["test", "--doc", "--workspace"]),
    )?);
    if options.clients {
        heading("real clients")?;
        match clients::run(&options) {
            Ok(tally) => total.add(tally),
            Err(error) => total.add_check("clients", Err(error)),
        }
    }
    writeln!(std::io::stdout(), "\n{total}")?;
    ensure!(total.passed > 0, "no test ran");
    ensure!(total.failed == 0, "{} of the tests failed", total.failed);
    Ok(())
}

/// Unit and integration tests, by nextest where it is installed.
fn rust_tests() -> Result<Tally> {
    let has_nextest = runner::succeeds(cargo().args(["nextest", "--version"]));
    let arguments: &[&str] = if has_nextest {
        &["nextest", "run", "--workspace", "--no-fail-fast"]
    } else {
        &["test", "--workspace", "--all-targets", "--no-fail-fast"]
    };
    runner::run(
        "Rust tests",
        cargo().args(arguments).envs(install::left_out()),
    )
}

fn heading(text: &str) -> Result<()> {
    writeln!(std::io::stdout(), "\n== {text}")?;
    Ok(())
}
