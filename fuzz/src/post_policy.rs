//! Laws of POST policy documents.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use countersign_sigv4::post_policy::{PolicyViolation, PostPolicy};

/// A field that no condition of any input names.
const UNCOVERED: &str = "a-field-that-no-condition-names";

/// Holds policies to their laws: the base64 form reads as its JSON does, an expired policy allows
/// nothing, and neither does one with a field that it does not name.
///
/// # Panics
/// If a law is broken.
pub fn post_policy(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else {
        return;
    };
    if let Ok(policy) = PostPolicy::parse_base64(text) {
        laws(&policy);
    }
    let Ok(policy) = PostPolicy::parse_json(text) else {
        return;
    };
    if let Ok(same) = PostPolicy::parse_base64(&STANDARD.encode(text)) {
        assert_eq!(same, policy);
    }
    laws(&policy);
}

fn laws(policy: &PostPolicy) {
    let end = policy.expiration_ms();
    let fields = [("key", "uploads/a.txt"), ("Content-Type", "text/plain")];
    assert_eq!(
        policy.check(&fields, "bucket", end.saturating_add(1)),
        Err(PolicyViolation::Expired)
    );
    let verdict = policy.check(&fields, "bucket", end);
    assert_eq!(policy.check(&fields, "bucket", end), verdict);
    if let Ok(Some(sizes)) = &verdict {
        // Conditions that contradict each other leave no size at all, never a wider one.
        assert!(policy.check(&fields, "bucket", i64::MIN) == Ok(Some(*sizes)));
    }
    let mut with_more = fields.to_vec();
    with_more.push((UNCOVERED, "x"));
    assert!(policy.check(&with_more, "bucket", end).is_err());
}
