//! What the measured servers have in common: objects by name, reached by signed URLs.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::bench::case::Method;

/// With or without TLS.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Scheme {
    Plain,
    Tls,
}

impl Scheme {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Plain => "http",
            Self::Tls => "https",
        }
    }
}

/// A running server.
pub(crate) trait Peer {
    /// How it is called in tables.
    fn name(&self) -> &'static str;

    /// Its processes.
    fn pids(&self) -> Result<Vec<u32>>;

    /// A fresh signed URL for `method` on the object called `object`.
    fn url(&self, method: Method, object: &str) -> Result<String>;

    /// Writes fresh signed URLs of all `objects` to `file`, one a line.
    fn write_urls(&self, method: Method, objects: &[String], file: &Path) -> Result<()> {
        let urls: Result<Vec<_>> = objects.iter().map(|name| self.url(method, name)).collect();
        fs::write(file, urls?.join("\n"))
            .with_context(|| format!("cannot write {}", file.display()))
    }
}

/// The most memory that was ever resident in any of the peer's processes, summed, in KiB.
pub(crate) fn peak_kib(peer: &dyn Peer) -> Result<u64> {
    let mut sum = 0;
    for pid in peer.pids()? {
        let path = format!("/proc/{pid}/status");
        let status = fs::read_to_string(&path).with_context(|| format!("cannot read {path}"))?;
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let peak = peak.and_then(|peak| peak.trim().strip_suffix(" kB"));
        sum += peak
            .with_context(|| format!("{path} names no peak"))?
            .trim()
            .parse::<u64>()?;
    }
    Ok(sum)
}
