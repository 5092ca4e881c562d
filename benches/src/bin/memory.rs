//! `memory`: holds connections to a server, idle or busy, and reports, as one line of JSON, how
//! much memory the server has resident before, at the peak, and while it is held.
//!
//! Idle means that every connection has been answered once and is then kept open: what a server
//! keeps for such a client is the price of keep-alive. Ends with status 1 when an answer was wrong.

use std::process::ExitCode;
use std::thread::sleep;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use countersign_benches::arguments::Asking;
use countersign_benches::load::{Ending, Plan};
use countersign_benches::processes::{forget_peak, memory};
use serde::Serialize;

/// Time for a server to notice closed connections and give memory back.
const SETTLE: Duration = Duration::from_millis(500);

/// Holds connections to a server, idle or busy, and reports how much memory that takes.
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    asking: Asking,
    #[command(flatten)]
    hold: Hold,
    /// How long busy connections are kept busy, in seconds
    #[arg(long, default_value_t = 4.0)]
    seconds: f64,
}

#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct Hold {
    /// One request on each connection, then silence
    #[arg(long)]
    idle: bool,
    /// Requests on all connections until the time is up
    #[arg(long)]
    busy: bool,
}

/// Resident memory of the watched processes, in KiB.
#[derive(Debug, Serialize)]
struct Phase {
    before_kib: u64,
    after_kib: u64,
    peak_kib: u64,
}

fn main() -> Result<ExitCode> {
    let Args {
        asking,
        hold,
        seconds,
    } = Args::parse();
    sleep(SETTLE);
    for pid in &asking.watch {
        forget_peak(*pid)?;
    }
    let (before_kib, _) = resident(&asking.watch)?;
    let mut pool = asking.connect()?;
    let outcome = pool.drive(&Plan {
        call: asking.call()?,
        ending: if hold.idle {
            Ending::Drain
        } else {
            Ending::Abandon
        },
        expectation: asking.expectation(),
        longest: Duration::try_from_secs_f64(seconds)?,
        method: asking.method,
        most_requests: if hold.idle {
            asking.connections as u64
        } else {
            u64::MAX
        },
        rate: None,
        upload_length: asking.length,
        watched: asking.watch.clone(),
    })?;
    if hold.idle {
        sleep(SETTLE);
    }
    let (after_kib, peak_kib) = resident(&asking.watch)?;
    println!(
        "{}",
        serde_json::to_string(&Phase {
            before_kib,
            after_kib,
            peak_kib
        })?
    );
    if let Some(error) = &outcome.first_error {
        eprintln!("{} errors: {error}", outcome.errors);
    }
    Ok(if outcome.errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What is resident now and was at the peak, summed over the processes.
fn resident(pids: &[u32]) -> Result<(u64, u64)> {
    let mut sums = (0, 0);
    for pid in pids {
        let memory = memory(*pid)?;
        sums.0 += memory.resident_kib;
        sums.1 += memory.peak_kib;
    }
    Ok(sums)
}
