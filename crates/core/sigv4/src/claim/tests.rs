use countersign_request::{Header, Query, RequestHead};

use super::{Claim, Placement};
use crate::{Algorithm, AnyClaim, ClaimError};

const GOOD: &str = "X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKID%2F20260102%2Fr%2Fs3%2F\
aws4_request&X-Amz-Date=20260102T030405Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host&X-Amz-Signature=ab";

fn find(
    query: &str,
    headers: &[(&str, &str)],
) -> Result<Option<(Algorithm, Placement)>, ClaimError> {
    let headers: Vec<Header<'_>> = headers
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "GET",
        path: "/",
        query,
        headers: &headers,
    };
    let parsed = Query::of(query).unwrap();
    Claim::find(&head, &parsed).map(|claim| claim.map(|c| (c.algorithm, c.placement)))
}

fn authorization(text: &str) -> Result<Option<(Algorithm, Placement)>, ClaimError> {
    find(
        "",
        &[("x-amz-date", "20260102T030405Z"), ("authorization", text)],
    )
}

#[test]
fn a_presigned_url_is_read_in_any_order() {
    let expected = Some((Algorithm::HmacSha256, Placement::Query { expires_s: 60 }));
    assert_eq!(find(GOOD, &[]), Ok(expected));
    let mut items: Vec<&str> = GOOD.split('&').collect();
    items.reverse();
    assert_eq!(find(&items.join("&"), &[]), Ok(expected));
    assert_eq!(find("", &[]), Ok(None));
}

#[test]
fn every_required_parameter_is_missed_by_name() {
    for item in GOOD.split('&') {
        let (name, _) = item.split_once('=').unwrap();
        let without: Vec<&str> = GOOD.split('&').filter(|i| *i != item).collect();
        let empty = GOOD.replace(item, &format!("{name}="));
        for query in [without.join("&"), empty] {
            let error = find(&query, &[]).unwrap_err();
            assert!(
                matches!(error, ClaimError::MissingParameter { name: n } if n == name),
                "{query}"
            );
        }
    }
}

#[test]
fn a5_repeated_and_case_variant_parameters_are_refused() {
    for (extra, expected) in [
        (
            "X-Amz-Expires=60",
            ClaimError::Repeated {
                name: "X-Amz-Expires",
            },
        ),
        (
            "%58-Amz-Expires=60",
            ClaimError::Repeated {
                name: "X-Amz-Expires",
            },
        ),
        (
            "x-amz-expires=60",
            ClaimError::CaseVariant {
                name: "X-Amz-Expires",
                found: "x-amz-expires".into(),
            },
        ),
        (
            "X-Amz-Signature=ab",
            ClaimError::Repeated {
                name: "X-Amz-Signature",
            },
        ),
        (
            "x-Amz-security-token=a",
            ClaimError::CaseVariant {
                name: "X-Amz-Security-Token",
                found: "x-Amz-security-token".into(),
            },
        ),
    ] {
        assert_eq!(
            find(&format!("{GOOD}&{extra}"), &[]),
            Err(expected.clone()),
            "{extra}"
        );
        assert!(find(&format!("{extra}&{GOOD}"), &[]).is_err(), "{extra}");
    }
}

#[test]
fn a10_the_scope_has_five_parts_its_own_terminator_and_the_day_of_the_date() {
    for (credential, expected) in [
        ("AKID%2F20260102%2Fr%2Fs3", ClaimError::MalformedCredential),
        (
            "AKID%2F20260102%2Fr%2Fs3%2Faws4_request%2Fx",
            ClaimError::MalformedCredential,
        ),
        ("AKID", ClaimError::MalformedCredential),
        (
            "%2F20260102%2Fr%2Fs3%2Faws4_request",
            ClaimError::EmptyAccessKeyId,
        ),
        (
            "AKID%2F20260102%2Fr%2Fs3%2Faws5_request",
            ClaimError::WrongTerminator {
                found: "aws5_request".into(),
            },
        ),
        (
            "AKID%2F2026010%2Fr%2Fs3%2Faws4_request",
            ClaimError::MalformedScopeDate {
                found: "2026010".into(),
            },
        ),
        (
            "AKID%2F20260103%2Fr%2Fs3%2Faws4_request",
            ClaimError::ScopeDateMismatch {
                scope: "20260103".into(),
                date: "20260102".into(),
            },
        ),
    ] {
        let query = GOOD.replace("AKID%2F20260102%2Fr%2Fs3%2Faws4_request", credential);
        assert_eq!(find(&query, &[]), Err(expected), "{credential}");
    }
}

#[test]
fn a13_other_algorithms_and_signature_version_2_are_refused_by_name() {
    for name in [
        "AWS4-HMAC-SHA1",
        "aws4-hmac-sha256",
        "none",
        "AWS4-HMAC-SHA256-PAYLOAD",
    ] {
        let query = GOOD.replace("AWS4-HMAC-SHA256", name);
        assert_eq!(
            find(&query, &[]),
            Err(ClaimError::UnknownAlgorithm { found: name.into() })
        );
    }
    let v2 = "AWSAccessKeyId=AKID&Signature=x&Expires=1";
    assert_eq!(find(v2, &[]), Err(ClaimError::SignatureVersion2));
    assert_eq!(
        find("AWSAccessKeyId=AKID&Expires=1", &[]),
        Err(ClaimError::SignatureVersion2Incomplete)
    );
    assert_eq!(
        authorization("AWS AKID:sig"),
        Err(ClaimError::SignatureVersion2)
    );
    assert_eq!(
        authorization("Bearer abc"),
        Err(ClaimError::UnknownScheme {
            found: "Bearer".into()
        })
    );
}

#[test]
fn a14_two_mechanisms_are_one_too_many() {
    let header = [("authorization", "AWS4-HMAC-SHA256 Credential=x")];
    assert_eq!(find(GOOD, &header), Err(ClaimError::SeveralMechanisms));
    assert_eq!(
        find("X-Amz-Date=1", &header),
        Err(ClaimError::SeveralMechanisms)
    );
    assert_eq!(
        find("AWSAccessKeyId=1", &header),
        Err(ClaimError::SeveralMechanisms)
    );
    assert_eq!(
        find(&format!("{GOOD}&Signature=1"), &[]),
        Err(ClaimError::SeveralMechanisms)
    );
}

#[test]
fn authorization_components_are_read_with_or_without_spaces() {
    let credential = "Credential=AKID/20260102/r/s3/aws4_request";
    for text in [
        format!("AWS4-HMAC-SHA256 {credential}, SignedHeaders=host, Signature=ab"),
        format!("AWS4-HMAC-SHA256 {credential},SignedHeaders=host,Signature=ab"),
        format!("AWS4-HMAC-SHA256 Signature=ab, {credential}, SignedHeaders=host"),
    ] {
        let expected = Some((Algorithm::HmacSha256, Placement::Header));
        assert_eq!(authorization(&text), Ok(expected), "{text}");
    }
}

#[test]
fn authorization_faults_are_told_apart() {
    let malformed = |c: &str| ClaimError::MalformedComponent {
        component: c.into(),
    };
    for (text, expected) in [
        ("AWS4-HMAC-SHA256", ClaimError::MalformedAuthorization),
        ("AWS4-HMAC-SHA256 ", malformed("")),
        (
            "AWS4-HMAC-SHA256 Credential=",
            ClaimError::MissingComponent { name: "Credential" },
        ),
        (
            "AWS4-HMAC-SHA256 Credential=x",
            ClaimError::MissingComponent {
                name: "SignedHeaders",
            },
        ),
        (
            "AWS4-HMAC-SHA256 Credential=x, Credential=y",
            ClaimError::Repeated { name: "Credential" },
        ),
        ("AWS4-HMAC-SHA256 Credential=x, junk", malformed("junk")),
        ("AWS4-HMAC-SHA256 Other=x", malformed("Other")),
    ] {
        assert_eq!(authorization(text), Err(expected), "{text}");
    }
    let undated = find("", &[("authorization", "AWS4-HMAC-SHA256 Credential=x")]);
    assert_eq!(undated, Err(ClaimError::MissingDate));
}

#[test]
fn f1_a_malformed_component_keeps_nothing_but_its_name() {
    let digits = "d00d".repeat(16);
    for component in [
        format!("signature={digits}"),
        format!("Signature {digits}"),
        digits,
    ] {
        let error = authorization(&format!("AWS4-HMAC-SHA256 Credential=x, {component}"));
        let shown = format!("{error:?}");
        assert!(
            shown.contains("MalformedComponent") && !shown.contains("d00d"),
            "{shown}"
        );
    }
}

#[test]
fn an_http_date_stands_in_for_a_missing_amz_date() {
    let signed = "AWS4-HMAC-SHA256 Credential=AKID/20130524/r/s3/aws4_request, \
                  SignedHeaders=date;host, Signature=ab";
    for zone in ["GMT", "-0000", "+0000"] {
        let date = format!("Fri, 24 May 2013 00:00:00 {zone}");
        let found = find("", &[("date", &date), ("authorization", signed)]);
        assert!(found.unwrap().is_some(), "{zone}");
    }
    for zone in ["+0100", "UTC", ""] {
        let date = format!("Fri, 24 May 2013 00:00:00 {zone}");
        let found = find("", &[("date", &date), ("authorization", signed)]);
        assert_eq!(found, Err(ClaimError::MissingDate), "{zone}");
    }
}

#[test]
fn a_form_without_signature_fields_is_anonymous() {
    let claim = |fields: &[(&'static str, &'static str)]| {
        AnyClaim::from_post_form(fields.iter().copied()).map(|c| c.map(|c| c.access_key_id()))
    };
    assert_eq!(claim(&[("key", "a"), ("policy", "b")]), Ok(None));
    assert_eq!(
        claim(&[("X-AMZ-date", "20260102T030405Z")]),
        Err(ClaimError::MissingParameter {
            name: "X-Amz-Algorithm"
        })
    );
    let complete = [
        ("x-amz-algorithm", "AWS4-HMAC-SHA256"),
        ("x-amz-credential", "AKID/20260102/r/s3/aws4_request"),
        ("x-amz-date", "20260102T030405Z"),
        ("x-amz-signature", "ab"),
    ];
    assert_eq!(claim(&complete), Ok(Some("AKID")));
}

#[test]
fn a13_a_form_of_signature_version_2_is_a_claim_of_its_own_kind() {
    for (fields, id, signature, missing) in [
        (
            &[("AWSAccessKeyId", "a"), ("signature", "b")][..],
            "a",
            "b",
            None,
        ),
        (
            &[("AWSACCESSKEYID", "a"), ("SIGNATURE", "b")],
            "a",
            "b",
            None,
        ),
        (&[("awsaccesskeyid", "a")], "a", "", Some("signature")),
        (&[("Signature", "b")], "", "b", Some("AWSAccessKeyId")),
        (
            &[("signature", ""), ("AWSAccessKeyId", "")],
            "",
            "",
            Some("AWSAccessKeyId"),
        ),
    ] {
        let claim = AnyClaim::from_post_form(fields.iter().copied());
        let Ok(Some(any @ AnyClaim::V2Form(claim))) = claim else {
            panic!("{fields:?}: {claim:?}");
        };
        assert_eq!((claim.access_key_id, claim.signature), (id, signature));
        assert_eq!(claim.missing_field(), missing);
        assert_eq!((any.access_key_id(), any.date()), (id, None));
        assert_eq!(any.placement(), Placement::PostForm);
        assert!(any.v4().is_none() && !any.is_presigned());
    }
    for name in ["AWSAccessKeyId", "signature"] {
        let twice = [(name, "a"), (name, "a")];
        let claim = AnyClaim::from_post_form(twice.into_iter());
        assert_eq!(claim.err(), Some(ClaimError::Repeated { name }));
    }
}

#[test]
fn the_token_of_a_form_belongs_to_whichever_version_it_is() {
    let token = ("x-amz-security-token", "t");
    let v2 = [("AWSAccessKeyId", "a"), ("signature", "b"), token];
    let claim = AnyClaim::from_post_form(v2.into_iter()).unwrap().unwrap();
    assert!(claim.v4().is_none());
    assert_eq!(claim.session_token(), Some("t"));
    let alone = AnyClaim::from_post_form([token].into_iter());
    let name = "X-Amz-Algorithm";
    assert_eq!(alone.err(), Some(ClaimError::MissingParameter { name }));
}

#[test]
fn a14_a_form_has_one_mechanism() {
    for other in ["AWSAccessKeyId", "signature"] {
        let fields = [("x-amz-signature", "ab"), (other, "x")];
        let claim = AnyClaim::from_post_form(fields.into_iter());
        assert_eq!(claim.err(), Some(ClaimError::SeveralMechanisms));
    }
}
