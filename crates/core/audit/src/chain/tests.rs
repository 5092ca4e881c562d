use super::{ChainWriter, Torn};
use crate::event::tests::{AT, full};
use crate::{Body, ChainId, EventJson, GapCause, Hash, Moment, Record};

fn lines(bytes: &[u8]) -> Vec<Record<'_>> {
    let lines = bytes.split_inclusive(|byte| *byte == b'\n');
    lines
        .map(|line| Record::read(line.strip_suffix(b"\n").unwrap()).unwrap())
        .collect()
}

#[test]
fn records_are_numbered_and_tied_to_the_one_before() {
    let now = Moment::from_unix_ms(AT);
    let event = EventJson::of(&full());
    let (mut first, mut second) = (Vec::new(), Vec::new());
    let mut writer = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut first);
    writer.append(&event, &mut first);
    writer.admit_loss(GapCause::Crash, Some(3), now, now, &mut first);
    let last = writer.rotate(now, &mut first, &mut second);
    writer.append(&event, &mut second);
    let end = writer.close(now, &mut second);
    let (one, two) = (lines(&first), lines(&second));
    assert_eq!(one.last().unwrap().hash, last.hash);
    assert_eq!(two.last().unwrap().hash, end.head.hash);
    assert_eq!((end.segment, end.head.seq), (2, 7));
    let all: Vec<_> = one.iter().chain(&two).collect();
    assert_eq!(all[0].prev, Hash::ZERO);
    for (at, pair) in all.windows(2).enumerate() {
        assert_eq!(pair[1].prev, pair[0].hash);
        assert_eq!(pair[0].seq, at as u64 + 1);
    }
    assert_eq!(all[1].body, Body::Event(event.as_bytes()));
    // A crash is admitted in a new segment, or it is none.
    assert!(
        matches!(all[2].body, Body::Gap(gap) if gap.cause == GapCause::Lost && gap.lost == Some(3))
    );
    assert!(matches!(all[4].body, Body::Segment(start) if start.number == 2));
    assert!(first.starts_with(
        br#"{"seq":1,"prev":"0000000000000000000000000000000000000000000000000000000000000000","segment":{"version":1,"chain":"07070707070707070707070707070707","number":1,"at":"2026-02-06T00:01:57.123Z"},"hash":""#
    ));
}

#[test]
fn i1_after_a_crash_the_gap_is_in_the_record() {
    let now = Moment::from_unix_ms(AT);
    let mut before = Vec::new();
    let writer = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut before);
    let torn = Torn {
        bytes: 5,
        sha256: Hash::of(b"{\"seq"),
    };
    let mut after = Vec::new();
    let resumed = ChainWriter::resume(writer.position(), torn, now, now, &mut after);
    assert_eq!(resumed.position().head.seq, 3);
    let text = String::from_utf8(after).unwrap();
    let gap = format!(
        r#""gap":{{"at":"2026-02-06T00:01:57.123Z","since":"2026-02-06T00:01:57.123Z","cause":"crash","torn_bytes":5,"torn_sha256":"{}"}}"#,
        torn.sha256
    );
    assert!(text.lines().nth(1).unwrap().contains(&gap), "{text}");
}
