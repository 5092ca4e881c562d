//! Session tokens: temporary credentials that any node opens and nobody stores.
//!
//! A [`Session`] is all that is true of one session. Sealed with a key of the installation's
//! [`SealingRing`] it becomes a session token, and its access key id and secret access key follow from it:
//! who has the ring can open every token, and no row is written when one is given out.
//!
//! | stage | here |
//! | --- | --- |
//! | what a session is | [`Session`] |
//! | its bytes | `codec.rs`: versioned, strict, each session has one spelling |
//! | sealing and opening | [`SealingRing::seal`], [`SealingRing::open`] |
//!
//! Sealing draws no random number: the nonce is a MAC of the plaintext, so equal sessions have equal tokens,
//! on every node and after every restart. What must differ differs by [`Session::salt`].
//!
//! INVARIANT: no I/O, no clock, no randomness. INVARIANT: a token that is not exactly what [`SealingRing::seal`]
//! made is not opened: not one bit longer, shorter or otherwise spelled (threat H2).

mod codec;
mod ring;
mod sealing_key;
mod session;
mod token;

pub use ring::{Opened, SealingRing, TemporaryCredentials};
pub use sealing_key::SealingKey;
pub use session::{Federation, MOST_PACKED_BYTES, Purpose, Salt, Session, SessionTag, SubjectKind};
pub use token::{LONGEST_TOKEN, OpenError, SealError};

#[cfg(test)]
mod tests;
