mod forged;
mod scene;

use proptest::prelude::{any, proptest};
use proptest::{prop_assert, sample};

use self::scene::{Scene, verify, verify_in_pieces};
use super::{FaultKind, Verifier};
use crate::{ChainWriter, DigestKey, GapCause, Moment};

#[test]
fn i1_a_record_that_nobody_touched_is_right() {
    let scene = Scene::new();
    let report = verify(&scene).unwrap();
    assert_eq!(
        (report.first, report.end.head.seq, report.vouched_to),
        (1, 23, Some(23))
    );
    assert!(report.closed && report.torn.is_none());
    let gaps: Vec<_> = report
        .gaps
        .iter()
        .map(|(seq, gap)| (*seq, gap.cause))
        .collect();
    assert_eq!(gaps, [(15, GapCause::Crash)]);
    for length in [1, 7, 4_096] {
        assert_eq!(verify_in_pieces(&scene, length).as_ref(), Ok(&report));
    }
}

/// Does something to the lines of a segment, and expects a fault at a record.
#[track_caller]
fn touched(segment: usize, touch: impl FnOnce(&mut Vec<Vec<u8>>)) -> (Option<u64>, FaultKind) {
    let mut scene = Scene::new();
    scene.touch(segment, touch);
    let fault = verify(&scene).unwrap_err();
    (fault.place.record, fault.kind)
}

#[test]
fn i1_a_flipped_byte_is_named_with_its_record() {
    // Records 8 to 13 are those of the second segment.
    for at in [1, 3] {
        let (record, kind) = touched(1, |lines| {
            let place = lines[at]
                .windows(7)
                .position(|bytes| bytes == b"request")
                .unwrap();
            lines[at][place] ^= 1;
        });
        assert_eq!(
            (record, kind),
            (Some(8 + at as u64), FaultKind::HashMismatch)
        );
    }
    let (record, kind) = touched(1, |lines| lines[2][0] ^= 1);
    assert_eq!((record, kind), (Some(10), FaultKind::HashMismatch));
    let (record, kind) = touched(1, |lines| {
        let last = lines[2].len() - 10;
        lines[2][last] = b'x';
    });
    assert_eq!((record, kind), (Some(10), FaultKind::Unreadable));
}

#[test]
fn i1_dropped_swapped_and_doubled_records_are_named() {
    let (_, kind) = touched(1, |lines| drop(lines.remove(2)));
    assert_eq!(
        kind,
        FaultKind::Missing {
            first: 10,
            last: 10
        }
    );
    let (_, kind) = touched(1, |lines| drop(lines.drain(1..4)));
    assert_eq!(kind, FaultKind::Missing { first: 9, last: 11 });
    let (record, kind) = touched(1, |lines| lines.swap(2, 3));
    assert_eq!(
        (record, kind),
        (
            Some(10),
            FaultKind::Missing {
                first: 10,
                last: 10
            }
        )
    );
    let (record, kind) = touched(1, |lines| lines.insert(3, lines[2].clone()));
    assert_eq!(
        (record, kind),
        (Some(11), FaultKind::OutOfPlace { found: 10 })
    );
    let (_, kind) = touched(0, |lines| drop(lines.remove(0)));
    assert_eq!(kind, FaultKind::BeginningMissing { found: 2 });
    let (_, kind) = touched(1, |lines| lines.truncate(3));
    assert_eq!(kind, FaultKind::SegmentChanged { number: 1 });
    let (_, kind) = touched(3, |lines| lines.truncate(2));
    assert_eq!(kind, FaultKind::SegmentChanged { number: 3 });
}

#[test]
fn i1_a_cut_is_named_with_and_without_digests() {
    let mut scene = Scene::new();
    scene.digests.clear();
    scene.touch(1, |lines| lines.truncate(3));
    let fault = verify(&scene).unwrap_err();
    assert_eq!(
        (&*fault.place.file, fault.kind),
        (
            "3.jsonl",
            FaultKind::Missing {
                first: 11,
                last: 13
            }
        )
    );

    // Cut within a line, and the records after it made to fit, as whoever can write the files can.
    let mut scene = Scene::new();
    scene.digests.clear();
    let end = scene.segments[3].1.len() - 40;
    scene.segments[3].1.truncate(end);
    let fault = verify(&scene).unwrap_err();
    assert!(matches!(fault.kind, FaultKind::TornTail { .. }));
    let torn = scene.verifier().while_written();
    assert!(scene.run(torn, 4_096).unwrap().torn.is_some());

    // The incomplete line of the crash belongs to what was promised.
    let mut scene = Scene::new();
    scene.digests.clear();
    let (_, crashed) = &mut scene.segments[1];
    crashed.pop();
    let fault = verify(&scene).unwrap_err();
    assert!(
        matches!(fault.kind, FaultKind::TornTailDisagrees { .. }),
        "{fault}"
    );
}

#[test]
fn i1_missing_segments_and_digests_are_named() {
    let mut scene = Scene::new();
    scene.segments.remove(2);
    let fault = verify(&scene).unwrap_err();
    let name = "3.jsonl".into();
    assert_eq!(
        fault.kind,
        FaultKind::SegmentMissing {
            name,
            first: 14,
            last: 18
        }
    );
    let mut scene = Scene::new();
    scene.segments.pop();
    let fault = verify(&scene).unwrap_err();
    let name = "4.jsonl".into();
    assert_eq!(
        fault.kind,
        FaultKind::SegmentMissing {
            name,
            first: 19,
            last: 23
        }
    );
    let mut scene = Scene::new();
    scene.digests.remove(1);
    let fault = verify(&scene).unwrap_err();
    assert_eq!(fault.kind, FaultKind::DigestMissing { number: 3 });
    let mut scene = Scene::new();
    scene.digests.swap(0, 1);
    assert!(matches!(
        verify(&scene).unwrap_err().kind,
        FaultKind::DigestMissing { number: 1 }
    ));
    let mut scene = Scene::new();
    scene.segments.swap(0, 1);
    assert_eq!(
        verify(&scene).unwrap_err().kind,
        FaultKind::BeginningMissing { found: 8 }
    );
}

#[test]
fn i1_what_was_deleted_when_its_time_was_over_is_no_fault() {
    let mut scene = Scene::new();
    scene.segments.drain(..2);
    let fault = verify(&scene).unwrap_err();
    assert_eq!(
        fault.kind,
        FaultKind::BeginningMissing { found: 14 },
        "not where a digest begins"
    );
    let mut scene = Scene::new();
    scene.segments.drain(..3);
    let report = verify(&scene).unwrap();
    assert_eq!((report.first, report.vouched_to), (19, Some(23)));
    scene.digests.drain(..1);
    assert_eq!(verify(&scene).unwrap().first, 19);
}

#[test]
fn a_record_known_from_elsewhere_must_be_met() {
    let scene = Scene::new();
    let head = verify(&scene).unwrap().end.head;
    assert!(scene.run(scene.verifier().knowing(head), 99).is_ok());
    let mut other = head;
    other.seq = 5;
    let fault = scene.run(scene.verifier().knowing(other), 99).unwrap_err();
    assert_eq!(
        (fault.place.record, fault.kind),
        (Some(5), FaultKind::KnownRecordDisagrees)
    );
    other.seq = 30;
    let fault = scene.run(scene.verifier().knowing(other), 99).unwrap_err();
    assert_eq!(
        fault.kind,
        FaultKind::Missing {
            first: 24,
            last: 30
        }
    );
}

#[test]
fn i1_whoever_goes_on_after_a_crash_finds_the_place() {
    let scene = Scene::new();
    let (name, bytes) = &scene.segments[1];
    let mut verifier = Verifier::of_last_segment();
    verifier.begin_segment(name).unwrap();
    verifier.feed(bytes).unwrap();
    let report = verifier.finish().unwrap();
    assert_eq!(
        (report.end.segment, report.end.head.seq, report.closed),
        (2, 13, false)
    );
    let mut out = Vec::new();
    let now = Moment::from_unix_ms(0);
    let writer = ChainWriter::resume(
        report.end,
        report.torn.unwrap(),
        report.last_at,
        now,
        &mut out,
    );
    assert_eq!(writer.position().head.seq, 15);
}

#[test]
fn a_line_without_end_is_not_kept() {
    let mut verifier = Verifier::new(Vec::new());
    verifier.begin_segment("1").unwrap();
    let piece = vec![b'x'; 64 * 1024];
    let fault = (0..100).find_map(|_| verifier.feed(&piece).err());
    assert_eq!(fault.unwrap().kind, FaultKind::TooLong);
    assert_eq!(
        Verifier::new(Vec::new()).finish().unwrap_err().kind,
        FaultKind::NothingThere
    );
}

#[test]
fn f7_a_key_shows_nothing_but_its_fingerprint() {
    let key = DigestKey::from_seed(&[9; 32]).unwrap();
    let shown = format!("{key:?}");
    assert_eq!(
        shown,
        format!("DigestKey({})", key.public_key().fingerprint())
    );
    assert!(DigestKey::from_seed(&[9; 31]).is_err());
}

proptest! {
    #[test]
    fn i1_any_change_of_any_byte_is_noticed(
        segment in 0usize..4,
        place in any::<sample::Index>(),
        flip in 1u8..,
        signed in any::<bool>(),
    ) {
        let mut scene = Scene::new();
        if !signed {
            scene.digests.clear();
        }
        let bytes = &mut scene.segments[segment].1;
        let at = place.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(verify(&scene).is_err());
    }

    #[test]
    fn i1_any_cut_is_noticed(segment in 0usize..4, from in any::<sample::Index>(), length in 1usize..900) {
        let mut scene = Scene::new();
        let bytes = &mut scene.segments[segment].1;
        let from = from.index(bytes.len());
        let to = bytes.len().min(from + length);
        bytes.drain(from..to);
        prop_assert!(verify(&scene).is_err());
    }

    #[test]
    fn i1_any_change_of_a_digest_is_noticed(digest in 0usize..3, place in any::<sample::Index>(), flip in 1u8..) {
        let mut scene = Scene::new();
        let bytes = &mut scene.digests[digest].1;
        let at = place.index(bytes.len());
        bytes[at] ^= flip;
        prop_assert!(verify(&scene).is_err());
    }
}
