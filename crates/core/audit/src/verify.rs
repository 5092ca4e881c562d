//! Holds a record to what it promises: streaming, with public keys and nothing else.
//!
//! Digests are given first, in order, then segments, in order, in pieces of any size. The first thing that is
//! wrong ends it, and is named ([`ChainFault`]; docs/specs/audit.md, section 3.2).
//!
//! INVARIANT: memory grows with the longest line and the number of digests, never with the record.
//! INVARIANT: nothing of an event is believed or needed but its bytes.

mod cover;
mod fault;
mod segment;

pub use fault::{ChainFault, FaultKind, Place};

use self::cover::Cover;
use self::segment::{Ending, Segment};
use crate::Moment;
use crate::chain::{Head, Position, Torn};
use crate::digest::DigestPublicKey;
use crate::hash::{ChainId, Hash};
use crate::record::{Body, Gap, GapCause, LONGEST_RECORD, Record, SegmentStart};

/// What was found right.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Report {
    /// The first record that is there: 1, unless the beginning was deleted when its time was over.
    pub first: u64,
    /// Where the chain ends.
    pub end: Position,
    /// When the last record was written, as far as that is told by anything but events.
    pub last_at: Moment,
    /// The last record that a digest vouches for; what comes after could have been made up by whoever writes the files.
    pub vouched_to: Option<u64>,
    /// Whether the last segment was closed.
    pub closed: bool,
    /// The incomplete line that the last segment ends with, if that was allowed.
    pub torn: Option<Torn>,
    /// Where something may be missing, by the writer's own word.
    pub gaps: Vec<(u64, Gap)>,
}

/// Verifies a chain.
#[derive(Debug)]
pub struct Verifier {
    cover: Cover,
    known: Option<Head>,
    anywhere: bool,
    torn_end: bool,
    first: Option<u64>,
    start: Option<SegmentStart>,
    head: Head,
    last_at: Moment,
    gaps: Vec<(u64, Gap)>,
    segment: Option<Segment>,
    ending: Option<(Box<str>, Ending)>,
}

impl Verifier {
    /// Verifies a whole chain, with digests signed by one of these keys.
    #[must_use]
    pub fn new(trusted: Vec<DigestPublicKey>) -> Self {
        Self {
            cover: Cover::new(trusted),
            known: None,
            anywhere: false,
            torn_end: false,
            first: None,
            start: None,
            head: Head {
                seq: 0,
                hash: Hash::ZERO,
            },
            last_at: Moment::from_unix_ms(0),
            gaps: Vec::new(),
            segment: None,
            ending: None,
        }
    }

    /// For whoever goes on writing: may begin with any segment, and end with an incomplete line.
    #[must_use]
    pub fn of_last_segment() -> Self {
        Self {
            anywhere: true,
            torn_end: true,
            ..Self::new(Vec::new())
        }
    }

    /// Lets the last segment end with an incomplete line: somebody is writing it.
    #[must_use]
    pub fn while_written(mut self) -> Self {
        self.torn_end = true;
        self
    }

    /// Takes a record that is known from elsewhere: it must be met.
    #[must_use]
    pub fn knowing(mut self, head: Head) -> Self {
        self.known = Some(head);
        self
    }

    /// Takes the next digest, by the name of its file.
    ///
    /// # Errors
    /// If it counts for nothing, or does not follow upon the one before.
    pub fn digest(&mut self, name: &str, signed: &[u8]) -> Result<(), ChainFault> {
        self.cover.add(signed).map_err(|kind| ChainFault {
            place: Place {
                file: name.into(),
                line: 1,
                record: None,
            },
            kind,
        })
    }

    /// Begins with the next segment, by the name of its file.
    ///
    /// # Errors
    /// If the one before is not ended, which ends it.
    pub fn begin_segment(&mut self, name: &str) -> Result<(), ChainFault> {
        self.end_segment()?;
        self.segment = Some(Segment::new(name, self.head.seq + 1));
        Ok(())
    }

    /// Takes the next bytes of the segment.
    ///
    /// # Errors
    /// At the first record that is wrong.
    pub fn feed(&mut self, bytes: &[u8]) -> Result<(), ChainFault> {
        let Some(mut segment) = self.segment.take() else {
            return Ok(());
        };
        let outcome = self.take(&mut segment, bytes);
        let place = segment.place(self.head.seq + 1);
        self.segment = Some(segment);
        outcome.map_err(|kind| ChainFault { place, kind })
    }

    /// Ends the segment. Without one, does nothing.
    ///
    /// # Errors
    /// If it is not as a digest has it.
    pub fn end_segment(&mut self) -> Result<(), ChainFault> {
        let Some(segment) = self.segment.take() else {
            return Ok(());
        };
        let place = segment.place(self.head.seq + 1);
        let (entry, ending) = segment.finish(self.head.seq);
        let covered = self.cover.check_segment(&entry);
        self.ending = Some((place.file.clone(), ending));
        covered.map_err(|kind| ChainFault { place, kind })
    }

    /// Ends, and tells what was found.
    ///
    /// # Errors
    /// If something is missing at the end.
    pub fn finish(mut self) -> Result<Report, ChainFault> {
        self.end_segment()?;
        let (file, ending) = self.ending.take().unwrap_or_default();
        let place = Place {
            file,
            line: 0,
            record: Some(self.head.seq + 1),
        };
        let fault = |kind| ChainFault {
            place: place.clone(),
            kind,
        };
        if let Ending::Torn(torn) = ending
            && !self.torn_end
        {
            return Err(fault(FaultKind::TornTail { bytes: torn.bytes }));
        }
        let promised = self.cover.last().max(self.known.map(|head| head.seq));
        if let Some(last) = promised.filter(|last| *last > self.head.seq) {
            return Err(fault(self.cover.missing(self.head.seq + 1, last)));
        }
        let Some((first, start)) = self.first.zip(self.start) else {
            return Err(fault(FaultKind::NothingThere));
        };
        if self.known.is_some_and(|known| known.seq < first) {
            return Err(fault(FaultKind::BeginningMissing { found: first }));
        }
        Ok(Report {
            first,
            end: Position {
                chain: start.chain,
                segment: start.number,
                head: self.head,
            },
            last_at: self.last_at,
            vouched_to: self.cover.last().filter(|last| *last > 0),
            closed: ending == Ending::Closed,
            torn: match ending {
                Ending::Torn(torn) => Some(torn),
                _ => None,
            },
            gaps: self.gaps,
        })
    }

    fn take(&mut self, segment: &mut Segment, bytes: &[u8]) -> Result<(), FaultKind> {
        segment.count(bytes);
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            let (text, ends) = match piece.split_last() {
                Some((b'\n', text)) => (text, true),
                _ => (piece, false),
            };
            if segment.line.len() + text.len() > LONGEST_RECORD {
                return Err(FaultKind::TooLong);
            }
            if ends && segment.line.is_empty() {
                // COST: a line that came whole is not copied.
                self.record(segment, text)?;
            } else {
                segment.line.extend_from_slice(text);
                if ends {
                    let line = std::mem::take(&mut segment.line);
                    self.record(segment, &line)?;
                }
            }
        }
        Ok(())
    }

    fn record(&mut self, segment: &mut Segment, line: &[u8]) -> Result<(), FaultKind> {
        segment.lines += 1;
        let record = Record::read(line)?;
        self.check_place(segment, &record)?;
        self.check_body(segment, &record)?;
        let known = self.known.filter(|known| known.seq == record.seq);
        if known.is_some_and(|known| known.hash != record.hash) {
            return Err(FaultKind::KnownRecordDisagrees);
        }
        self.head = Head {
            seq: record.seq,
            hash: record.hash,
        };
        self.cover.check_head(self.head)
    }

    /// Whether the record is the one that comes next.
    fn check_place(&mut self, segment: &mut Segment, record: &Record<'_>) -> Result<(), FaultKind> {
        if self.first.is_none() {
            let is_first = record.seq == 1 && record.prev == Hash::ZERO;
            let is_covered = self.cover.begin_at(record.seq, record.prev);
            if !(is_first || is_covered || self.anywhere) {
                return Err(FaultKind::BeginningMissing { found: record.seq });
            }
            self.first = Some(record.seq);
            segment.begins_with(record.seq);
            return Ok(());
        }
        let expected = self.head.seq + 1;
        if record.seq > expected {
            return Err(self.cover.missing(expected, record.seq - 1));
        }
        if record.seq < expected {
            return Err(FaultKind::OutOfPlace { found: record.seq });
        }
        if record.prev != self.head.hash {
            return Err(FaultKind::LinkBroken);
        }
        Ok(())
    }

    /// Whether it may say what it says, where it stands.
    fn check_body(&mut self, segment: &mut Segment, record: &Record<'_>) -> Result<(), FaultKind> {
        if segment.closed {
            return Err(FaultKind::AfterClose);
        }
        let unexplained = match &self.ending {
            Some((_, Ending::Closed)) | None => None,
            Some((_, Ending::Cut)) => Some(Torn {
                bytes: 0,
                sha256: Hash::of(b""),
            }),
            Some((_, Ending::Torn(torn))) => Some(*torn),
        };
        match (segment.lines, &record.body) {
            (1, Body::Segment(start)) => return self.check_start(start),
            (1, _) | (_, Body::Segment(_)) => return Err(FaultKind::SegmentMisplaced),
            (2, Body::Gap(gap)) if gap.cause == GapCause::Crash => {
                let told = gap.torn_bytes.zip(gap.torn_sha256);
                let told = told.map(|(bytes, sha256)| Torn { bytes, sha256 });
                match (unexplained, told) {
                    // The segment before is not there to be compared with.
                    (None, Some(_)) if self.ending.is_none() => {}
                    (Some(torn), Some(told)) if torn == told => {}
                    (Some(torn), Some(_)) => {
                        return Err(FaultKind::TornTailDisagrees { bytes: torn.bytes });
                    }
                    _ => return Err(FaultKind::GapUnfounded),
                }
            }
            (_, Body::Gap(gap)) if gap.cause == GapCause::Crash => {
                return Err(FaultKind::GapUnfounded);
            }
            (2, _) => match unexplained {
                Some(torn) if torn.bytes > 0 => {
                    return Err(FaultKind::TornTail { bytes: torn.bytes });
                }
                Some(_) => return Err(FaultKind::EndUnexplained),
                None => {}
            },
            _ => {}
        }
        match &record.body {
            Body::Close(close) => {
                segment.closed = true;
                self.last_at = close.at;
            }
            Body::Gap(gap) => {
                self.last_at = gap.at;
                self.gaps.push((record.seq, *gap));
            }
            Body::Event(_) | Body::Segment(_) => {}
        }
        Ok(())
    }

    fn check_start(&mut self, start: &SegmentStart) -> Result<(), FaultKind> {
        let foreign = |chain: ChainId| chain != start.chain;
        if self.cover.chain().is_some_and(foreign) {
            return Err(FaultKind::ForeignChain);
        }
        if let Some(before) = self.start {
            if foreign(before.chain) {
                return Err(FaultKind::ForeignChain);
            }
            if start.number != before.number + 1 {
                return Err(FaultKind::SegmentMisplaced);
            }
        }
        self.start = Some(*start);
        self.last_at = start.at;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
