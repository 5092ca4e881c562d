//! Who and what is known: keys, sessions, principals and buckets, from memory or from the state.
//!
//! Everything that serves shares one [`Directory`]: the S3 listener, STS, IAM and the issuer. It answers from
//! memory what it can, asks the state for the rest, holds the ring that session tokens are sealed with, and tells
//! who signed a call to one of the services beside S3 ([`Directory::authenticate_call`]).
//!
//! INVARIANT: memory is bounded whatever is asked for. INVARIANT: nothing here decides what somebody may do; it
//! says who it is, and the gate decides.

mod call;
mod caller;
mod clock;
mod decoy;
mod directory;
mod found;
mod generation;
mod kept_ring;
mod key_callers;
mod known_bucket;
mod known_key;
mod known_session;
mod principals;
mod revocations;

pub use call::{CallError, CallRefusal, ServiceCall};
pub use caller::Caller;
pub use clock::{Clock, SystemClock, TimeSource};
pub use directory::{Directory, Options};
pub use found::{Found, Sought};
pub use kept_ring::{DEFAULT_ROTATION, ring_of};
pub use known_bucket::{KnownBucket, OwnRules};
pub use known_key::{HeldKey, KnownKey};
pub use revocations::Revocations;
