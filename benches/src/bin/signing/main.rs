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

use anyhow::{Context, Result, bail, ensure};
use clap::Parser;
use countersign_benches::processes::{own_thread_time, pin_to_core};
use serde::Serialize;

use contestants::{Contestant, FLOOR};
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

/// One line of the table.
#[derive(Debug, Serialize)]
struct Row {
    name: &'static str,
    nanoseconds: f64,
    per_second: f64,
    times_floor: f64,
    allocations: f64,
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
    )?;
    print_table(&scene, &rows);
    if let Some(path) = args.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&rows)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

fn measure(contestants: &mut [Contestant<'_>], rounds: usize, round: Duration) -> Result<Vec<Row>> {
    ensure!(rounds > 0, "at least one round is needed");
    let mut repeats = Vec::new();
    let mut allocations = Vec::new();
    for contestant in contestants.iter_mut() {
        repeats.push(repeats_filling(round, contestant)?);
        allocations.push(allocations::during(|| run(contestant, 1_000))? as f64 / 1_000.0);
    }
    let mut samples = vec![Vec::with_capacity(rounds); contestants.len()];
    for _ in 0..rounds {
        for ((contestant, repeats), samples) in
            contestants.iter_mut().zip(&repeats).zip(&mut samples)
        {
            samples.push(time(contestant, *repeats)?.as_nanos() as f64 / *repeats as f64);
        }
    }
    let medians: Vec<f64> = samples.iter_mut().map(|samples| median(samples)).collect();
    let Some(floor) = medians.first().copied() else {
        bail!("nobody to measure");
    };
    let rows = contestants.iter().zip(medians).zip(allocations);
    Ok(rows
        .map(|((contestant, nanoseconds), allocations)| Row {
            name: contestant.name,
            nanoseconds,
            per_second: 1e9 / nanoseconds,
            times_floor: nanoseconds / floor,
            allocations,
        })
        .collect())
}

/// How often the contestant must work to fill `round`; warms it up on the way.
fn repeats_filling(round: Duration, contestant: &mut Contestant<'_>) -> Result<u32> {
    let mut repeats = 64_u32;
    loop {
        let took = time(contestant, repeats)?;
        if took >= round / 4 {
            let wanted = f64::from(repeats) * round.as_secs_f64() / took.as_secs_f64();
            return Ok(format!("{:.0}", wanted.max(1.0)).parse()?);
        }
        repeats = repeats
            .checked_mul(2)
            .context("a contestant that costs nothing")?;
    }
}

fn time(contestant: &mut Contestant<'_>, repeats: u32) -> Result<Duration> {
    let before = own_thread_time();
    run(contestant, repeats)?;
    Ok(own_thread_time().saturating_sub(before))
}

fn run(contestant: &mut Contestant<'_>, repeats: u32) -> Result<()> {
    for _ in 0..repeats {
        (contestant.work)()?;
    }
    Ok(())
}

fn median(samples: &mut [f64]) -> f64 {
    samples.sort_by(f64::total_cmp);
    samples.get(samples.len() / 2).copied().unwrap_or(f64::NAN)
}

fn print_table(scene: &Scene, rows: &[Row]) {
    println!(
        "canonical request {} bytes, string to sign {} bytes\n",
        scene.canonical_request.len(),
        scene.string_to_sign.len()
    );
    println!("| what | ns | per second | x floor | allocations |");
    println!("| --- | --: | --: | --: | --: |");
    for row in rows {
        println!(
            "| {} | {:.0} | {} | {:.2} | {} |",
            row.name,
            row.nanoseconds,
            thousands(row.per_second),
            row.times_floor,
            row.allocations
        );
    }
}

fn thousands(per_second: f64) -> String {
    format!("{:.0} k", per_second / 1e3)
}
