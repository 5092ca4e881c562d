//! `load`: asks a server for a list of URLs over keep-alive connections and reports, as one line
//! of JSON, how fast the answers came.
//!
//! Ends with status 1 when any answer was wrong.

use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use countersign_benches::load::{Ending, Expectation, Method, Plan, Pool, Target, Trust};
use countersign_benches::processes::pin_to_core;

/// Asks a server for URLs over keep-alive connections and reports how fast it answers.
#[derive(Debug, Parser)]
struct Args {
    /// File with one absolute URL a line, asked for in turn
    #[arg(long)]
    targets: PathBuf,
    /// Method of every request
    #[arg(long, value_enum, default_value = "get")]
    method: Method,
    /// Keep-alive connections
    #[arg(long, default_value_t = 64)]
    connections: usize,
    /// No request is begun after this many seconds
    #[arg(long, default_value_t = 1.0)]
    seconds: f64,
    /// No request is begun after this many
    #[arg(long, default_value_t = u64::MAX)]
    requests: u64,
    /// Length of the objects: expected of GET and HEAD, sent by PUT
    #[arg(long)]
    length: u64,
    /// Certificate (PEM) that an https server must present
    #[arg(long)]
    certificate: Option<PathBuf>,
    /// Server process whose processor time is reported; may be repeated
    #[arg(long)]
    watch: Vec<u32>,
    /// Core to stay on
    #[arg(long)]
    core: Option<usize>,
}

fn main() -> Result<ExitCode> {
    let args = Args::parse();
    if let Some(core) = args.core {
        pin_to_core(core)?;
    }
    let targets = fs::read_to_string(&args.targets)
        .with_context(|| format!("cannot read {}", args.targets.display()))?
        .lines()
        .map(Target::parse)
        .collect::<Result<Vec<_>>>()?;
    let trust = args
        .certificate
        .map(|path| {
            let pem = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
            Trust::in_certificate(&pem)
        })
        .transpose()?;
    let statuses = if args.method == Method::Put {
        vec![200, 201, 204]
    } else {
        vec![200]
    };
    let plan = Plan {
        ending: Ending::Drain,
        expectation: Expectation {
            statuses,
            content_length: Some(args.length),
        },
        longest: Duration::try_from_secs_f64(args.seconds)?,
        method: args.method,
        most_requests: args.requests,
        upload_length: args.length,
        watched: args.watch,
    };
    let outcome = Pool::open(args.connections, targets, trust.as_ref())?.drive(&plan)?;
    println!("{}", serde_json::to_string(&outcome)?);
    Ok(if outcome.errors == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
