//! Installing what the tests need and the machine lacks.
//!
//! Python packages go into `.test/venv`, Node packages into `tests/js/node_modules`, both exactly as
//! pinned. System packages are installed only by root on a machine with `apt-get`; everybody else is
//! told what is missing. Clients that are missing then have their tests skipped and counted, and nothing
//! else is.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result};

use super::runner::succeeds;
use crate::bench::nginx;
use crate::command::{cargo, repository_root, succeed};

/// A system package, and how to see whether it is needed.
struct Needed {
    package: &'static str,
    check: &'static [&'static str],
}

/// What the tests cannot do without.
const NEEDED: [Needed; 5] = [
    Needed {
        package: "curl",
        check: &["curl", "--version"],
    },
    // For the tests that need another clock.
    Needed {
        package: "faketime",
        check: &["faketime", "--version"],
    },
    Needed {
        package: "npm",
        check: &["npm", "--version"],
    },
    Needed {
        package: "openssl",
        check: &["openssl", "version"],
    },
    Needed {
        package: "python3-venv",
        check: &["python3", "-c", "import ensurepip, venv"],
    },
];

/// Clients whose tests are skipped, and counted as skipped, where nobody may install them.
const CLIENTS: [Needed; 4] = [
    Needed {
        package: "chromium",
        check: &["chromium", "--version"],
    },
    Needed {
        package: "rclone",
        check: &["rclone", "version"],
    },
    Needed {
        package: "s3cmd",
        check: &["s3cmd", "--version"],
    },
    Needed {
        package: "s3fs",
        check: &["s3fs", "--version"],
    },
];

/// A server that tests start for themselves. Its programs are not on the path, because a machine may have
/// several versions.
const POSTGRESQL: Needed = Needed {
    package: "postgresql",
    check: &["sh", "-c", "ls /usr/lib/postgresql/*/bin/initdb"],
};
/// Told to tests that shall do without it.
const WITHOUT_POSTGRESQL: &str = "COUNTERSIGN_WITHOUT_POSTGRES";
/// What decides whether Debian's package makes a database server for the machine, and starts it.
const CLUSTER_SETTINGS: &str = "/etc/postgresql-common/createcluster.conf";

/// Adds rustfmt and clippy where rustup installed only the compiler.
pub(super) fn rust_components() -> Result<()> {
    for (component, subcommand) in [("clippy", "clippy"), ("rustfmt", "fmt")] {
        if !succeeds(cargo().args([subcommand, "--version"])) {
            succeed(Command::new("rustup").args(["component", "add", component]))
                .with_context(|| format!("`cargo {subcommand}` is missing"))?;
        }
    }
    Ok(())
}

/// Installs PostgreSQL if it is missing, or says that its tests are left out.
pub(super) fn postgresql() -> Result<()> {
    if missing(&[POSTGRESQL]).is_empty() {
        return Ok(());
    }
    if !may_install() {
        return warn_of(&[POSTGRESQL.package]);
    }
    succeed(Command::new("apt-get").args(["update", "--quiet"]))?;
    // The tests start servers of their own, and the machine needs none.
    apt_install(&["postgresql-common"])?;
    let settings = fs::read_to_string(CLUSTER_SETTINGS).unwrap_or_default();
    let settings = settings + "\ncreate_main_cluster = false\n";
    fs::write(CLUSTER_SETTINGS, settings)
        .with_context(|| format!("cannot write `{CLUSTER_SETTINGS}`"))?;
    apt_install(&[POSTGRESQL.package])
}

/// What tests have to be told where there is no PostgreSQL and nobody may install it.
pub(super) fn left_out() -> Option<(&'static str, &'static str)> {
    let is_left_out = !may_install() && !missing(&[POSTGRESQL]).is_empty();
    is_left_out.then_some((WITHOUT_POSTGRESQL, "1"))
}

/// Installs missing system packages, or names them.
pub(super) fn system_packages() -> Result<()> {
    let absent = [missing(&NEEDED), missing(&CLIENTS)].concat();
    if absent.is_empty() {
        return Ok(());
    }
    if !may_install() {
        return warn_of(&absent);
    }
    succeed(Command::new("apt-get").args(["update", "--quiet"]))?;
    apt_install(&absent)
}

fn may_install() -> bool {
    let is_root = rustix::process::geteuid().is_root();
    is_root && succeeds(Command::new("apt-get").arg("--version"))
}

fn warn_of(absent: &[&str]) -> Result<()> {
    let list = absent.join(" ");
    writeln!(
        std::io::stderr(),
        "warning: missing, and only root can install it: {list}"
    )?;
    Ok(())
}

fn apt_install(packages: &[&str]) -> Result<()> {
    let install = ["install", "--yes", "--quiet", "--no-install-recommends"];
    let mut command = Command::new("apt-get");
    command.args(install).args(packages);
    succeed(command.env("DEBIAN_FRONTEND", "noninteractive"))
}

fn missing(packages: &[Needed]) -> Vec<&'static str> {
    let is_missing = |needed: &&Needed| match needed.check {
        [program, arguments @ ..] => !succeeds(Command::new(program).args(arguments)),
        [] => false,
    };
    let missing = packages.iter().filter(is_missing);
    missing.map(|needed| needed.package).collect()
}

/// Fetches the nginx that stands between server and clients as a cache, as the benchmark does: nothing is
/// installed, and no service begins.
pub(super) fn nginx(target: &Path) -> Result<()> {
    if let Err(error) = nginx::find_or_fetch(&target.join("bench")) {
        writeln!(std::io::stderr(), "warning: {error:#}")?;
    }
    Ok(())
}

/// The Python of the virtual environment, which is made or renewed if the pins changed.
pub(super) fn python(install: bool) -> Result<PathBuf> {
    let root = repository_root();
    let folder = root.join(".test/venv");
    let python = folder.join("bin/python");
    let pins = root.join("tests/requirements.txt");
    let installed = folder.join("installed.txt");
    if install && !is_same(&pins, &installed) {
        succeed(
            Command::new("python3")
                .args(["-m", "venv", "--clear"])
                .arg(&folder),
        )
        .context("cannot make a virtual environment for Python")?;
        let quiet = [
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
        ];
        succeed(
            Command::new(&python)
                .args(quiet)
                .arg("--requirement")
                .arg(&pins),
        )?;
        fs::copy(&pins, &installed)?;
    }
    Ok(python)
}

/// Installs the Node packages, unless those of the lock file are there.
pub(super) fn node_packages() -> Result<()> {
    let folder = repository_root().join("tests/js");
    let lock = folder.join("package-lock.json");
    let installed = folder.join("node_modules/installed.json");
    if is_same(&lock, &installed) {
        return Ok(());
    }
    let mut command = Command::new("npm");
    command
        .args(["ci", "--no-audit", "--no-fund"])
        .current_dir(&folder);
    succeed(&mut command).context("cannot install the Node packages")?;
    fs::copy(&lock, &installed)?;
    Ok(())
}

fn is_same(left: &Path, right: &Path) -> bool {
    match (fs::read(left), fs::read(right)) {
        (Ok(left), Ok(right)) => left == right,
        _ => false,
    }
}
