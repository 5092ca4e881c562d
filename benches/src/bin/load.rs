//! `load`: asks a server for a list of URLs over keep-alive connections and reports, as one line
//! of JSON, how fast the answers came.
//!
//! Ends with status 1 when any answer was wrong.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;
use countersign_benches::arguments::Asking;
use countersign_benches::load::{Ending, Plan};

/// Asks a server for URLs over keep-alive connections and reports how fast it answers.
#[derive(Debug, Parser)]
struct Args {
    #[command(flatten)]
    asking: Asking,
    /// No request is begun after this many seconds
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// Requests begun a second; without it, the next is begun with every answer
    #[arg(long)]
    rate: Option<f64>,
    /// No request is begun after this many
    #[arg(long, default_value_t = u64::MAX)]
    requests: u64,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    let asking = args.asking;
    let plan = Plan {
        call: asking.call()?,
        ending: Ending::Drain,
        expectation: asking.expectation(),
        longest: Duration::try_from_secs_f64(args.seconds)?,
        method: asking.method,
        most_requests: args.requests,
        rate: args.rate,
        upload_length: asking.length,
        watched: asking.watch.clone(),
    };
    let outcome = asking.connect()?.drive(&plan)?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(if outcome.errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
