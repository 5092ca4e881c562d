//! Laws of the query of a presigned URL.

use countersign_request::percent::{Component, encode};
use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{Claim, SecretAccessKey, SigningKey, VerifyError};

use crate::authorization::check;

/// Holds presigned queries to their laws: those of every claim, and that another spelling of the
/// same query (all escaped, in reverse order) makes the same claim and the same string to sign.
///
/// # Panics
/// If a law is broken.
pub fn presigned_query(data: &[u8]) {
    let Ok(raw) = std::str::from_utf8(data) else {
        return;
    };
    let Ok(query) = Query::of(raw) else { return };
    let head = head(raw);
    let Ok(Some(claim)) = Claim::find(&head, &query) else {
        return;
    };
    check(&head, &query, &claim);

    let mut names: Vec<&str> = query.pairs().map(|(name, _)| name).collect();
    names.sort_unstable();
    names.dedup();
    if names.len() != query.len() {
        // The order among values of one name is not part of the spelling.
        return;
    }
    let respelled = respell(&query);
    let other_head = self::head(&respelled);
    let Ok(other_query) = Query::of(&respelled) else {
        unreachable!("what was encoded can be decoded");
    };
    let Ok(Some(other)) = Claim::find(&other_head, &other_query) else {
        unreachable!("the claim does not depend on the spelling");
    };
    assert_eq!(other.access_key_id, claim.access_key_id);
    assert_eq!(other.placement, claim.placement);
    assert_eq!(other.signature, claim.signature);
    assert_eq!(
        string_to_sign(&other_head, &other_query, &other),
        string_to_sign(&head, &query, &claim)
    );
}

fn head(query: &str) -> RequestHead<'_> {
    RequestHead {
        method: "GET",
        path: "/examplebucket/dir/file.txt",
        query,
        headers: &[Header {
            name: "host",
            value: b"127.0.0.1:9000",
        }],
    }
}

fn respell(query: &Query) -> String {
    let mut items: Vec<String> = query
        .pairs()
        .map(|(name, value)| {
            let text = |part: &str| match part.is_ascii() {
                true => part.bytes().map(|b| format!("%{b:02x}")).collect(),
                false => encode(part, Component::Query),
            };
            format!("{}={}", text(name), text(value))
        })
        .collect();
    items.reverse();
    items.join("&")
}

/// What we would have signed, as the refusal tells it.
fn string_to_sign(head: &RequestHead<'_>, query: &Query, claim: &Claim<'_>) -> Option<String> {
    let secret = SecretAccessKey::new("a secret that no input of this target was signed with");
    let key = SigningKey::derive(&secret, claim.scope.day, "us-east-1", "s3");
    let verdict = verify(
        head,
        query,
        claim,
        VerificationKey::Hmac(&key),
        &Rules::s3("us-east-1"),
        &mut Workspace::default(),
    );
    match verdict {
        Err(VerifyError::SignatureMismatch { ours }) => Some(ours.string_to_sign.clone()),
        _ => None,
    }
}
