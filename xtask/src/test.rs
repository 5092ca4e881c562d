//! `cargo xtask test`: every Rust test of the workspace.
//!
//! Arguments are handed on to `cargo test` as they are.

use anyhow::Result;

use crate::command::{cargo, succeed};

/// Runs the tests of all crates.
pub(crate) fn run(args: &[String]) -> Result<()> {
    succeed(cargo().args(["test", "--workspace"]).args(args))
}
