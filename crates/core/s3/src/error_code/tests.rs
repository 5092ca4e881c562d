use std::collections::BTreeSet;

use super::ErrorCode;

#[test]
fn codes_are_distinct_and_answer_with_an_error_or_redirect() {
    let names: BTreeSet<_> = ErrorCode::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(names.len(), ErrorCode::ALL.len());
    for code in ErrorCode::ALL {
        assert!((300..600).contains(&code.status()), "{code}");
        assert!(!code.message().is_empty(), "{code}");
    }
}

#[test]
fn recorded_sentences_are_kept_to_the_full_stop() {
    assert_eq!(ErrorCode::AccessDenied.message(), "Access Denied");
    assert_eq!(
        ErrorCode::NoSuchKey.message(),
        "The specified key does not exist."
    );
    assert_eq!(
        ErrorCode::NoSuchBucket.message(),
        "The specified bucket does not exist"
    );
    assert_eq!(ErrorCode::InvalidChunkSizeError.status(), 403);
    assert_eq!(ErrorCode::MissingContentLength.status(), 411);
}
