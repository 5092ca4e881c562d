//! `deciding`: what one policy decision costs on one core, as policies grow in number.
//!
//! The request is a presigned GET of an ordinary user. The floor is the decision by the one statement that
//! every user is created with. Before the clock starts, each decision is held against what it must be.

#[path = "../signing/allocations.rs"]
mod allocations;
mod scene;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use countersign_benches::contest::{Contestant, measure, print_table};
use countersign_benches::processes::pin_to_core;
use countersign_policy::{NamedPolicy, Policies, PolicyDocument, PolicyKind, evaluate};

use scene::{ORDINARY, PresignedGet, bucket_policy, full_access, project_policies};

/// Measures policy decisions.
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
    /// File to write the figures to, as JSON
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> Result<()> {
    let args = Args::parse();
    pin_to_core(args.core)?;
    let full = [full_access()?];
    let bucket = bucket_policy()?;
    let counts = [1, 3, 10, 100].map(project_policies);
    let [one, three, ten, hundred] = counts;
    let (one, three, ten, hundred) = (one?, three?, ten?, hundred?);
    let mut contestants = vec![
        decision("floor: allow s3:* on *", &full, None)?,
        decision("1 policy", &one, None)?,
        decision("3 policies and a bucket policy", &three, Some(&bucket))?,
        decision("10 policies and a bucket policy", &ten, Some(&bucket))?,
        decision("100 policies and a bucket policy", &hundred, Some(&bucket))?,
        Contestant::new("reading a policy of 3 statements", || {
            black_box(PolicyDocument::parse(
                black_box(ORDINARY),
                PolicyKind::Identity,
            )?);
            Ok(())
        }),
    ];
    let round = Duration::from_millis(args.round_ms);
    let rows = measure(&mut contestants, args.rounds, round, allocations::during)?;
    print_table(&rows);
    if let Some(path) = args.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&rows)?)
            .with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(())
}

/// The decision on the presigned GET, which these policies must allow, and refuse once it is too old.
fn decision<'a>(
    name: &'static str,
    identity: &'a [NamedPolicy],
    resource: Option<&'a PolicyDocument>,
) -> Result<Contestant<'a>> {
    let policies = Policies {
        identity,
        resource,
        ..Policies::default()
    };
    let fresh = PresignedGet { age_ms: 1_000 };
    let old = PresignedGet { age_ms: 3_600_000 };
    let decided = evaluate(&fresh.request(), &policies);
    ensure!(decided.is_allowed(), "{name}: {decided}");
    let guarded = identity.len() > 1 || resource.is_some();
    ensure!(
        !guarded || !evaluate(&old.request(), &policies).is_allowed(),
        "{name}: the guardrail does not hold"
    );
    Ok(Contestant::new(name, move || {
        black_box(evaluate(&black_box(&fresh).request(), black_box(&policies)));
        Ok(())
    }))
}
