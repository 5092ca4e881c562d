//! What guarding a link costs: restrictions in its URL, and a thousand or a million live revocations.
//!
//! All are the same server with the same objects, beside nginx, in interleaved rounds. Revocations are written
//! into the state directly, by SQLite as Python ships it, because a million commands would only measure
//! commands; the rows are what `link revoke` writes.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::bench::arena::Arena;
use crate::bench::case::{Case, Method, SMALL};
use crate::bench::countersign::{Countersign, Durability, Installation};
use crate::bench::measure::{Driver, median};
use crate::bench::nginx::Nginx;
use crate::bench::options::Options;
use crate::bench::peer::{Peer, Scheme, peak_kib};
use crate::bench::programs::Programs;
use crate::bench::report::{Report, heading, say};
use crate::command::succeed;

const CASE: Case = Case {
    method: Method::Get,
    objects: SMALL,
    connections: 64,
};
const FEW: u32 = 1_000;
const MANY: u32 = 1_000_000;
const MANY_QUICKLY: u32 = 50_000;

/// Restrictions that are met, and need no state.
const RESTRICTIONS: [(&str, &str); 4] = [
    ("x-cs-id", "benchmark"),
    ("x-cs-ip", "10.0.0.0/8,127.0.0.0/8,2001:db8::/32"),
    ("x-cs-not-before", "20200101T000000Z"),
    ("x-cs-subject", "somebody"),
];

/// Adds revocations of links that nobody has to a state that nobody has open: its path, how many.
const FILL: &str = "
import hashlib, sqlite3, sys
path, count = sys.argv[1], int(sys.argv[2])
state = sqlite3.connect(path)
name = lambda n: hashlib.md5(b'%d' % n).hexdigest()
far = 4102444800000
rows = ((n, 'link', None, name(n), 1764000000, 0, 1764000000000, far) for n in range(1, count + 1))
state.executemany('INSERT INTO revocation VALUES (?,?,?,?,?,?,?,?)', rows)
state.execute('UPDATE revocation_head SET serial = ?', (count,))
state.commit()
state.execute('PRAGMA wal_checkpoint(TRUNCATE)')
";

/// A server, and what its URLs carry.
struct Guarded<'a> {
    name: &'static str,
    server: &'a Countersign,
    restrictions: &'static [(&'static str, &'static str)],
}

impl Peer for Guarded<'_> {
    fn name(&self) -> &'static str {
        self.name
    }

    fn pids(&self) -> Result<Vec<u32>> {
        self.server.pids()
    }

    fn url(&self, method: Method, object: &str) -> Result<String> {
        self.server
            .presigned(method.as_str(), object, self.restrictions)
    }
}

/// Runs all rounds, on tmpfs over plain HTTP.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("Guarding links, GET 1 KiB x64, tmpfs plain");
    let folder = Arena::tmpfs_folder()?;
    programs.make_certificate(folder.path())?;
    let driver = Driver {
        certificates: folder.path(),
        programs,
        scratch: folder.path(),
    };
    let nginx = Nginx::find_and_start(report, folder.path(), folder.path(), Scheme::Plain)?;
    let many = if options.quick { MANY_QUICKLY } else { MANY };
    let start = |revocations: u32| -> Result<Countersign> {
        let own = folder.path().join(format!("revoked-{revocations}"));
        fs::create_dir_all(&own)?;
        let installation = Installation::make(&own, Durability::Full, &driver)?;
        if revocations > 0 {
            revoke(&installation, revocations)?;
        }
        let server = installation.start(Scheme::Plain, &driver)?;
        driver.fill(&server, SMALL)?;
        Ok(server)
    };
    let (none, few, full) = (start(0)?, start(FEW)?, start(many)?);
    let guarded = |name, server, restrictions| Guarded {
        name,
        server,
        restrictions,
    };
    let peers = [
        guarded("unrestricted", &none, &[]),
        guarded(
            "restricted (id, ip, not-before, subject)",
            &none,
            &RESTRICTIONS,
        ),
        guarded("1,000 revocations", &few, &[]),
        guarded(
            if options.quick {
                "50,000 revocations"
            } else {
                "1,000,000 revocations"
            },
            &full,
            &[],
        ),
    ];
    driver.fill(&nginx, SMALL)?;
    let mut all: Vec<&dyn Peer> = vec![&nginx];
    all.extend(peers.iter().map(|peer| -> &dyn Peer { peer }));
    let measured = driver.measure(CASE, &all, options)?;
    say("| links | requests/s | CPU µs | beside unrestricted | beside nginx |");
    say("| --- | --: | --: | --: | --: |");
    let rate = |index: usize| -> Vec<f64> {
        let rounds = measured.peers.get(index);
        rounds.map_or_else(Vec::new, |peer| {
            peer.rounds
                .iter()
                .map(|round| round.requests_per_second)
                .collect()
        })
    };
    let ratio = |ours: &[f64], theirs: &[f64]| {
        median(
            ours.iter()
                .zip(theirs)
                .map(|(own, base)| own / base)
                .collect(),
        )
    };
    let (base, plain) = (rate(0), rate(1));
    for (index, peer) in measured.peers.iter().enumerate().skip(1) {
        let own = rate(index);
        say(&format!(
            "| {} | {:.0} | {:.2} | **{:.3}** | {:.2} |",
            peer.peer,
            median(own.clone()),
            peer.median(|round| round.server_cpu_us.unwrap_or(f64::NAN)),
            ratio(&own, &plain),
            ratio(&own, &base),
        ));
    }
    say("");
    for (what, server) in [("no", &none), ("most", &full)] {
        let mib = peak_kib(server)? / 1_024;
        say(&format!(
            "peak resident memory with {what} revocations: {mib} MiB"
        ));
    }
    report.write("guarding.json", &measured)
}

fn revoke(installation: &Installation, count: u32) -> Result<()> {
    let mut fill = Command::new("python3");
    fill.args(["-c", FILL])
        .arg(installation.state())
        .arg(count.to_string());
    succeed(&mut fill).context("cannot fill the state")
}
