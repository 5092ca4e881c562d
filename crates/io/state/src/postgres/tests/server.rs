//! A PostgreSQL server that a test starts for itself, from the machine's binaries.
//!
//! It listens on one free port of the loopback and on a socket in its own directory. It goes with the value,
//! also when a test panics, and with the thread that started it, also when that is killed.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::{PermissionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};

use tempfile::TempDir;
use tokio_postgres::NoTls;

use crate::{PostgresStore, PostgresUrl, StateUrl};

/// A running server.
pub(super) struct Server {
    directory: TempDir,
    bin: PathBuf,
    port: u16,
    process: Option<Child>,
    databases: AtomicUsize,
}

/// Who runs it: PostgreSQL refuses to run as root.
#[derive(Clone, Copy)]
struct RunAs {
    uid: u32,
    gid: u32,
}

impl Server {
    /// Starts a server with these settings.
    pub(super) fn start(settings: &[&str]) -> Option<Self> {
        Self::start_with(settings, &[])
    }

    /// Starts a server with these settings, and these files in its data directory.
    ///
    /// Where there is no PostgreSQL the test fails, rather than pass over what it is for; unless
    /// `COUNTERSIGN_WITHOUT_POSTGRES` says that there shall be none.
    pub(super) fn start_with(settings: &[&str], files: &[(&str, &str)]) -> Option<Self> {
        let bin = newest_binaries();
        if bin.is_none() && std::env::var_os("COUNTERSIGN_WITHOUT_POSTGRES").is_some() {
            println!("left out: there is no PostgreSQL");
            return None;
        }
        let bin = bin.expect(
            "PostgreSQL's programs are not in /usr/lib/postgresql; install the package `postgresql`",
        );
        let directory = tempfile::tempdir().unwrap();
        let mut server = Self {
            directory,
            bin,
            port: 0,
            process: None,
            databases: AtomicUsize::new(0),
        };
        if let Some(RunAs { uid, gid }) = run_as() {
            chown(server.directory.path(), Some(uid), Some(gid)).unwrap();
        }
        let mode = fs::Permissions::from_mode(0o700);
        fs::set_permissions(server.directory.path(), mode).unwrap();
        let made = server
            .command("initdb")
            .args([
                "--auth=trust",
                "--username=app",
                "--encoding=UTF8",
                "--locale=C",
            ])
            .args(["--no-sync", "--pgdata"])
            .arg(server.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "{made:?}");
        for (name, text) in files {
            let path = server.data().join(name);
            fs::write(&path, text).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
            if let Some(RunAs { uid, gid }) = run_as() {
                chown(&path, Some(uid), Some(gid)).unwrap();
            }
        }
        server.run(settings);
        Some(server)
    }

    /// Starts what was stopped, on the same port and data.
    pub(super) fn run(&mut self, settings: &[&str]) {
        // A port that was free a moment ago may be taken by then: another is tried.
        for _ in 0..20 {
            if self.port == 0 {
                self.port = free_port();
            }
            let process = self.spawn(settings);
            self.process = Some(process);
            if self.is_ready() {
                return;
            }
            self.kill();
            self.port = 0;
        }
        panic!("PostgreSQL does not start: {}", self.log());
    }

    /// Ends the server at once, as a crash does.
    pub(super) fn kill(&mut self) {
        let Some(mut process) = self.process.take() else {
            return;
        };
        // SIGQUIT is "immediate shutdown": no child is left, and nothing is written that was not before.
        let id = rustix::process::Pid::from_child(&process);
        let _ = rustix::process::kill_process(id, rustix::process::Signal::QUIT);
        let _ = process.wait();
    }

    /// The URL of a database by this name.
    pub(super) fn url(&self, database: &str) -> PostgresUrl {
        let port = self.port;
        Self::parse(&format!("postgres://app@127.0.0.1:{port}/{database}"))
    }

    /// The URL of a database by a name of the machine, with these parameters.
    pub(super) fn url_with(&self, host: &str, parameters: &str) -> PostgresUrl {
        let port = self.port;
        Self::parse(&format!(
            "postgres://app@{host}:{port}/postgres?{parameters}"
        ))
    }

    fn parse(url: &str) -> PostgresUrl {
        match StateUrl::parse(url).unwrap() {
            StateUrl::Postgres(url) => *url,
            StateUrl::Sqlite => unreachable!(),
        }
    }

    /// A new, empty database.
    pub(super) async fn database(&self) -> PostgresUrl {
        let number = self.databases.fetch_add(1, Ordering::Relaxed);
        let name = format!("test_{number}");
        self.execute("postgres", &format!("CREATE DATABASE {name}"))
            .await;
        self.url(&name)
    }

    /// Executes statements in a database.
    pub(super) async fn execute(&self, database: &str, sql: &str) {
        let (client, connection) = self.url(database).config.connect(NoTls).await.unwrap();
        let connection = tokio::spawn(connection);
        client.batch_execute(sql).await.unwrap();
        drop(client);
        connection.await.unwrap().unwrap();
    }

    /// A store in this database, with its own data directory.
    pub(super) fn store(&self, url: &PostgresUrl) -> (TempDir, PostgresStore) {
        let directory = tempfile::tempdir().unwrap();
        let store = PostgresStore::open(url, directory.path()).unwrap();
        (directory, store)
    }

    fn spawn(&self, settings: &[&str]) -> Child {
        let mut command = self.command("postgres");
        command
            .arg("-D")
            .arg(self.data())
            .args(["-p", &self.port.to_string()])
            .args(["-c", "listen_addresses=127.0.0.1"])
            .arg("-c")
            .arg(format!(
                "unix_socket_directories={}",
                self.directory.path().display()
            ));
        for setting in settings {
            command.args(["-c", setting]);
        }
        let log = fs::File::create(self.directory.path().join("log")).unwrap();
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap()
    }

    fn is_ready(&mut self) -> bool {
        loop {
            let process = self.process.as_mut().unwrap();
            if process.try_wait().unwrap().is_some() {
                return false;
            }
            let asked = Command::new(self.bin.join("pg_isready"))
                .args(["--quiet", "--host=127.0.0.1", "--port"])
                .arg(self.port.to_string())
                .status();
            if asked.unwrap().success() {
                return true;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
    }

    fn data(&self) -> PathBuf {
        self.directory.path().join("data")
    }

    fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap_or_default()
    }

    /// A program of PostgreSQL, run as somebody who may run it, and not longer than this thread.
    fn command(&self, program: &str) -> Command {
        let mut command = Command::new("setpriv");
        if let Some(RunAs { uid, gid }) = run_as() {
            command
                .arg(format!("--reuid={uid}"))
                .arg(format!("--regid={gid}"))
                .arg("--clear-groups");
        }
        command
            .args(["--pdeathsig", "QUIT"])
            .arg(self.bin.join(program));
        command.current_dir(self.directory.path());
        command
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn newest_binaries() -> Option<PathBuf> {
    let version = |path: &Path| path.file_name()?.to_str()?.parse::<u32>().ok();
    let versions = fs::read_dir("/usr/lib/postgresql").ok()?;
    let mut versions: Vec<PathBuf> = versions.flatten().map(|entry| entry.path()).collect();
    versions.retain(|path| path.join("bin/initdb").exists());
    versions.sort_by_key(|path| version(path));
    versions.pop().map(|path| path.join("bin"))
}

/// The user `postgres`, or nobody, if these tests run as root.
fn run_as() -> Option<RunAs> {
    if !rustix::process::geteuid().is_root() {
        return None;
    }
    let accounts = fs::read_to_string("/etc/passwd").unwrap();
    let ids = |account: &str| {
        let fields: Vec<&str> = account.split(':').collect();
        (fields.first() == Some(&"postgres")).then(|| RunAs {
            uid: fields[2].parse().unwrap(),
            gid: fields[3].parse().unwrap(),
        })
    };
    let nobody = RunAs {
        uid: 65_534,
        gid: 65_534,
    };
    Some(accounts.lines().find_map(ids).unwrap_or(nobody))
}

fn free_port() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}
