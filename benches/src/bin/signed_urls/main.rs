//! `signed_urls`: what verifying CloudFront's signed URLs and cookies costs on one core, beside the bare primitive.
//!
//! One table for each algorithm. The *floor* is aws-lc-rs verifying the same signature over the same bytes with a parsed key: no
//! signature can be checked for less with that library. Ours starts from the raw query: finding the claim, putting the
//! URL together, decoding, verifying, reading the policy and holding the request against it. Before the clock starts every
//! request is let in, and refused with a spoiled signature.

#[path = "../signing/allocations.rs"]
mod allocations;
mod scene;

use std::collections::BTreeMap;
use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use countersign_benches::contest::{Contestant, Row, measure, print_table};
use countersign_benches::processes::pin_to_core;

use scene::{ALGORITHMS, Algorithm, Scene};

const FLOOR: &str = "floor: aws-lc-rs alone";

/// Measures verifying signed URLs beside the bare primitive.
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
    let mut tables: BTreeMap<&str, Vec<Row>> = BTreeMap::new();
    for algorithm in ALGORITHMS {
        let rows = contest(algorithm, &args)?;
        println!("\n{}\n", algorithm.name);
        print_table(&rows);
        tables.insert(algorithm.name, rows);
    }
    if let Some(path) = args.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&tables)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn contest(algorithm: &Algorithm, args: &Args) -> Result<Vec<Row>> {
    let scene = Scene::set(algorithm)?;
    let kept = scene.kept()?;
    let mut contestants = vec![
        Contestant::new(FLOOR, || {
            let verified = black_box(&scene).verify_bare();
            ensure!(verified, "the floor does not hold");
            Ok(())
        }),
        Contestant::new("signed URL, canned", || {
            black_box(&scene).verify_url(&scene.canned)
        }),
        Contestant::new("signed URL, custom", || {
            black_box(&scene).verify_url(&scene.custom)
        }),
        Contestant::new("signed cookies, custom", || {
            black_box(&scene).verify_cookies()
        }),
        Contestant::new("a policy that was kept, asked again", || {
            black_box(&scene).ask_again(black_box(&kept))
        }),
    ];
    if let Some(only) = &args.only {
        contestants.retain(|one| one.name == FLOOR || one.name.contains(only.as_str()));
    }
    let round = Duration::from_millis(args.round_ms);
    measure(&mut contestants, args.rounds, round, allocations::during)
}
