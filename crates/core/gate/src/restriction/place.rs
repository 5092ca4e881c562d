//! Where restrictions may stand: only where the signature covers them as restrictions.
//!
//! In the query of a presigned URL, whose every parameter is signed; or among the fields of a form, if
//! its policy pins the value with an exact match. A condition that only demands a beginning would leave
//! the value to whoever fills the form in, and with it, say, a fresh link id for every upload. Headers
//! are never restrictions, and a request that is signed by its header is made by the signer itself: one
//! that restricts itself is a misunderstanding, and to ignore it would be the worse answer.

use countersign_sigv4::post_policy::{Condition, PostPolicy};
use countersign_sigv4::{AnyClaim, Placement};

use super::{OutOfPlace, RestrictionError, RestrictionName, Restrictions};
use crate::Inquiry;

/// The restrictions of a request whose signature was verified.
pub(crate) fn restrictions_of(
    inquiry: &Inquiry<'_>,
    claim: &AnyClaim<'_>,
    policy: Option<&PostPolicy>,
) -> Result<Option<Box<Restrictions>>, RestrictionError> {
    let names = inquiry.head.headers.iter().map(|header| header.name);
    refuse_among(names, OutOfPlace::Header)?;
    let in_query = inquiry.query.pairs();
    match claim.placement() {
        Placement::Query { .. } => Restrictions::of(in_query),
        Placement::Header => {
            refuse_among(in_query.map(|(name, _)| name), OutOfPlace::HeaderSigned)?;
            Ok(None)
        }
        Placement::PostForm => {
            refuse_among(in_query.map(|(name, _)| name), OutOfPlace::QueryOfForm)?;
            let fields = inquiry.form.iter().flat_map(|form| form.fields());
            let restrictions = Restrictions::of(fields)?;
            if let (Some(restrictions), Some(policy)) = (&restrictions, policy) {
                let open = restrictions
                    .present
                    .iter()
                    .find(|name| !pins(policy, *name));
                if let Some(name) = open {
                    return Err(RestrictionError::Open { name });
                }
            }
            Ok(restrictions)
        }
    }
}

fn refuse_among<'a>(
    mut names: impl Iterator<Item = &'a str>,
    place: OutOfPlace,
) -> Result<(), RestrictionError> {
    match names.find(|name| RestrictionName::is_reserved(name)) {
        Some(name) => Err(RestrictionError::OutOfPlace {
            name: name.into(),
            place,
        }),
        None => Ok(()),
    }
}

/// Whether the policy says what the value must be. That it is so was checked with the form.
fn pins(policy: &PostPolicy, name: RestrictionName) -> bool {
    let pinned = |condition: &Condition| match condition {
        Condition::Eq { field, .. } => field.eq_ignore_ascii_case(name.as_str()),
        Condition::ContentLengthRange { .. }
        | Condition::Never { .. }
        | Condition::StartsWith { .. } => false,
    };
    policy.conditions().iter().any(pinned)
}
