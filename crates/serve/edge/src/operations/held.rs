//! An upload held to the restrictions of its link: its size, its type, its rate.
//!
//! What is declared is looked at before the body, what comes while it comes, and what it turned out to be
//! before it is stored (docs/specs/restrictions.md, section 4).
//!
//! INVARIANT: an upload that is not within its restrictions is never committed.

use bytes::Bytes;
use countersign_gate::{Authorized, ByteRange, Refusal, RestrictionNotMet, Restrictions};
use countersign_objects::PutCondition;
use countersign_s3::{BEGINNING_BYTES, may_be_of_type};

use super::upload_body::Sink;
use crate::edge::Edge;
use crate::pace::PacedTransfer;

/// A sink for an upload that may be restricted.
pub(super) struct Held<'a, S> {
    sink: &'a mut S,
    sizes: Option<ByteRange>,
    /// The declared type, if the first bytes must be of it.
    declared: Option<&'a str>,
    beginning: Vec<u8>,
    pace: Option<PacedTransfer>,
}

impl<'a, S: Sink> Held<'a, S> {
    /// Holds what goes into `sink` to what this permit allows. `content_type` is what the upload is
    /// declared to be, which was looked at before.
    ///
    /// # Errors
    /// The refusal of one more transfer than a slowed link may have under way.
    pub(super) fn new(
        edge: &Edge,
        permit: &Authorized,
        content_type: Option<&'a str>,
        sink: &'a mut S,
    ) -> Result<Self, Refusal> {
        let restrictions = permit.restrictions();
        Ok(Self {
            sink,
            sizes: restrictions.and_then(Restrictions::bytes),
            declared: content_type.filter(|_| restrictions.is_some_and(|r| r.types().is_some())),
            beginning: Vec::new(),
            pace: PacedTransfer::of(&edge.paces, permit)?,
        })
    }

    /// Looks at what could be known only at the end.
    ///
    /// # Errors
    /// The refusal of an upload that is too small, or too short to be told from another type before.
    pub(super) fn end(self) -> Result<(), Refusal> {
        if let Some(allowed) = self.sizes
            && !allowed.contains(self.sink.size())
        {
            let found = self.sink.size();
            return Err(RestrictionNotMet::Bytes { allowed, found }.into());
        }
        self.declared.map_or(Ok(()), |declared| {
            check_beginning(declared, &self.beginning)
        })
    }

    /// Gathers the first bytes until there are enough of them to look at.
    fn look_at(&mut self, bytes: &[u8]) -> Result<(), Refusal> {
        let Some(declared) = self.declared else {
            return Ok(());
        };
        let missing = BEGINNING_BYTES.saturating_sub(self.beginning.len());
        self.beginning.extend(bytes.iter().take(missing));
        if self.beginning.len() == BEGINNING_BYTES {
            self.declared = None;
            return check_beginning(declared, &self.beginning);
        }
        Ok(())
    }
}

impl<S: Sink> Sink for Held<'_, S> {
    fn size(&self) -> u64 {
        self.sink.size()
    }

    async fn write(&mut self, bytes: Bytes) -> Result<(), Refusal> {
        if let Some(allowed) = self.sizes {
            let found = self.sink.size().saturating_add(bytes.len() as u64);
            if found > allowed.max() {
                return Err(RestrictionNotMet::Bytes { allowed, found }.into());
            }
        }
        self.look_at(&bytes)?;
        if let Some(pace) = &self.pace {
            pace.wait(bytes.len()).await;
        }
        self.sink.write(bytes).await
    }
}

/// Refuses an upload by what it is declared to be: its length, if it is told, and its type.
///
/// # Errors
/// The refusal, before any byte of the body.
pub(super) fn check_declared(
    permit: &Authorized,
    length: Option<u64>,
    content_type: Option<&str>,
) -> Result<(), Refusal> {
    let Some(restrictions) = permit.restrictions() else {
        return Ok(());
    };
    if let (Some(allowed), Some(found)) = (restrictions.bytes(), length)
        && !allowed.contains(found)
    {
        return Err(RestrictionNotMet::Bytes { allowed, found }.into());
    }
    match restrictions.types() {
        Some(allowed) if !content_type.is_some_and(|declared| allowed.allow(declared)) => {
            Err(RestrictionNotMet::Type {
                allowed: allowed.clone(),
                declared: content_type.map(Into::into),
            }
            .into())
        }
        _ => Ok(()),
    }
}

/// Refuses a body whose first bytes are not those of its declared type.
///
/// # Errors
/// The refusal.
pub(super) fn check_beginning(declared: &str, beginning: &[u8]) -> Result<(), Refusal> {
    if may_be_of_type(declared, beginning) {
        return Ok(());
    }
    let declared = declared.into();
    Err(RestrictionNotMet::TypeOfBytes { declared }.into())
}

/// What the key must hold for the upload to be stored: what the request asks for, and nothing at all if
/// the link makes new objects only.
///
/// # Errors
/// The refusal of a request that asks to replace an object by such a link.
pub(super) fn condition_of(
    permit: &Authorized,
    asked: PutCondition,
) -> Result<PutCondition, Refusal> {
    if !permit
        .restrictions()
        .is_some_and(Restrictions::creates_only)
    {
        return Ok(asked);
    }
    match asked {
        PutCondition::IfMatch(_) => Err(RestrictionNotMet::Create.into()),
        PutCondition::None | PutCondition::IfAbsent => Ok(PutCondition::IfAbsent),
    }
}

/// The refusal of an upload to a key that holds something, if the link makes new objects only.
pub(super) fn refuse_overwriting(permit: &Authorized) -> Option<Refusal> {
    let creates_only = permit
        .restrictions()
        .is_some_and(Restrictions::creates_only);
    creates_only.then(|| RestrictionNotMet::Create.into())
}
