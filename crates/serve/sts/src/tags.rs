//! The tags of a session: those that a call gives, and those that come along from session to session.
//!
//! "Pass session tags in AWS STS". Keys are the same in any case and keep the case they were given in.
//!
//! INVARIANT: what came along as transitive stays, with its value, and nothing that a call says changes it.

use countersign_session::SessionTag;

use crate::refusal::Refusal;
use crate::shape::MOST_TAGS;

/// The tags of the session that is to be begun: given ones, of which some are to be transitive, beside the
/// transitive ones of the session that begins it.
///
/// # Errors
/// `InvalidParameterValue` in AWS's words: a key twice, a transitive key without its tag, a key that came along.
pub(crate) fn of_session(
    given: &[(&str, &str)],
    transitive_keys: &[&str],
    of_caller: &[SessionTag],
) -> Result<Vec<SessionTag>, Refusal> {
    let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
    let mut tags: Vec<SessionTag> = of_caller
        .iter()
        .filter(|tag| tag.is_transitive)
        .cloned()
        .collect();
    let came_along = tags.len();
    for (at, (key, value)) in given.iter().enumerate() {
        if given.iter().take(at).any(|(earlier, _)| same(earlier, key)) {
            return Err(Refusal::invalid_parameter(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ));
        }
        if key.to_lowercase().starts_with("aws:") {
            return Err(Refusal::invalid_parameter(
                "Tag keys that begin with aws: are reserved.",
            ));
        }
        if tags.iter().take(came_along).any(|tag| same(&tag.key, key)) {
            return Err(Refusal::invalid_parameter(
                "One of the specified tags can't be set because it conflicts with a transitive tag key from the \
                 calling session.",
            ));
        }
        tags.push(SessionTag {
            key: (*key).into(),
            value: (*value).into(),
            is_transitive: transitive_keys.iter().any(|one| same(one, key)),
        });
    }
    for key in transitive_keys {
        if tags.iter().take(came_along).any(|tag| same(&tag.key, key)) {
            return Err(Refusal::invalid_parameter(
                "One of the specified transitive tag keys can't be set because it conflicts with a transitive tag key \
                 from the calling session.",
            ));
        }
        if !given.iter().any(|(given, _)| same(given, key)) {
            return Err(Refusal::invalid_parameter(
                "The specified transitive tag key must be included in the requested tags.",
            ));
        }
    }
    if tags.len() > MOST_TAGS {
        return Err(Refusal::invalid_parameter(format!(
            "A session has at most {MOST_TAGS} tags."
        )));
    }
    Ok(tags)
}

#[cfg(test)]
mod tests;
