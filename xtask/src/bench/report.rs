//! Where figures are kept, and what the machine was that made them.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde::Serialize;

use crate::command::repository_root;

/// The folder of JSON files.
#[derive(Debug)]
pub(crate) struct Report {
    folder: PathBuf,
}

#[derive(Debug, Serialize)]
struct Machine {
    processor: String,
    cores: usize,
    kernel: String,
    compiler: String,
    commit: String,
}

impl Report {
    /// Makes the folder and writes down the machine.
    pub(crate) fn open() -> Result<Self> {
        let folder = target_folder().join("bench");
        fs::create_dir_all(&folder)?;
        let report = Self { folder };
        let machine = Machine::this()?;
        say(&format!(
            "{} ({} cores), Linux {}, {}, commit {}",
            machine.processor, machine.cores, machine.kernel, machine.compiler, machine.commit
        ));
        report.write("machine.json", &machine)?;
        Ok(report)
    }

    pub(crate) fn folder(&self) -> &Path {
        &self.folder
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Writes figures as JSON.
    pub(crate) fn write(&self, name: &str, figures: &impl Serialize) -> Result<()> {
        let path = self.path(name);
        fs::write(&path, serde_json::to_vec_pretty(figures)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Machine {
    fn this() -> Result<Self> {
        let processors = fs::read_to_string("/proc/cpuinfo").context("no /proc/cpuinfo")?;
        let model = processors
            .lines()
            .find(|line| line.starts_with("model name"));
        let model = model
            .and_then(|line| line.split_once(": "))
            .map(|(_, model)| model);
        let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").context("no osrelease")?;
        Ok(Self {
            processor: model.unwrap_or("unknown processor").to_owned(),
            cores: std::thread::available_parallelism()?.get(),
            kernel: kernel.trim().to_owned(),
            compiler: said_by(Command::new("rustc").arg("--version")),
            commit: said_by(
                Command::new("git")
                    .args(["describe", "--always", "--dirty"])
                    .current_dir(repository_root()),
            ),
        })
    }
}

/// The first line that a program prints, or `unknown` where it cannot run.
fn said_by(command: &mut Command) -> String {
    let output = command
        .output()
        .map(|output| output.stdout)
        .unwrap_or_default();
    let text = String::from_utf8_lossy(&output);
    text.lines().next().unwrap_or("unknown").to_owned()
}

/// Cargo's target folder.
pub(crate) fn target_folder() -> PathBuf {
    let set = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    set.map_or_else(
        || repository_root().join("target"),
        |set| repository_root().join(set),
    )
}

/// Prints a heading.
pub(crate) fn heading(text: &str) {
    say(&format!("\n## {text}\n"));
}

#[expect(
    clippy::print_stdout,
    reason = "the tables are the product of the task"
)]
pub(crate) fn say(line: &str) {
    println!("{line}");
}
