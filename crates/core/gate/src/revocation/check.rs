//! The refusal of what was revoked.

use countersign_s3::{ErrorCode, Fault};

use super::{RevocationFacts, RevocationSet};
use crate::Refusal;

/// Refuses what was revoked, and everything that might have been while nobody can tell (threat D2).
pub(crate) fn check_revoked(
    revocations: Option<&RevocationSet>,
    facts: &RevocationFacts<'_>,
) -> Result<(), Refusal> {
    let Some(revocations) = revocations else {
        let fault = Fault::new(ErrorCode::ServiceUnavailable);
        return Err(Refusal::new(fault, "nobody can tell what was revoked"));
    };
    match revocations.find(facts) {
        None => Ok(()),
        Some(by) => {
            let fault = Fault::new(ErrorCode::AccessDenied).saying(match facts.link {
                Some(_) => "This link has been revoked. Ask for a new one.",
                None => "The session has been revoked.",
            });
            let reason = match facts.link {
                Some(link) => format!("link {link} is revoked, by {by}"),
                None => format!("session is revoked, by {by}"),
            };
            Err(Refusal::new(fault, reason))
        }
    }
}
