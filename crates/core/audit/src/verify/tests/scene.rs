//! A chain of four segments with a crash after the second, and three digests, one of an hour without events.

use crate::event::tests::{AT, full};
use crate::verify::{ChainFault, Report, Verifier};
use crate::{
    ChainId, ChainWriter, DigestKey, DigestSeries, EventJson, Hash, Moment, SegmentTally, Text,
    Torn,
};

pub(super) const SEED: [u8; 32] = [9; 32];
const CHAIN: ChainId = ChainId::from_bytes([7; 16]);

pub(super) struct Scene {
    pub(super) segments: Vec<(String, Vec<u8>)>,
    pub(super) digests: Vec<(String, Vec<u8>)>,
}

fn at(seconds: i64) -> Moment {
    Moment::from_unix_ms(AT + seconds * 1_000)
}

fn event(number: usize) -> EventJson {
    let mut event = full();
    let id = format!("REQUEST{number:09}");
    event.request_id = Text::of(&id);
    EventJson::of(&event)
}

impl Scene {
    /// Records 1 to 7, 8 to 13 and an incomplete line, 14 to 18, 19 to 23.
    pub(super) fn new() -> Self {
        let mut segments = vec![Vec::new(); 4];
        let mut writer = ChainWriter::begin(CHAIN, at(0), &mut segments[0]);
        for number in 0..5 {
            writer.append(&event(number), &mut segments[0]);
        }
        let (head, tail) = segments.split_at_mut(1);
        let mut ends = vec![writer.rotate(at(60), &mut head[0], &mut tail[0])];
        for number in 5..10 {
            writer.append(&event(number), &mut segments[1]);
        }
        let behind = writer.position();
        ends.push(behind.head);
        let whole = segments[1].len();
        writer.append(&event(10), &mut segments[1]);
        let torn = segments[1].split_off(whole);
        let torn = &torn[..torn.len() / 2];
        segments[1].extend_from_slice(torn);
        let left = Torn {
            bytes: torn.len() as u64,
            sha256: Hash::of(torn),
        };
        let mut writer = ChainWriter::resume(behind, left, at(90), at(120), &mut segments[2]);
        for number in 11..13 {
            writer.append(&event(number), &mut segments[2]);
        }
        let (head, tail) = segments.split_at_mut(3);
        ends.push(writer.rotate(at(180), &mut head[2], &mut tail[0]));
        for number in 13..16 {
            writer.append(&event(number), &mut segments[3]);
        }
        ends.push(writer.close(at(240), &mut segments[3]).head);

        let mut from = 1;
        let mut entries = Vec::new();
        for (number, (bytes, end)) in segments.iter().zip(&ends).enumerate() {
            let mut tally = SegmentTally::new(&format!("{}.jsonl", number + 1), from);
            tally.add(bytes);
            entries.push(tally.finish(end.seq));
            from = end.seq + 1;
        }
        let key = DigestKey::from_seed(&SEED).unwrap();
        let mut series = DigestSeries::new(CHAIN);
        let last = entries.split_off(3);
        let digests = vec![
            series.sign(at(0), at(3_600), ends[2], entries, &key),
            series.sign(at(3_600), at(7_200), ends[2], Vec::new(), &key),
            series.sign(at(7_200), at(10_800), ends[3], last, &key),
        ];
        let named = |kind: &'static str| {
            move |(number, bytes): (usize, Vec<u8>)| (format!("{}.{kind}", number + 1), bytes)
        };
        Self {
            segments: segments
                .into_iter()
                .enumerate()
                .map(named("jsonl"))
                .collect(),
            digests: digests
                .into_iter()
                .enumerate()
                .map(named("digest"))
                .collect(),
        }
    }

    /// Does something to the lines of a segment.
    pub(super) fn touch(&mut self, segment: usize, touch: impl FnOnce(&mut Vec<Vec<u8>>)) {
        let bytes = &mut self.segments[segment].1;
        let mut lines = bytes
            .split_inclusive(|byte| *byte == b'\n')
            .map(<[u8]>::to_vec)
            .collect();
        touch(&mut lines);
        *bytes = lines.concat();
    }

    pub(super) fn verifier(&self) -> Verifier {
        Verifier::new(vec![DigestKey::from_seed(&SEED).unwrap().public_key()])
    }

    pub(super) fn run(&self, mut verifier: Verifier, piece: usize) -> Result<Report, ChainFault> {
        for (name, digest) in &self.digests {
            verifier.digest(name, digest)?;
        }
        for (name, bytes) in &self.segments {
            verifier.begin_segment(name)?;
            for piece in bytes.chunks(piece) {
                verifier.feed(piece)?;
            }
        }
        verifier.finish()
    }
}

pub(super) fn verify(scene: &Scene) -> Result<Report, ChainFault> {
    verify_in_pieces(scene, usize::MAX)
}

pub(super) fn verify_in_pieces(scene: &Scene, length: usize) -> Result<Report, ChainFault> {
    scene.run(scene.verifier(), length)
}
