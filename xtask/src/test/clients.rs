//! The tests with real clients, in Python and in JavaScript, against the binary as cargo builds it.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};
use serde::Deserialize;

use super::install;
use super::options::Options;
use super::runner;
use super::tally::Tally;
use crate::command::{cargo, repository_root, succeed};

/// Most tests wait for a server most of the time, so there are more of them than cores.
const PYTEST_WORKERS: &str = "4";

#[derive(Deserialize)]
struct Metadata {
    target_directory: PathBuf,
}

/// Builds the binary and runs both suites.
pub(super) fn run(options: &Options) -> Result<Tally> {
    // The whole workspace, because that is how the tests before were built.
    succeed(cargo().args(["build", "--workspace", "--bins"]))?;
    succeed(cargo().args(["build", "--package", "countersign-cloudfront", "--examples"]))?;
    let target = target_directory()?;
    let binary = target.join("debug/countersign");
    if options.install {
        install::system_packages()?;
        install::node_packages()?;
        install::nginx(&target)?;
    }
    let python = install::python(options.install)?;
    let mut tally = pytest(&python, &binary)?;
    tally.add(node(&binary)?);
    Ok(tally)
}

fn pytest(python: &Path, binary: &Path) -> Result<Tally> {
    let mut command = Command::new(python);
    command
        .args([
            "-m",
            "pytest",
            "--numprocesses",
            PYTEST_WORKERS,
            "--dist",
            "loadfile",
        ])
        .current_dir(repository_root().join("tests"))
        .env("COUNTERSIGN_BINARY", binary)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .envs(install::left_out());
    runner::run("Python tests", &mut command)
}

fn node(binary: &Path) -> Result<Tally> {
    let mut command = Command::new("node");
    command
        .args(["--test", "--test-reporter=spec"])
        .current_dir(repository_root().join("tests/js"))
        .env("COUNTERSIGN_BINARY", binary);
    runner::run("JavaScript tests", &mut command)
}

fn target_directory() -> Result<PathBuf> {
    let output = cargo()
        .args(["metadata", "--format-version", "1", "--no-deps"])
        .output()
        .context("cannot run cargo")?;
    let metadata: Metadata =
        serde_json::from_slice(&output.stdout).context("odd answer of `cargo metadata`")?;
    Ok(metadata.target_directory)
}
