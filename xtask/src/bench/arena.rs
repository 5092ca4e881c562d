//! Where peers meet: a file system, a scheme, and the cases run there.
//!
//! On tmpfs the figures are processor costs. On the disk only uploads are measured, with every
//! durability setting beside nginx, which never syncs.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use tempfile::TempDir;

use crate::bench::case::{Case, Method, Objects, READS_AND_WRITES, WRITES};
use crate::bench::countersign::{Countersign, Durability, Installation};
use crate::bench::measure::{Driver, Measured};
use crate::bench::nginx::Nginx;
use crate::bench::options::Options;
use crate::bench::peer::{Peer, Scheme};
use crate::bench::programs::Programs;
use crate::bench::report::{Report, heading, say};
use crate::bench::{peer, table};

/// A meeting of peers.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Arena {
    cases: &'static [Case],
    durabilities: &'static [Durability],
    place: Place,
    scheme: Scheme,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Place {
    Disk,
    Tmpfs,
}

/// All meetings, one after the other.
pub(crate) const ALL: [Arena; 3] = [
    Arena {
        cases: READS_AND_WRITES,
        durabilities: &[Durability::Full],
        place: Place::Tmpfs,
        scheme: Scheme::Plain,
    },
    Arena {
        cases: READS_AND_WRITES,
        durabilities: &[Durability::Full],
        place: Place::Tmpfs,
        scheme: Scheme::Tls,
    },
    Arena {
        cases: WRITES,
        durabilities: &[Durability::Full, Durability::Relaxed],
        place: Place::Disk,
        scheme: Scheme::Plain,
    },
];

impl fmt::Display for Arena {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = if self.place == Place::Disk {
            "disk"
        } else {
            "tmpfs"
        };
        let scheme = if self.scheme == Scheme::Tls {
            "tls"
        } else {
            "plain"
        };
        write!(f, "{place} {scheme}")
    }
}

impl Arena {
    /// Starts the peers, runs the wanted cases, prints the table, and takes everything away again.
    pub(crate) fn run(
        &self,
        programs: &Programs,
        options: &Options,
        report: &Report,
    ) -> Result<()> {
        let wanted = |case: &&Case| options.wants(&format!("{self} {case}"));
        let cases: Vec<Case> = self.cases.iter().filter(wanted).copied().collect();
        if cases.is_empty() {
            return Ok(());
        }
        heading(&format!("Serving, {self}"));
        let folder = self.folder(report)?;
        let certificates = folder.path().join("certificates");
        std::fs::create_dir_all(&certificates)?;
        programs.make_certificate(&certificates)?;
        let driver = Driver {
            certificates: &certificates,
            programs,
            scratch: folder.path(),
        };

        let nginx = Nginx::find_and_start(report, folder.path(), &certificates, self.scheme)?;
        let ours = self.start_ours(folder.path(), &driver)?;
        let mut peers: Vec<&dyn Peer> = vec![&nginx];
        peers.extend(ours.iter().map(|server| -> &dyn Peer { server }));

        fill_for(&cases, &peers, &driver)?;
        let mut measured = Vec::with_capacity(cases.len());
        for case in cases {
            measured.push(driver.measure(case, &peers, options)?);
        }
        self.present(&measured, &peers, report)
    }

    fn start_ours(&self, folder: &Path, driver: &Driver<'_>) -> Result<Vec<Countersign>> {
        let start = |durability: &Durability| -> Result<Countersign> {
            let own = folder.join(durability.as_str());
            let installation = Installation::make(&own, *durability, driver)?;
            installation.start(self.scheme, driver)
        };
        self.durabilities.iter().map(start).collect()
    }

    /// A folder in memory, removed when dropped.
    pub(crate) fn tmpfs_folder() -> Result<TempDir> {
        folder_in(Path::new("/dev/shm"))
    }

    fn folder(&self, report: &Report) -> Result<TempDir> {
        match self.place {
            Place::Disk => folder_in(report.folder()),
            Place::Tmpfs => Self::tmpfs_folder(),
        }
    }

    fn present(&self, measured: &[Measured], peers: &[&dyn Peer], report: &Report) -> Result<()> {
        say(&table::render(measured));
        say("");
        for peer in peers {
            let peak = peer::peak_kib(*peer)? / 1024;
            say(&format!(
                "peak resident memory of {}: {peak} MiB",
                peer.name()
            ));
        }
        report.write(
            &format!("{}.json", self.to_string().replace(' ', "-")),
            &measured,
        )
    }
}

fn folder_in(parent: &Path) -> Result<TempDir> {
    tempfile::Builder::new()
        .prefix("countersign-bench-")
        .tempdir_in(parent)
        .with_context(|| format!("cannot make a folder in {}", parent.display()))
}

/// Stores what the cases read.
fn fill_for(cases: &[Case], peers: &[&dyn Peer], driver: &Driver<'_>) -> Result<()> {
    let mut needed: Vec<Objects> = Vec::new();
    for case in cases.iter().filter(|case| case.method != Method::Put) {
        if !needed.contains(&case.objects) {
            needed.push(case.objects);
        }
    }
    for peer in peers {
        for objects in &needed {
            driver.fill(*peer, *objects)?;
        }
    }
    Ok(())
}
