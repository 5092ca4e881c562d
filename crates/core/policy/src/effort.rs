//! How much an evaluation may take.
//!
//! Who may write a policy for a bucket must not be able to stop the server with it: patterns like `*a????…x`
//! cost the product of their own length and the key's, and there may be hundreds in a document. So every
//! evaluation has a number of steps, which all of its policies share, and ends in a refusal when they are
//! used up. `document/limits.rs` bounds the wildcards that are taken in the first place.
//!
//! INVARIANT: an evaluation that ran out of steps never allows, whatever was found until then.

use std::cell::Cell;
use std::ops::Deref;

use crate::request::Request;

/// The most steps of one evaluation: what the longest policies of twenty users and groups need, many times over.
/// A step is a token of a pattern that is tried, or [`BYTES_A_STEP`] bytes that are compared.
pub(crate) const MOST_STEPS: usize = 50_000;
/// Comparing bytes is cheap, and not for nothing.
const BYTES_A_STEP: usize = 16;

/// A request under evaluation, with the steps that are left.
#[derive(Debug)]
pub(crate) struct Metered<'a> {
    request: Request<'a>,
    /// `None` once more were wanted than there were.
    left: Cell<Option<usize>>,
}

impl<'a> Metered<'a> {
    /// A request at the beginning of its evaluation.
    pub(crate) fn new(request: &Request<'a>) -> Self {
        Self {
            request: *request,
            left: Cell::new(Some(MOST_STEPS)),
        }
    }

    /// Takes steps, and says whether there were enough.
    pub(crate) fn spend(&self, steps: usize) -> bool {
        let left = self.left.get().and_then(|left| left.checked_sub(steps));
        self.left.set(left);
        left.is_some()
    }

    /// Takes a step, and those for comparing so many bytes.
    pub(crate) fn spend_on(&self, bytes: usize) -> bool {
        self.spend(1 + bytes / BYTES_A_STEP)
    }

    /// Whether more steps were wanted than there are.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.left.get().is_none()
    }

    /// How many steps were taken.
    #[cfg(test)]
    pub(crate) fn spent(&self) -> usize {
        MOST_STEPS - self.left.get().unwrap_or(0)
    }
}

impl<'a> Deref for Metered<'a> {
    type Target = Request<'a>;

    fn deref(&self) -> &Request<'a> {
        &self.request
    }
}

#[cfg(test)]
mod tests;
