//! A transfer under way: what may end it before its end.
//!
//! A revocation concerns what begins after it; if it says so, also what is under way. Whoever moves
//! bytes asks here before each piece.

use std::sync::Arc;

use countersign_gate::{Authorized, Refusal};
use countersign_s3::{ErrorCode, Fault};

use countersign_directory::Revocations;

/// One transfer by a link.
pub(crate) struct Transfer {
    revocations: Arc<Revocations>,
    permit: Authorized,
    seen: u64,
}

impl Transfer {
    /// The transfer that a permit is for, decided upon when `endings` had been seen; none for requests that
    /// cannot be revoked.
    pub(crate) fn of(
        revocations: &Arc<Revocations>,
        permit: &Authorized,
        endings: u64,
    ) -> Option<Box<Self>> {
        permit.revocation_facts()?;
        Some(Box::new(Self {
            revocations: Arc::clone(revocations),
            permit: permit.clone(),
            seen: endings,
        }))
    }

    /// Whether it may go on.
    ///
    /// # Errors
    /// The refusal of a transfer that was ended.
    // COST: one load of an integer, unless something that ends transfers was revoked since this was last asked.
    pub(crate) fn go_on(&mut self) -> Result<(), Refusal> {
        let endings = self.revocations.endings();
        if endings == self.seen {
            return Ok(());
        }
        self.seen = endings;
        let Some(facts) = self.permit.revocation_facts() else {
            return Ok(());
        };
        match self.revocations.ending(&facts) {
            None => Ok(()),
            Some(by) => {
                let fault = Fault::new(ErrorCode::AccessDenied);
                let (sentence, reason) = match facts.link {
                    Some(link) => (
                        "This link has been revoked. Ask for a new one.",
                        format!("link {link} was revoked under way, by {by}"),
                    ),
                    None => (
                        "The session has been revoked.",
                        format!("session was revoked under way, by {by}"),
                    ),
                };
                Err(Refusal::new(fault.saying(sentence), reason))
            }
        }
    }
}
