//! `session`: what sealing and opening session tokens costs on one core.
//!
//! A token is opened once for each session that a node meets, and again when something in the state changed;
//! the issuer seals one for each maker of links in each window. Before the clock starts, every token is opened and
//! held against what was sealed.

#[path = "../signing/allocations.rs"]
mod allocations;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use countersign_benches::contest::{Contestant, measure, print_table};
use countersign_benches::processes::pin_to_core;
use countersign_session::{Purpose, SealingKey, SealingRing, Session, SessionTag, SubjectKind};

const NOW_S: i64 = 1_768_478_400;

/// Measures session tokens.
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
    // Eight days of rotations; the key that sealed is found first.
    let keys = (0..9).map(|id| SealingKey::new(id, &[7; 32], i64::from(id)));
    let ring = SealingRing::new(keys);
    let plain = of_user();
    let narrowed = of_role();
    let (short, long) = (token(&ring, &plain)?, token(&ring, &narrowed)?);
    println!(
        "token of a user's session: {} characters; of a role's with a policy and tags: {}",
        short.len(),
        long.len()
    );
    let mut contestants = vec![
        opening("open: session of a user", &ring, &short),
        opening("open: session of a role, with policy and tags", &ring, &long),
        sealing("seal: session of a user", &ring, &plain),
        sealing("seal: session of a role, with policy and tags", &ring, &narrowed),
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

fn of_user() -> Session {
    let life = (NOW_S, NOW_S + 3_600);
    let id = "AIDA2345672345672345A";
    Session::new(SubjectKind::User, id, Purpose::Issuer, life, [7; 16])
}

fn of_role() -> Session {
    let policy = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject",
        "s3:PutObject"],"Resource":"arn:aws:s3:::artifacts/builds/*","Condition":{"Bool":
        {"aws:SecureTransport":"true"}}}]}"#;
    let tag = |key: &str, value: &str| SessionTag {
        key: key.into(),
        value: value.into(),
        is_transitive: false,
    };
    Session {
        kind: SubjectKind::Role,
        principal_id: "AROA2345672345672345A".into(),
        name: Some("build-1234".into()),
        policy: Some(policy.into()),
        tags: vec![tag("repository", "org/app"), tag("branch", "main")],
        ..of_user()
    }
}

fn token(ring: &SealingRing, session: &Session) -> Result<String> {
    let token = ring.seal(session)?.session_token.expose().to_owned();
    ensure!(ring.open(&token)?.session == *session, "the token is another's");
    Ok(token)
}

fn opening<'a>(name: &'static str, ring: &'a SealingRing, token: &'a str) -> Contestant<'a> {
    Contestant::new(name, move || {
        black_box(ring.open(black_box(token))?);
        Ok(())
    })
}

fn sealing<'a>(name: &'static str, ring: &'a SealingRing, session: &'a Session) -> Contestant<'a> {
    Contestant::new(name, move || {
        black_box(ring.seal(black_box(session))?);
        Ok(())
    })
}
