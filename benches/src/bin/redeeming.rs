//! `redeeming`: how many uses of links a state counts in a second, with durability on.
//!
//! So many redemptions are in flight at all times, each of a link that was never used. One in flight is one
//! commit each; what more add is group commit. Before a figure counts, the state is asked how often a link was
//! used.

use std::cell::Cell;
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, ensure};
use clap::Parser;
use countersign_benches::histogram::Histogram;
use countersign_gate::{ClientNetwork, LinkId, Redeemed, Redemption, UseOf};
use countersign_state::{StateStore, StateUrl};
use serde::Serialize;
use tokio::task::{JoinSet, LocalSet};

const IN_FLIGHT: [usize; 4] = [1, 16, 64, 256];
const DAY_MS: i64 = 24 * 60 * 60 * 1_000;

/// Measures redemptions.
#[derive(Debug, Parser)]
struct Args {
    /// Directory on the disk to be measured, for the SQLite file and the master key
    #[arg(long)]
    folder: PathBuf,
    /// A PostgreSQL database beside it
    #[arg(long)]
    postgres: Option<StateUrl>,
    /// Interleaved rounds
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Length of one round of one case, in milliseconds
    #[arg(long, default_value_t = 2_000)]
    round_ms: u64,
    /// File to write the figures to, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

/// One round of one case.
#[derive(Clone, Debug, Serialize)]
struct Round {
    engine: &'static str,
    in_flight: usize,
    per_second: f64,
    p50_ms: f64,
    p99_ms: f64,
}

fn main() -> Result<()> {
    let args = Args::parse();
    let mut engines = vec![("SQLite", StateUrl::Sqlite)];
    if let Some(url) = args.postgres.clone() {
        engines.push(("PostgreSQL", url));
    }
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let mut rounds = Vec::new();
    let next_link = Rc::new(Cell::new(first_link()?));
    for _ in 0..args.rounds {
        for (engine, url) in &engines {
            let store = countersign_state::open(url, &args.folder.join(engine))
                .with_context(|| format!("cannot open the state in {engine}"))?;
            for in_flight in IN_FLIGHT {
                let length = Duration::from_millis(args.round_ms);
                let measuring = measure(&store, in_flight, length, &next_link);
                let (per_second, latency) =
                    runtime.block_on(LocalSet::new().run_until(measuring))?;
                let quantile = |share| latency.quantile(share).unwrap_or_default().as_secs_f64();
                rounds.push(Round {
                    engine,
                    in_flight,
                    per_second,
                    p50_ms: quantile(0.5) * 1e3,
                    p99_ms: quantile(0.99) * 1e3,
                });
            }
        }
    }
    print_table(&engines, &rounds);
    if let Some(path) = args.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&rounds)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// Keeps so many redemptions in flight, and gives their rate and how long each took.
async fn measure(
    store: &Arc<dyn StateStore>,
    in_flight: usize,
    length: Duration,
    next_link: &Rc<Cell<u128>>,
) -> Result<(f64, Histogram)> {
    let began = Instant::now();
    let mut workers = JoinSet::new();
    for _ in 0..in_flight {
        let (store, next_link) = (Arc::clone(store), Rc::clone(next_link));
        workers.spawn_local(async move {
            let mut latency = Histogram::default();
            while began.elapsed() < length {
                let asked = redemption(next_link.replace(next_link.get() + 1))?;
                let before = Instant::now();
                let redeemed = store.redeem_use(&asked).await?;
                latency.record(before.elapsed());
                ensure!(matches!(redeemed, Redeemed::New(_)), "{redeemed:?}");
            }
            anyhow::Ok(latency)
        });
    }
    let mut all = Histogram::default();
    while let Some(worker) = workers.join_next().await {
        all.add(&worker??);
    }
    let per_second = all.total() as f64 / began.elapsed().as_secs_f64();
    let last = link_id(next_link.get() - 1);
    let used = store.find_link_use(last).await?.map(|state| state.used);
    ensure!(used == Some(1), "the last link was used {used:?} times");
    Ok((per_second, all))
}

fn redemption(link: u128) -> Result<Redemption> {
    let now_ms = unix_ms()?;
    Ok(Redemption {
        link: link_id(link),
        limit: Some(1),
        network: ClientNetwork::of([192, 0, 2, 1].into()),
        binds: false,
        what: UseOf::Download {
            bytes: 1_024,
            object_bytes: 1_024,
            object: 1,
            is_partial: false,
        },
        now_ms,
        forget_at_ms: now_ms + DAY_MS,
    })
}

/// The id of a link by its number. As real ids do, those of one moment lie anywhere in the index.
fn link_id(number: u128) -> LinkId {
    LinkId::named("bench", &number.to_string())
}

/// A number that no run before has begun with, as its links are in the database still.
fn first_link() -> Result<u128> {
    Ok(SystemTime::now().duration_since(UNIX_EPOCH)?.as_nanos())
}

fn unix_ms() -> Result<i64> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH)?;
    Ok(i64::try_from(since.as_millis())?)
}

/// Prints the medians, ready for docs/performance.md.
fn print_table(engines: &[(&'static str, StateUrl)], rounds: &[Round]) {
    println!(
        "| state | in flight | redemptions per second | p50, ms | p99, ms | x one commit each |"
    );
    println!("| --- | --: | --: | --: | --: | --: |");
    for (engine, _) in engines {
        let of = |in_flight: usize, figure: fn(&Round) -> f64| {
            let same = |round: &&Round| round.engine == *engine && round.in_flight == in_flight;
            median(rounds.iter().filter(same).map(figure).collect())
        };
        let floor = of(1, |round| round.per_second);
        for in_flight in IN_FLIGHT {
            let per_second = of(in_flight, |round| round.per_second);
            println!(
                "| {engine} | {in_flight} | {per_second:.0} | {:.1} | {:.1} | {:.1} |",
                of(in_flight, |round| round.p50_ms),
                of(in_flight, |round| round.p99_ms),
                per_second / floor
            );
        }
    }
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures.get(figures.len() / 2).copied().unwrap_or(f64::NAN)
}
