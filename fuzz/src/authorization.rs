//! Laws of claims, wherever in a request they stand.

use countersign_request::{Query, RequestHead};
use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{Claim, LONGEST_EXPIRES_S, Placement, SecretAccessKey, SigningKey};

use crate::wire::with_head;

/// Holds claims of whole requests to their laws: what is claimed is bounded and agrees with itself,
/// and nobody who does not hold the secret gets a signature accepted.
///
/// # Panics
/// If a law is broken.
pub fn authorization(data: &[u8]) {
    with_head(data, |head| {
        let Ok(query) = Query::of(head.query) else {
            return;
        };
        if let Ok(Some(claim)) = Claim::find(head, &query) {
            check(head, &query, &claim);
        } else {
            assert!(
                !head.has_header("authorization") || !matches!(Claim::find(head, &query), Ok(None))
            );
        }
    });
}

/// The laws of one claim.
pub(crate) fn check(head: &RequestHead<'_>, query: &Query, claim: &Claim<'_>) {
    assert!(!claim.access_key_id.is_empty());
    assert_eq!(claim.date.format().day(), claim.scope.day);
    if let Placement::Query { expires_s } = claim.placement {
        assert!(expires_s <= LONGEST_EXPIRES_S);
    }
    let names: Vec<&str> = claim
        .signed_headers
        .iter()
        .flat_map(|signed| signed.names())
        .collect();
    for name in &names {
        assert_eq!(*name, name.to_ascii_lowercase());
        assert_eq!(names.iter().filter(|other| *other == name).count(), 1);
    }

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
    assert!(verdict.is_err(), "accepted without the secret");
}
