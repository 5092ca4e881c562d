//! What this listener holds a restricted link to.
//!
//! INVARIANT: a restriction that the gate leaves to whoever serves, and that nobody here holds, is
//! refused; it is never passed over.

use countersign_gate::{Authorized, Refusal, RestrictionName};
use countersign_s3::{ErrorCode, Fault};

/// Restrictions that the gate understands and that are not held here.
const NOT_HELD: [RestrictionName; 4] = [
    RestrictionName::Bytes,
    RestrictionName::Create,
    RestrictionName::Rate,
    RestrictionName::Type,
];

/// Refuses a permit with a restriction that nobody here holds.
///
/// # Errors
/// The refusal, which names it.
pub(crate) fn refuse_unheld(permit: &Authorized) -> Result<(), Refusal> {
    let Some(restrictions) = permit.restrictions() else {
        return Ok(());
    };
    match NOT_HELD.into_iter().find(|name| restrictions.has(*name)) {
        Some(name) => Err(Refusal::new(
            Fault::new(ErrorCode::NotImplemented)
                .saying(format!("This server does not hold {name} yet."))
                .with("Restriction", name.as_str()),
            format!("restriction {name} is not held by this server"),
        )),
        None => Ok(()),
    }
}
