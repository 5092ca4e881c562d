//! How long a policy may be.
//!
//! "IAM and AWS STS quotas" and "Bucket policies": IAM counts characters that are not white space, S3
//! counts bytes. A bound on all of the text keeps what is read, and then held in memory, small.

use super::PolicyKind;
use crate::error::{Fault, PolicyProblem};

const IDENTITY_CHARACTERS: usize = 6_144;
const SESSION_CHARACTERS: usize = 2_048;
const BUCKET_BYTES: usize = 20_480;
/// Of any policy, white space included.
const BYTES: usize = 65_536;

/// Refuses a text that is too long for its kind.
pub(super) fn check(text: &str, kind: PolicyKind) -> Result<(), Fault> {
    let bytes = match kind {
        PolicyKind::Resource => BUCKET_BYTES,
        _ => BYTES,
    };
    if text.len() > bytes {
        return Err(too_long(kind, bytes, "bytes"));
    }
    let (characters, limit, unit) = match kind {
        PolicyKind::Resource => return Ok(()),
        PolicyKind::Boundary | PolicyKind::Identity => (
            text.chars().filter(|c| !c.is_whitespace()).count(),
            IDENTITY_CHARACTERS,
            "characters besides white space",
        ),
        PolicyKind::Session => (text.chars().count(), SESSION_CHARACTERS, "characters"),
    };
    if characters > limit {
        return Err(too_long(kind, limit, unit));
    }
    Ok(())
}

fn too_long(kind: PolicyKind, limit: usize, unit: &'static str) -> Fault {
    Fault::new(0, PolicyProblem::TooLong { kind, limit, unit })
}
