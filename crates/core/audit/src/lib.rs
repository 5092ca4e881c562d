//! The record.
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
    SignatureVersion, Signer, SignerKind, SignerSession, Traffic, Verdict, Wire, cipher_suite_name,
};
pub use hash::{ChainId, Hash, HexError};
pub use json::{EventError, EventJson};
pub use moment::{Moment, MomentError};
pub use record::{Body, Close, Gap, GapCause, LONGEST_RECORD, Record, RecordError, SegmentStart};
pub use redact::{REDACTED, redact};
pub use text::{LONGEST_TEXT, Text};
