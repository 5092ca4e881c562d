//! A PostgreSQL server as Debian configures it, for as long as it is measured.
//!
//! It has a directory of its own under the temporary one, on a port of the loopback, and runs as `postgres` or
//! nobody if this runs as root, because it refuses to be root.

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tempfile::TempDir;

use crate::bench::running::{Running, free_address};
use crate::command::succeed;

/// A running server with an empty database.
#[derive(Debug)]
pub(crate) struct Postgres {
    // Dropped in this order: the server first.
    _server: Running,
    _folder: TempDir,
    address: SocketAddr,
}

impl Postgres {
    /// Makes a cluster and starts it.
    pub(crate) fn start() -> Result<Self> {
        let bin = binaries()?;
        let folder = tempfile::Builder::new()
            .prefix("countersign-bench-")
            .tempdir()?;
        let account = account();
        fs::set_permissions(folder.path(), fs::Permissions::from_mode(0o700))?;
        if let Some((user, group)) = account {
            chown(folder.path(), Some(user), Some(group))?;
        }
        let program = |name: &str| {
            let mut command = Command::new("setpriv");
            if let Some((user, group)) = account {
                command
                    .arg(format!("--reuid={user}"))
                    .arg(format!("--regid={group}"));
                command.arg("--clear-groups");
            }
            command.args(["--pdeathsig", "QUIT"]).arg(bin.join(name));
            command
        };
        let data = folder.path().join("data");
        let mut initdb = program("initdb");
        initdb.args([
            "--auth=trust",
            "--username=app",
            "--encoding=UTF8",
            "--locale=C",
            "--pgdata",
        ]);
        succeed(initdb.arg(&data).current_dir(folder.path()))?;
        let address = free_address()?;
        let mut postgres = program("postgres");
        postgres.arg("-D").arg(&data);
        postgres.args(["-p", &address.port().to_string()]);
        postgres.args(["-c", "listen_addresses=127.0.0.1"]);
        postgres.arg("-c");
        postgres.arg(format!(
            "unix_socket_directories={}",
            folder.path().display()
        ));
        let log = folder.path().join("log");
        let server = Running::start("postgres", &postgres, address, log)?;
        let mut ready = Command::new(bin.join("pg_isready"));
        ready.args(["--quiet", "--host=127.0.0.1", "--port"]);
        ready.arg(address.port().to_string());
        // It listens a moment before it serves.
        while !ready.status()?.success() {
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok(Self {
            _server: server,
            _folder: folder,
            address,
        })
    }

    /// The URL of its database.
    pub(crate) fn url(&self) -> String {
        format!("postgres://app@{}/postgres", self.address)
    }
}

/// The programs of the newest version that is there.
fn binaries() -> Result<PathBuf> {
    let versions = fs::read_dir("/usr/lib/postgresql")
        .context("PostgreSQL is missing; install the package `postgresql`")?;
    let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    versions.retain(|path| path.join("bin/initdb").exists());
    let number = |path: &PathBuf| path.file_name()?.to_str()?.parse::<u32>().ok();
    versions.sort_by_key(number);
    let newest = versions
        .pop()
        .context("there is no `initdb` in /usr/lib/postgresql")?;
    Ok(newest.join("bin"))
}

/// The ids of `postgres`, or of nobody, if this runs as root.
fn account() -> Option<(u32, u32)> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
    let ids = |line: &str| {
        let mut fields = line.strip_prefix("postgres:")?.split(':').skip(1);
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    };
    Some(accounts.lines().find_map(ids).unwrap_or((65_534, 65_534)))
}
