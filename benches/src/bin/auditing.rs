//! `auditing`: what the record of one request costs on one core, stage by stage.
//!
//! The request is a presigned GET, as a browser sends it. The floor is the SHA-256 of its record, which no chain can go
//! without. What is written is held against what it must be before the clock starts.

#[path = "signing/allocations.rs"]
mod allocations;

use std::hint::black_box;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use clap::Parser;
use countersign_audit::cloud_trail::{LogFile, Trail};
use countersign_audit::verify::Verifier;
use countersign_audit::{
    AccessLog, AddressSource, AuditEvent, Authentication, ChainId, ChainWriter, Client, EventJson,
    EventKind, Hash, Life, Moment, RestrictionList, SignatureVersion, Signer, SignerKind, Text,
    Traffic, Verdict, Wire, redact,
};
use countersign_benches::contest::{Contestant, measure, print_table};
use countersign_benches::processes::pin_to_core;
use countersign_gate::LinkId;
use countersign_s3::Operation;

const TARGET: &str = "/examplebucket/reports/2026/02/report.pdf?X-Amz-Algorithm=AWS4-HMAC-SHA256\
    &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20260206%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20260206T000000Z\
    &X-Amz-Expires=300&X-Amz-SignedHeaders=host&x-cs-uses=3&x-id=GetObject\
    &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";
const AGENT: &str = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";

/// Measures the record.
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

/// The event of the request. `target` is redacted on the way.
fn event(target: &str) -> AuditEvent<'_> {
    let link = LinkId::named("AIDAALICE0000000000AA", "invoice");
    let at = Moment::from_unix_ms(1_770_336_117_123);
    let mut event = AuditEvent::new(EventKind::Request, at, "DD6CC733AEXAMPLE");
    event.host_id = Some(Text::of(
        "10S62Zv81kBW7BB6SX4XJ48o6kpcl6LPwEoizZQQxJd5qDSCTLX0",
    ));
    event.signer = Some(Signer {
        kind: SignerKind::User,
        name: Text::of("alice"),
        id: Text::of("AIDAALICE0000000000AA"),
        arn: Text::of("arn:aws:iam::000000000000:user/alice"),
        access_key_id: Some(Text::of("AKIAIOSFODNN7EXAMPLE")),
        session: None,
    });
    event.link = Some(link);
    event.operation = Some(Operation::GetObject);
    event.bucket = Some(Text::of("examplebucket"));
    event.key = Some(Text::of("reports/2026/02/report.pdf"));
    event.client = Some(Client {
        user_agent: Some(Text::of(AGENT)),
        host: Some(Text::of("s3.example.com")),
        ..Client::at([192, 0, 2, 3].into(), AddressSource::Socket)
    });
    event.wire = Wire {
        method: Some(Text::of("GET")),
        target: Some(Text::of_link(target, Some(link))),
        protocol: Some(Text::of("HTTP/1.1")),
        authentication: Some(Authentication::Query),
        signature: Some(SignatureVersion::V4),
    };
    event.life = Life {
        signed_at: Some(at),
        declared_s: Some(300),
        age_s: Some(0),
        expires_at: Some(at),
    };
    event.restrictions = RestrictionList::of([("x-cs-uses", "3")]);
    event.verdict = Some(Verdict::permitted(None));
    event.traffic = Traffic {
        status: Some(200),
        bytes_in: Some(0),
        bytes_out: Some(4_096),
        object_bytes: Some(4_096),
        total_us: Some(180),
        turn_around_us: Some(90),
    };
    event
}

fn main() -> Result<()> {
    let args = Args::parse();
    pin_to_core(args.core)?;
    let now = Moment::from_unix_ms(0);
    let ready = event(TARGET);
    let json = EventJson::of(&ready);
    let mut segment = Vec::new();
    let mut writer = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut segment);
    for _ in 0..1_000 {
        writer.append(&json, &mut segment);
    }
    verify(&segment)?;
    let hash = writer.position().head.hash;
    println!(
        "an event has {} bytes, a record {}",
        json.as_bytes().len(),
        segment.len() / 1_001
    );
    let record = segment.get(..segment.len() / 1_001).context("no record")?;

    let log = AccessLog {
        owner: &"c5".repeat(32),
        source_region: None,
    };
    let trail = Trail {
        account: "000000000000",
        region: "us-east-1",
        home_region: "us-east-1",
        name: "record",
        bucket: "audit",
        prefix: "",
    };
    let (mut buffer, mut lines, mut files, mut chained) =
        <(Vec<u8>, Vec<u8>, Vec<u8>, Vec<u8>)>::default();
    let mut again = json.clone();
    let mut file = LogFile::begin(trail, &mut files);
    let mut all = json.clone();
    let mut chain = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut buffer);
    let mut whole = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut buffer);
    let mut contestants = vec![
        Contestant::new("floor: sha-256 of a record", || {
            black_box(Hash::of(black_box(record)));
            Ok(())
        }),
        Contestant::new("redacting a presigned url", || {
            black_box(redact(black_box(TARGET), None));
            Ok(())
        }),
        Contestant::new("making the event", || {
            black_box(event(black_box(TARGET)));
            Ok(())
        }),
        Contestant::new("event to json", || {
            again.set(black_box(&ready));
            black_box(&again);
            Ok(())
        }),
        Contestant::new("json to the chain", || {
            chained.clear();
            black_box(chain.append(black_box(&json), &mut chained));
            Ok(())
        }),
        Contestant::new("event made, json, chain", || {
            buffer.clear();
            all.set(&event(black_box(TARGET)));
            black_box(whole.append(&all, &mut buffer));
            Ok(())
        }),
        Contestant::new("event to a line of s3's access log", || {
            lines.clear();
            ensure!(log.write(black_box(&ready), &mut lines), "no line");
            Ok(())
        }),
        Contestant::new("event to a record of cloudtrail", || {
            files.clear();
            ensure!(file.push(black_box(&ready), &hash, &mut files), "no record");
            Ok(())
        }),
        Contestant::new("json to event", || {
            let event = AuditEvent::read_json(black_box(json.as_bytes()))?;
            black_box(event);
            Ok(())
        }),
        Contestant::new("verifying 1,001 records", || verify(black_box(&segment))),
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

/// Verifies a chain of one segment that is still written.
fn verify(segment: &[u8]) -> Result<()> {
    let mut verifier = Verifier::new(Vec::new()).while_written();
    verifier.begin_segment("segment")?;
    for piece in segment.chunks(64 * 1_024) {
        verifier.feed(piece)?;
    }
    let report = verifier.finish()?;
    ensure!(report.end.head.seq == 1_001, "not every record is there");
    Ok(())
}
