use countersign_s3::ErrorCode;
use countersign_sigv4::{ClaimError, VerifyError};

use super::{ClaimPlace, refuse_claim, refuse_signature};

#[test]
fn the_same_mistake_has_its_own_code_in_query_and_header() {
    let error = ClaimError::ScopeDateMismatch {
        scope: "20260101".into(),
        date: "20260102".into(),
    };
    let query = refuse_claim(&error, ClaimPlace::Query, None);
    assert_eq!(
        query.fault().code(),
        ErrorCode::AuthorizationQueryParametersError
    );
    let sentence = "Invalid credential date \"20260101\". This date is not the same as \
                    X-Amz-Date: \"20260102\".";
    assert_eq!(query.fault().message(), sentence);
    let header = refuse_claim(&error, ClaimPlace::Header, Some("AWS4-HMAC-SHA256 x"));
    assert_eq!(
        header.fault().code(),
        ErrorCode::AuthorizationHeaderMalformed
    );
    let prefixed = format!("The authorization header is malformed; {sentence}");
    assert_eq!(header.fault().message(), prefixed);
}

#[test]
fn a_wrong_region_names_the_right_one() {
    let error = VerifyError::WrongRegion {
        found: "eu-west-1".into(),
        expected: "us-east-1".into(),
    };
    let refusal = refuse_signature(&error, ClaimPlace::Query, "AKID");
    assert_eq!(
        refusal.fault().message(),
        "Error parsing the X-Amz-Credential parameter; the region 'eu-west-1' is wrong; expecting \
         'us-east-1'"
    );
    assert_eq!(
        refusal.fault().fields(),
        [("Region", "us-east-1".to_owned())]
    );
}

#[test]
fn a13_a_signature_version_2_refusal_says_what_to_use_instead() {
    for place in [ClaimPlace::Query, ClaimPlace::Header] {
        let refusal = refuse_claim(&ClaimError::SignatureVersion2, place, None);
        assert_eq!(refusal.fault().code(), ErrorCode::InvalidRequest);
        assert!(
            refusal
                .fault()
                .message()
                .ends_with("Please use AWS4-HMAC-SHA256.")
        );
    }
}

#[test]
fn f1_no_part_of_a_refused_authorization_header_but_its_scheme_is_echoed() {
    let secret = "Signature=deadbeef";
    for error in [
        ClaimError::SeveralMechanisms,
        ClaimError::MalformedAuthorization,
        ClaimError::UnknownScheme {
            found: "Bearer".into(),
        },
    ] {
        let header = format!("Bearer {secret}");
        let refusal = refuse_claim(&error, ClaimPlace::Header, Some(&header));
        assert!(
            !format!("{:?}", refusal.fault()).contains("deadbeef"),
            "{error:?}"
        );
    }
}
