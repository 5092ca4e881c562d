//! The programs that take part, built as they ship.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::bench::report::target_folder;
use crate::command::{cargo, repository_root, succeed};

/// Where the built programs lie.
#[derive(Debug)]
pub(crate) struct Programs {
    folder: PathBuf,
}

/// The last line of a program's output, and whether it ended well.
#[derive(Clone, Debug)]
pub(crate) struct Said<T> {
    pub(crate) value: T,
    pub(crate) succeeded: bool,
}

impl Programs {
    /// Builds the server and the benchmark programs.
    pub(crate) fn build() -> Result<Self> {
        let target = target_folder();
        succeed(
            cargo()
                .args([
                    "build",
                    "--release",
                    "--package",
                    "countersign",
                    "--target-dir",
                ])
                .arg(&target),
        )?;
        succeed(
            cargo()
                .args(["build", "--release", "--target-dir"])
                .arg(&target)
                .current_dir(repository_root().join("benches")),
        )?;
        Ok(Self {
            folder: target.join("release"),
        })
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Runs a program that measures on one core, such as `signing`; it prints its own table.
    pub(crate) fn contest(&self, name: &str, json: &Path, quick: bool) -> Result<()> {
        let mut command = Command::new(self.path(name));
        command.arg("--json").arg(json);
        if quick {
            command.args(["--rounds", "5"]);
        }
        succeed(&mut command)
    }

    /// Writes a fresh certificate and its key into `folder`.
    pub(crate) fn make_certificate(&self, folder: &Path) -> Result<()> {
        succeed(Command::new(self.path("certificate")).arg(folder))
    }

    /// Runs a program that answers with one line of JSON.
    pub(crate) fn ask<T: DeserializeOwned>(
        &self,
        name: &str,
        args: &[impl AsRef<OsStr>],
    ) -> Result<Said<T>> {
        let output = Command::new(self.path(name))
            .args(args)
            .stderr(Stdio::inherit())
            .output()
            .with_context(|| format!("cannot start `{name}`"))?;
        let text = String::from_utf8_lossy(&output.stdout);
        if text.trim().is_empty() {
            bail!("`{name}` ended with {} and said nothing", output.status);
        }
        let value = serde_json::from_str(text.trim())
            .with_context(|| format!("`{name}` said something odd: {text}"))?;
        Ok(Said {
            value,
            succeeded: output.status.success(),
        })
    }
}

/// What one run of the load generator came to.
#[derive(Clone, Debug, Deserialize, serde::Serialize)]
pub(crate) struct Outcome {
    pub(crate) requests: u64,
    pub(crate) requests_per_second: f64,
    pub(crate) bytes_per_second: f64,
    pub(crate) p50_us: f64,
    pub(crate) p99_us: f64,
    pub(crate) server_cpu_us: Option<f64>,
    pub(crate) own_cpu_share: f64,
    pub(crate) errors: u64,
    pub(crate) first_error: Option<String>,
}
