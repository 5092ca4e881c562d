//! `cargo xtask check`: formatting, lints and documentation, the state every commit must be in.
//!
//! Warnings are errors here, as they are in CI.

use anyhow::{Result, bail};

use crate::command::{cargo, succeed};

/// Runs the formatter in check mode, clippy, and rustdoc over the workspace.
pub(crate) fn run(args: &[String]) -> Result<()> {
    if let Some(arg) = args.first() {
        bail!("`check` takes no arguments, but got `{arg}`");
    }
    succeed(cargo().args(["fmt", "--all", "--check"]))?;
    succeed(cargo().args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]))?;
    succeed(
        cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}
