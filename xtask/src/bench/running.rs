//! A server that was started here and is stopped with its guard.
//!
//! Servers are ended by their process id, politely first, so that a master process can end its
//! workers.

use std::fs::File;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

const START_PATIENCE: Duration = Duration::from_secs(20);
const STOP_PATIENCE: Duration = Duration::from_secs(20);
const STEP: Duration = Duration::from_millis(20);

/// The core that servers are kept on.
pub(crate) const SERVER_CORE: usize = 0;
/// The core that the load generator is kept on.
pub(crate) const LOAD_CORE: usize = 1;

/// A started server; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Running {
    child: Child,
    log: PathBuf,
    name: &'static str,
}

impl Running {
    /// Starts `command` on the servers' core and waits until `address` answers. What the server
    /// prints goes to the file `log`.
    pub(crate) fn start(
        name: &'static str,
        command: &Command,
        address: SocketAddr,
        log: PathBuf,
    ) -> Result<Self> {
        let printed =
            File::create(&log).with_context(|| format!("cannot write {}", log.display()))?;
        let mut pinned = Command::new("taskset");
        pinned.arg("--cpu-list").arg(SERVER_CORE.to_string());
        pinned.arg(command.get_program()).args(command.get_args());
        for (key, value) in command.get_envs() {
            if let Some(value) = value {
                pinned.env(key, value);
            }
        }
        let child = pinned
            .stdin(Stdio::null())
            .stdout(printed.try_clone()?)
            .stderr(printed)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut running = Self { child, log, name };
        running.await_listener(address)?;
        Ok(running)
    }

    /// The process and its direct children.
    pub(crate) fn pids(&self) -> Result<Vec<u32>> {
        let own = self.child.id();
        let path = format!("/proc/{own}/task/{own}/children");
        let children = std::fs::read_to_string(&path).with_context(|| format!("no {path}"))?;
        let mut pids = vec![own];
        for child in children.split_whitespace() {
            pids.push(child.parse().with_context(|| format!("odd {path}"))?);
        }
        Ok(pids)
    }

    fn await_listener(&mut self, address: SocketAddr) -> Result<()> {
        let deadline = Instant::now() + START_PATIENCE;
        while TcpStream::connect_timeout(&address, STEP).is_err() {
            if let Some(status) = self.child.try_wait()? {
                let said = std::fs::read_to_string(&self.log).unwrap_or_default();
                bail!(
                    "{} ended with {status} before it listened: {}",
                    self.name,
                    said.trim()
                );
            }
            if Instant::now() > deadline {
                bail!("{} does not listen on {address}", self.name);
            }
            std::thread::sleep(STEP);
        }
        Ok(())
    }

    fn ask_to_end(&self) -> Result<()> {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.context("odd process id")?, Signal::TERM)?;
        Ok(())
    }

    fn has_ended(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(Some(_)))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let deadline = Instant::now() + STOP_PATIENCE;
        let asked = self.ask_to_end().is_ok();
        while asked && !self.has_ended() && Instant::now() < deadline {
            std::thread::sleep(STEP);
        }
        if !self.has_ended() && self.child.kill().is_ok() {
            // Only reaps: a killed process cannot fail to end.
            self.child.wait().ok();
        }
    }
}

/// A loopback address that nobody listens on.
pub(crate) fn free_address() -> Result<SocketAddr> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("no free port")?;
    Ok(listener.local_addr()?)
}
