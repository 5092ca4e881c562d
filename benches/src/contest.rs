//! Contestants side by side on one core: what one piece of work costs in processor time.
//!
//! Figures are thread processor time, medians of interleaved rounds, because the machine itself moves
//! between a fast and a slow state. All ratios refer to the first contestant, the floor.

use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde::Serialize;

use crate::processes::own_thread_time;

/// One thing to measure.
pub struct Contestant<'a> {
    /// Its name in the table.
    pub name: &'static str,
    work: Box<dyn FnMut() -> Result<()> + 'a>,
}

impl<'a> Contestant<'a> {
    /// Names a piece of work.
    pub fn new(name: &'static str, work: impl FnMut() -> Result<()> + 'a) -> Self {
        Self {
            name,
            work: Box::new(work),
        }
    }
}

/// One line of the table.
#[derive(Debug, Serialize)]
pub struct Row {
    /// Whose line it is.
    pub name: &'static str,
    /// What one piece of work costs.
    pub nanoseconds: f64,
    /// How many of them a core does.
    pub per_second: f64,
    /// The cost as a multiple of the first contestant's.
    pub times_floor: f64,
    /// Heap allocations of one piece of work.
    pub allocations: f64,
}

/// Counts the heap allocations of a piece of work.
pub type CountAllocations = fn(&mut dyn FnMut() -> Result<()>) -> Result<u64>;

/// Measures everybody in interleaved rounds of about `round` each.
///
/// # Errors
/// If there is nobody, or somebody's work fails.
pub fn measure(
    contestants: &mut [Contestant<'_>],
    rounds: usize,
    round: Duration,
    count: CountAllocations,
) -> Result<Vec<Row>> {
    ensure!(rounds > 0, "at least one round is needed");
    let mut repeats = Vec::new();
    let mut allocations = Vec::new();
    for contestant in contestants.iter_mut() {
        repeats.push(repeats_filling(round, contestant)?);
        allocations.push(count(&mut || run(contestant, 1_000))? as f64 / 1_000.0);
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

/// Prints the table, ready for docs/performance.md.
pub fn print_table(rows: &[Row]) {
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
