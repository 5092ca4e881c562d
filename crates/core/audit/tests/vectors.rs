//! The files of `vectors/audit` are what this crate writes, byte for byte.
//!
//! The second implementation, in `tests/`, reads the same files: what both agree upon is the format. With
//! `COUNTERSIGN_WRITE_VECTORS=1` the files are written anew, for a change of the format that is meant.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod events;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_audit::cloud_trail::{LogFile, Trail, TrailDigest, TrailKey};
use countersign_audit::verify::{Report, Verifier};
use countersign_audit::{
    AccessLog, AuditEvent, Body, ChainId, ChainWriter, DigestKey, DigestSeries, EventJson,
    GapCause, Hash, Moment, Record, SegmentTally, Torn,
};

use events::{at, events};

/// The seed of the key that signs digests: not secret, and good for nothing else.
const SEED: [u8; 32] = *b"the key of the vectors, a seed..";
const TRAIL: Trail<'static> = Trail {
    account: "000000000000",
    region: "us-east-1",
    home_region: "us-east-1",
    name: "record",
    bucket: "audit-logs",
    prefix: "trail",
};

type Files = BTreeMap<String, Vec<u8>>;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../vectors/audit")
}

/// A chain of three segments, with a crash after the second, and three digests.
fn chain(files: &mut Files) {
    let events: Vec<_> = events().iter().map(EventJson::of).collect();
    let (first, rest) = events.split_at(events.len() / 3);
    let (second, third) = rest.split_at(rest.len() / 2);
    let mut segments = [Vec::new(), Vec::new(), Vec::new()];
    let [one, two, three] = &mut segments;
    let mut writer = ChainWriter::begin(ChainId::from_bytes(*b"chain of vectors"), at(0), one);
    for event in first {
        writer.append(event, one);
    }
    let mut ends = vec![writer.rotate(at(3_599), one, two)];
    for event in second {
        writer.append(event, two);
    }
    ends.push(writer.position().head);
    let behind = writer.position();
    let torn = br#"{"seq":99,"prev":"0123"#;
    two.extend_from_slice(torn);
    let torn = Torn {
        bytes: torn.len() as u64,
        sha256: Hash::of(torn),
    };
    let mut writer = ChainWriter::resume(behind, torn, at(3_900), at(4_000), three);
    for event in third {
        writer.append(event, three);
    }
    writer.admit_loss(GapCause::Full, Some(17), at(7_000), at(7_100), three);
    ends.push(writer.close(at(7_199), three).head);

    let key = DigestKey::from_seed(&SEED).unwrap();
    let mut series = DigestSeries::new(ChainId::from_bytes(*b"chain of vectors"));
    let mut entries = Vec::new();
    let mut from = 1;
    for (number, (bytes, end)) in segments.iter().zip(&ends).enumerate() {
        let mut tally = SegmentTally::new(&format!("{}.jsonl", number + 1), from);
        tally.add(bytes);
        entries.push(tally.finish(end.seq));
        from = end.seq + 1;
    }
    let later = entries.split_off(1);
    let digests = [
        series.sign(at(0), at(3_600), ends[0], entries, &key),
        series.sign(at(3_600), at(7_200), ends[2], later, &key),
        series.sign(at(7_200), at(10_800), ends[2], Vec::new(), &key),
    ];
    for (number, bytes) in segments.into_iter().enumerate() {
        files.insert(format!("chain/{}.jsonl", number + 1), bytes);
    }
    for (number, bytes) in digests.into_iter().enumerate() {
        files.insert(format!("chain/{}.digest", number + 1), bytes);
    }
    let mut public = String::new();
    for byte in key.public_key().as_bytes() {
        write!(public, "{byte:02x}").unwrap();
    }
    files.insert("chain/public-key.hex".to_owned(), public.into_bytes());
}

/// The records of the chain that are events, each with its hash.
fn recorded(files: &Files) -> Vec<(Vec<u8>, Hash)> {
    let mut recorded = Vec::new();
    for segment in ["chain/1.jsonl", "chain/2.jsonl", "chain/3.jsonl"] {
        for line in files[segment].split_inclusive(|byte| *byte == b'\n') {
            let Some(line) = line.strip_suffix(b"\n") else {
                continue;
            };
            let record = Record::read(line).unwrap();
            if let Body::Event(event) = record.body {
                recorded.push((event.to_vec(), record.hash));
            }
        }
    }
    recorded
}

fn access_log(files: &mut Files) {
    let log = AccessLog {
        owner: &"c5".repeat(32),
        source_region: None,
    };
    let mut out = Vec::new();
    for (json, _) in recorded(files) {
        let event = AuditEvent::read_json(&json).unwrap();
        log.write(&event, &mut out);
    }
    files.insert("access.log".to_owned(), out);
}

/// Log files of two hours, and digest files of three.
fn cloud_trail(files: &mut Files) {
    let recorded = recorded(files);
    let key =
        TrailKey::from_pkcs8(&std::fs::read(folder().join("trail-key.pk8")).unwrap()).unwrap();
    let mut objects = Vec::new();
    let mut previous = None;
    let (early, late) = recorded.split_at(recorded.len() / 2);
    for (hour, recorded) in [early, late, &[]].into_iter().enumerate() {
        let begin = at(3_600 * i64::try_from(hour).unwrap());
        let end = Moment::from_unix_ms(begin.unix_ms() + 3_600_000);
        let mut delivered = Vec::new();
        // Two files an hour.
        for (minute, recorded) in recorded
            .chunks(recorded.len().div_ceil(2).max(1))
            .enumerate()
        {
            let mut content = Vec::new();
            let mut file = LogFile::begin(TRAIL, &mut content);
            for (json, hash) in recorded {
                let event = AuditEvent::read_json(json).unwrap();
                file.push(&event, hash, &mut content);
            }
            let facts = file.finish(&mut content);
            if facts.records == 0 {
                continue;
            }
            let time = Moment::from_unix_ms(
                begin.unix_ms() + 300_000 * i64::try_from(minute + 1).unwrap(),
            );
            let object = TRAIL.log_key(time, &recorded[0].1);
            let name = format!("cloudtrail/log-{hour}-{minute}.json");
            objects.push(serde_json::json!({"file": name, "key": object, "metadata": {}}));
            files.insert(name, content);
            delivered.push((object, facts));
        }
        let digest =
            TrailDigest::sign(&TRAIL, begin, end, previous.as_ref(), &delivered, &key).unwrap();
        previous = Some(digest.as_previous(&TRAIL));
        let name = format!("cloudtrail/digest-{hour}.json");
        let metadata = serde_json::json!({"signature": digest.signature, "signature-algorithm": digest.signature_algorithm});
        objects.push(serde_json::json!({"file": name, "key": digest.key, "metadata": metadata}));
        files.insert(name, digest.content);
    }
    let index = serde_json::json!({
        "bucket": TRAIL.bucket,
        "prefix": TRAIL.prefix,
        "trail": "arn:aws:cloudtrail:us-east-1:000000000000:trail/record",
        "public_key": STANDARD.encode(key.public_key()),
        "fingerprint": key.fingerprint(),
        "objects": objects,
    });
    let index = serde_json::to_string_pretty(&index).unwrap() + "\n";
    files.insert("cloudtrail/index.json".to_owned(), index.into_bytes());
}

fn files() -> Files {
    let mut files = Files::new();
    chain(&mut files);
    access_log(&mut files);
    cloud_trail(&mut files);
    files
}

#[test]
fn the_vectors_are_what_is_written() {
    let rewrite = std::env::var_os("COUNTERSIGN_WRITE_VECTORS").is_some();
    for (name, bytes) in files() {
        let path = folder().join(&name);
        if rewrite {
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, &bytes).unwrap();
        }
        let wanted = std::fs::read(&path).unwrap();
        assert!(
            wanted == bytes,
            "{name} is another:\n{}",
            bytes.escape_ascii()
        );
    }
}

fn verified(files: &Files) -> Report {
    let key = DigestKey::from_seed(&SEED).unwrap().public_key();
    let mut verifier = Verifier::new(vec![key]);
    for number in 1..=3 {
        let name = format!("{number}.digest");
        verifier
            .digest(&name, &files[&format!("chain/{name}")])
            .unwrap();
    }
    for number in 1..=3 {
        let name = format!("{number}.jsonl");
        verifier.begin_segment(&name).unwrap();
        verifier.feed(&files[&format!("chain/{name}")]).unwrap();
    }
    verifier.finish().unwrap()
}

#[test]
fn i1_the_chain_of_the_vectors_is_right() {
    let report = verified(&files());
    assert_eq!(report.vouched_to, Some(report.end.head.seq));
    assert_eq!(report.gaps.len(), 2);
    assert!(report.closed);
}

#[test]
fn f1_no_rendering_of_the_vectors_holds_a_credential() {
    for (name, bytes) in files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.to_lowercase().contains("s3cr3t"), "{name}");
    }
}
