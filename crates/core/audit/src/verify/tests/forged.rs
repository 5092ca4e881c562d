//! Somebody who may write to the files, and knows the format, makes everything right again.

use super::scene::{SEED, Scene, verify};
use crate::record::write_record;
use crate::verify::FaultKind;
use crate::{DigestError, DigestKey, DigestSeries, Record};

/// Writes the record at this place of a segment anew with another content, its hash made right, and the
/// `depth` records after it too.
fn rewritten(scene: &mut Scene, segment: usize, at: usize, depth: usize) {
    scene.touch(segment, |lines| {
        let mut prev = None;
        for (place, line) in lines.iter_mut().enumerate().skip(at).take(depth + 1) {
            let old = line.clone();
            let text = old.strip_suffix(b"\n").unwrap();
            let record = Record::read(text).unwrap();
            let mut body = text[82 + record.seq.to_string().len()..text.len() - 75].to_vec();
            if place == at {
                let name = body
                    .windows(10)
                    .position(|bytes| bytes == b"192.0.2.3\"")
                    .unwrap();
                body[name + 8] = b'9';
            }
            line.clear();
            let prev_hash = prev.unwrap_or(record.prev);
            let hash = write_record(record.seq, &prev_hash, line, |out| {
                out.extend_from_slice(&body);
            });
            prev = Some(hash);
        }
    });
}

#[test]
fn i1_a_replaced_record_is_found_by_the_one_after() {
    let mut scene = Scene::new();
    rewritten(&mut scene, 0, 2, 0);
    let fault = verify(&scene).unwrap_err();
    assert_eq!(
        (fault.place.record, fault.kind),
        (Some(4), FaultKind::LinkBroken)
    );
}

#[test]
fn i1_a_rewritten_end_is_found_by_the_digest() {
    let mut scene = Scene::new();
    rewritten(&mut scene, 3, 2, 9);
    let fault = verify(&scene).unwrap_err();
    assert_eq!(
        fault.kind,
        FaultKind::DigestDisagrees {
            number: 3,
            record: 23
        }
    );
    // And nothing but a digest can find it, or a record that is known from elsewhere.
    scene.digests.truncate(2);
    let report = verify(&scene).unwrap();
    assert_eq!(report.vouched_to, Some(18));
    let head = verify(&Scene::new()).unwrap().end.head;
    let fault = scene.run(scene.verifier().knowing(head), 99).unwrap_err();
    assert_eq!(fault.kind, FaultKind::KnownRecordDisagrees);
}

#[test]
fn i1_a_digest_of_another_key_counts_for_nothing() {
    let scene = Scene::new();
    let report = verify(&scene).unwrap();
    let other = DigestKey::from_seed(&[8; 32]).unwrap();
    let mut series = DigestSeries::new(report.end.chain);
    let forged = series.sign(
        report.last_at,
        report.last_at,
        report.end.head,
        Vec::new(),
        &other,
    );
    let mut verifier = scene.verifier();
    let key = other.public_key().fingerprint();
    let fault = verifier.digest("1.digest", &forged).unwrap_err();
    assert_eq!(
        fault.kind,
        FaultKind::Digest(DigestError::UnknownKey { key })
    );
    // Nor one that only says to be of the right key.
    let right = DigestKey::from_seed(&SEED)
        .unwrap()
        .public_key()
        .fingerprint();
    let text = String::from_utf8(forged)
        .unwrap()
        .replace(&key.to_string(), &right.to_string());
    let fault = verifier.digest("1.digest", text.as_bytes()).unwrap_err();
    assert_eq!(fault.kind, FaultKind::Digest(DigestError::BadSignature));
}

#[test]
fn i1_an_invented_gap_explains_nothing() {
    // The third segment begins with a gap; without the crash before it, it is a lie.
    let mut scene = Scene::new();
    scene.digests.clear();
    scene.touch(1, |lines| drop(lines.pop()));
    let fault = verify(&scene).unwrap_err();
    assert!(
        matches!(fault.kind, FaultKind::TornTailDisagrees { bytes: 0 }),
        "{fault}"
    );
    // And a cut that nobody admits is a cut: the gap is taken out, and the rest made to fit.
    let mut scene = Scene::new();
    scene.digests.clear();
    scene.touch(2, |lines| {
        let start = Record::read(lines[0].strip_suffix(b"\n").unwrap())
            .unwrap()
            .hash;
        let mut line = Vec::new();
        write_record(15, &start, &mut line, |out| {
            out.extend_from_slice(b"\"event\":{}");
        });
        lines[1] = line;
    });
    let fault = verify(&scene).unwrap_err();
    assert!(matches!(fault.kind, FaultKind::TornTail { .. }), "{fault}");
}
