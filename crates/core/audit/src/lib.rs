//! The record: one event for everything, in a chain that proves itself, rendered as auditors know it.
//!
//! An [`AuditEvent`] says what happened. Every text in it has passed [`redact`], so it holds no credential. A
//! [`ChainWriter`] numbers events and ties each to the one before, a [`DigestSeries`] signs what there is every hour,
//! and a [`Verifier`](verify::Verifier) holds all of that to its promise with a public key and nothing else.
//! [`AccessLog`] and [`cloud_trail`] write the same events in AWS's forms; [`signal`] looks for what is wrong
//! in them. The normative text is docs/specs/audit.md.
//!
//! ```
//! use countersign_audit::verify::Verifier;
//! use countersign_audit::{AuditEvent, ChainId, ChainWriter, EventJson, EventKind, Moment};
//!
//! let now = Moment::from_unix_ms(1_770_336_117_123);
//! let mut segment = Vec::new();
//! let mut writer = ChainWriter::begin(ChainId::from_bytes([7; 16]), now, &mut segment);
//! let event = AuditEvent::new(EventKind::Request, now, "DD6CC733AEXAMPLE");
//! writer.append(&EventJson::of(&event), &mut segment);
//! writer.close(now, &mut segment);
//!
//! let mut verifier = Verifier::new(Vec::new());
//! verifier.begin_segment("1.jsonl")?;
//! verifier.feed(&segment)?;
//! assert_eq!(verifier.finish()?.end.head.seq, 3);
//! # Ok::<(), countersign_audit::verify::ChainFault>(())
//! ```
//!
//! INVARIANT: nothing here does I/O, reads a clock or draws anything at random: bytes, instants and keys are
//! arguments, and the same arguments give the same bytes. INVARIANT: whatever a client sent, a record is one line.

#![forbid(unsafe_code)]

mod access_log;
mod chain;
pub mod cloud_trail;
mod digest;
mod event;
mod hash;
mod json;
mod moment;
mod record;
mod redact;
pub mod signal;
mod text;
pub mod verify;

pub use access_log::{AccessLog, LogKey, operation_name};
pub use chain::{ChainWriter, Head, Position, Torn};
pub use digest::{
    Digest, DigestError, DigestKey, DigestKeyError, DigestPublicKey, DigestSeries, SegmentEntry,
    SegmentTally,
};
pub use event::{
    Action, AddressSource, Alert, AuditEvent, Authentication, Change, Client, Clock, ClockSource,
    DecidedBy, EventKind, How, Life, Outcome, PolicyLayer, RestrictionList, SignalKind,
    SignatureVersion, Signer, SignerKind, SignerSession, Source, Traffic, Verdict, Wire,
    cipher_suite_name,
};
pub use hash::{ChainId, Hash, HexError};
pub use json::{EventError, EventJson};
pub use moment::{Moment, MomentError};
pub use record::{Body, Close, Gap, GapCause, LONGEST_RECORD, Record, RecordError, SegmentStart};
pub use redact::{REDACTED, redact};
pub use text::{LONGEST_TEXT, Text};
