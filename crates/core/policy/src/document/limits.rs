//! How long a policy may be.
//!
//! "IAM and AWS STS quotas" and "Bucket policies": IAM counts characters that are not white space, S3
//! counts bytes. A bound on all of the text keeps what is read, and then held in memory, small; one on the
//! wildcards keeps what it costs to decide by it small, and AWS has none.

use super::PolicyKind;
use crate::error::{Fault, PolicyProblem};
use crate::json::{Node, Value};

const IDENTITY_CHARACTERS: usize = 6_144;
const SESSION_CHARACTERS: usize = 2_048;
/// What AWS raises the quota of 2,048 to on request.
const TRUST_CHARACTERS: usize = 4_096;
const BUCKET_BYTES: usize = 20_480;
/// Of any policy, white space included.
const BYTES: usize = 65_536;

/// The most `*` and `?` in the strings of a document: one for each of the shortest resources that fit into it.
const WILDCARDS: usize = 1_024;

/// Refuses a document with more wildcards than any has that is meant.
pub(super) fn check_wildcards(root: &Node<'_>) -> Result<(), Fault> {
    let mut left = WILDCARDS;
    take_wildcards(root, &mut left)
}

/// Takes those of a value from what is left; its depth is bounded by the reader.
fn take_wildcards(node: &Node<'_>, left: &mut usize) -> Result<(), Fault> {
    match &node.value {
        Value::String(text) => {
            let limit = WILDCARDS;
            *left = left
                .checked_sub(text.matches(['*', '?']).count())
                .ok_or_else(|| Fault::new(node.at, PolicyProblem::WildcardsInDocument { limit }))?;
            Ok(())
        }
        Value::Array(nodes) => nodes.iter().try_for_each(|one| take_wildcards(one, left)),
        Value::Object(members) => members
            .iter()
            .try_for_each(|one| take_wildcards(&one.node, left)),
        Value::Bool(_) | Value::Null | Value::Number(_) => Ok(()),
    }
}

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
        PolicyKind::Trust => (
            text.chars().filter(|c| !c.is_whitespace()).count(),
            TRUST_CHARACTERS,
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
