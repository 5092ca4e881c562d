//! What narrows a session: a policy of its own and managed ones, and how much of the token that takes.
//!
//! "Session policies" and "IAM and AWS STS quotas". AWS packs policies and tags in a way of its own and tells
//! how full that is; here it is the share of the bytes that a token has for them.

use std::fmt::Write as _;

use countersign_aws_query::Fault;
use countersign_policy::{PolicyDocument, PolicyKind};
use countersign_session::{MOST_PACKED_BYTES, Session};

use crate::refusal::Refusal;
use crate::shape::MOST_POLICY_CHARACTERS;

/// Reads the text of a session policy and bounds it together with the ARNs.
///
/// # Errors
/// `MalformedPolicyDocument` with the place in the text, or that there is too much.
pub(crate) fn check(policy: Option<&str>, arns: &[&str]) -> Result<(), Refusal> {
    let characters: usize = policy
        .into_iter()
        .chain(arns.iter().copied())
        .map(|text| text.chars().count())
        .sum();
    if characters > MOST_POLICY_CHARACTERS {
        return Err(too_large(format!(
            "The plaintext of inline and managed session policies has {characters} characters, and may have \
             {MOST_POLICY_CHARACTERS}."
        )));
    }
    let Some(text) = policy else { return Ok(()) };
    PolicyDocument::parse(text, PolicyKind::Session)
        .map(|_| ())
        .map_err(|error| malformed(&error))
}

/// The refusal of a policy's text.
pub(crate) fn malformed(error: &dyn std::fmt::Display) -> Refusal {
    let mut sentence = "Syntax errors in policy: ".to_owned();
    // Writing to a string cannot fail.
    let _ = write!(sentence, "{error}.");
    Refusal::new(
        Fault::sender(400, "MalformedPolicyDocument", sentence),
        "a session policy cannot be read",
    )
}

/// How full the token is with policies and tags, in per cent; none if there are none.
///
/// # Errors
/// `PackedPolicyTooLarge` if they do not fit.
pub(crate) fn packed_size(session: &Session) -> Result<Option<u64>, Refusal> {
    let bytes = session.packed_bytes();
    let per_cent = bytes.saturating_mul(100).div_ceil(MOST_PACKED_BYTES);
    if bytes > MOST_PACKED_BYTES {
        // AWS: these two sentences.
        return Err(too_large(match session.has_policies() {
            true => format!(
                "Packed policy consumes {per_cent}% of allotted space, please use smaller policy."
            ),
            false => {
                format!("Packed size of session tags consumes {per_cent}% of allotted space.")
            }
        }));
    }
    Ok((bytes > 0).then_some(per_cent as u64))
}

fn too_large(sentence: String) -> Refusal {
    Refusal::plain(Fault::sender(400, "PackedPolicyTooLarge", sentence))
}

#[cfg(test)]
mod tests;
