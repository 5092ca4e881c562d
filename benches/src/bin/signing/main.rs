//! `signing`: what signing and verifying one presigned URL costs on one core, beside the peers.
//!
//! Everybody signs the same URL and every output is compared byte for byte before the clock starts.
//! Figures are thread processor time, medians of interleaved rounds; the *floor* is the hashing
//! alone, without which no SigV4 signature can be made or checked.

mod allocations;
mod contestants;
mod scene;

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use clap::Parser;
use countersign_benches::contest::{measure, print_table};
use countersign_benches::processes::pin_to_core;

use contestants::FLOOR;
use scene::Scene;

/// Measures signers and verifiers of presigned URLs beside each other.
#[derive(Debug, Parser)]
struct Args {
    /// Interleaved rounds
    #[arg(long, default_value_t = 31)]
    rounds: usize,
    /// Aimed length of one round of one contestant, in milliseconds
    #[arg(long, default_value_t = 20)]
    round_ms: u64,
    /// Core to stay on
    #[arg(long, default_value_t = 0)]
    core: usize,
    /// Only the floor and those whose name contains this
    #[arg(long)]
    only: Option<String>,
    /// File to write the figures to, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    pin_to_core(args.core)?;
    let scene = Scene::set()?;
    let mut contestants = contestants::all(&scene)?;
    if let Some(only) = &args.only {
        contestants.retain(|one| one.name == FLOOR || one.name.contains(only.as_str()));
    }
    let rows = measure(
        &mut contestants,
        args.rounds,
        Duration::from_millis(args.round_ms),
        allocations::during,
    )?;
    println!(
        "canonical request {} bytes, string to sign {} bytes\n",
        scene.canonical_request.len(),
        scene.string_to_sign.len()
    );
    print_table(&rows);
    if let Some(path) = args.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&rows)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}
