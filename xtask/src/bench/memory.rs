//! Memory of the server with idle connections, and with busy ones at growing object sizes.
//!
//! The law that is shown: memory is flat in the size of objects. A kernel keeps socket buffers out
//! of a process's resident size, so what is seen here is what the server itself holds on to.

use std::ffi::OsString;
use std::path::Path;

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

use crate::bench::case::{HUGE, LARGE, Method, Objects, SMALL};
use crate::bench::countersign::{Countersign, Durability, Installation};
use crate::bench::measure::Driver;
use crate::bench::options::Options;
use crate::bench::peer::{Peer, Scheme};
use crate::bench::programs::Programs;
use crate::bench::report::{Report, heading, say};

const BUSY: usize = 64;
const IDLE: usize = 2_000;

/// What the program `memory` answers.
#[derive(Debug, Deserialize, Serialize)]
struct Phase {
    before_kib: u64,
    after_kib: u64,
    peak_kib: u64,
}

#[derive(Debug, Serialize)]
struct Row {
    what: String,
    #[serde(flatten)]
    phase: Phase,
}

/// Runs all phases over plain HTTP and over TLS, each with a fresh server.
pub(crate) fn run(programs: &Programs, options: &Options, report: &Report) -> Result<()> {
    heading("Memory of the server");
    let mut rows = Vec::new();
    for scheme in [Scheme::Plain, Scheme::Tls] {
        let folder = tempfile::Builder::new()
            .prefix("countersign-bench-")
            .tempdir_in("/dev/shm")?;
        programs.make_certificate(folder.path())?;
        let driver = Driver {
            certificates: folder.path(),
            programs,
            scratch: folder.path(),
        };
        measure(&driver, folder.path(), scheme, options, &mut rows)?;
    }
    say("| what | before, MiB | after, MiB | peak, MiB |");
    say("| --- | --- | --- | --- |");
    for row in &rows {
        let [before, after, peak] = [
            row.phase.before_kib,
            row.phase.after_kib,
            row.phase.peak_kib,
        ]
        .map(mebibytes);
        say(&format!(
            "| {} | {before:.1} | {after:.1} | {peak:.1} |",
            row.what
        ));
    }
    report.write("memory.json", &rows)
}

fn measure(
    driver: &Driver<'_>,
    folder: &Path,
    scheme: Scheme,
    options: &Options,
    rows: &mut Vec<Row>,
) -> Result<()> {
    let mut busy = vec![
        (Method::Get, SMALL),
        (Method::Get, LARGE),
        (Method::Put, LARGE),
    ];
    if !options.quick {
        busy.insert(2, (Method::Get, HUGE));
    }
    let installation = Installation::make(&folder.join("store"), Durability::Full, driver)?;
    let filler = installation.start(scheme, driver)?;
    for objects in busy
        .iter()
        .filter(|(method, _)| *method == Method::Get)
        .map(|(_, o)| *o)
    {
        driver.fill(&filler, objects)?;
    }
    drop(filler);

    let server = installation.start(scheme, driver)?;
    let name = scheme.as_str();
    let idle = observe(driver, &server, Method::Get, SMALL, IDLE, Hold::Idle)?;
    let each = idle.after_kib.saturating_sub(idle.before_kib) as f64 / IDLE as f64;
    let what = format!("{name}, {IDLE} idle connections ({each:.1} KiB each)");
    rows.push(Row { what, phase: idle });
    for (method, objects) in busy {
        let phase = observe(driver, &server, method, objects, BUSY, Hold::Busy)?;
        let what = format!(
            "{name}, {BUSY} connections, {} {}",
            method.as_str(),
            objects.title
        );
        rows.push(Row { what, phase });
    }
    Ok(())
}

/// What the connections do while memory is read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Hold {
    Busy,
    Idle,
}

fn observe(
    driver: &Driver<'_>,
    server: &Countersign,
    method: Method,
    objects: Objects,
    connections: usize,
    hold: Hold,
) -> Result<Phase> {
    let names: Vec<String> = match method {
        Method::Put => objects.overwritten().collect(),
        Method::Get | Method::Head => objects.stored().collect(),
    };
    let mut args = driver.args(server, method, &names, objects.length, connections)?;
    args.push(
        if hold == Hold::Idle {
            "--idle"
        } else {
            "--busy"
        }
        .into(),
    );
    for pid in server.pids()? {
        args.extend::<[OsString; 2]>(["--watch".into(), pid.to_string().into()]);
    }
    let said = driver.programs.ask("memory", &args)?;
    if !said.succeeded {
        bail!(
            "{} {} went wrong while memory was watched",
            method.as_str(),
            objects.title
        );
    }
    Ok(said.value)
}

fn mebibytes(kib: u64) -> f64 {
    kib as f64 / 1024.0
}
