use countersign_request::Header;

use super::*;

fn find(query: &str, cookies: &[&str]) -> Result<(Carrier, PolicyKind, String), CloudFrontError> {
    let headers: Vec<Header<'_>> = cookies
        .iter()
        .map(|value| Header {
            name: "cookie",
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "GET",
        path: "/",
        query,
        headers: &headers,
    };
    let query = Query::of(query).unwrap();
    let claim = Claim::find(&head, &query)?;
    Ok((
        claim.carrier(),
        claim.policy_kind(),
        claim.key_pair_id().to_owned(),
    ))
}

const CANNED: &str = "Expires=1&Signature=S&Key-Pair-Id=U";
const CUSTOM: &str = "Policy=P&Signature=S&Key-Pair-Id=U";
const CANNED_COOKIES: &str =
    "CloudFront-Expires=1; CloudFront-Signature=S; CloudFront-Key-Pair-Id=C";
const CUSTOM_COOKIES: &str =
    "CloudFront-Policy=P; CloudFront-Signature=S; CloudFront-Key-Pair-Id=C";

#[test]
fn k3_a_url_comes_before_cookies_and_nothing_is_put_together_from_both() {
    let url = |kind| Ok((Carrier::Url, kind, "U".to_owned()));
    let cookies = |kind| Ok((Carrier::Cookies, kind, "C".to_owned()));
    for cookie in [
        CANNED_COOKIES,
        CUSTOM_COOKIES,
        "CloudFront-Policy=P; CloudFront-Expires=1",
        "a=b",
    ] {
        assert_eq!(find(CANNED, &[cookie]), url(PolicyKind::Canned));
        assert_eq!(find(CUSTOM, &[cookie]), url(PolicyKind::Custom));
        for parameter in Parameter::ALL {
            let alone = format!("{parameter}=x");
            let refused = find(&alone, &[cookie]).unwrap_err();
            assert!(
                matches!(refused, CloudFrontError::Missing { .. }),
                "{alone}: {refused}"
            );
        }
    }
    assert_eq!(find("a=b", &[CANNED_COOKIES]), cookies(PolicyKind::Canned));
    assert_eq!(
        find("expires=1&policy=x", &[CUSTOM_COOKIES]),
        cookies(PolicyKind::Custom)
    );
}

#[test]
fn k3_a_canned_and_a_custom_policy_together_are_refused() {
    let both = Err(CloudFrontError::SeveralPolicies);
    assert_eq!(find(&format!("{CANNED}&Policy=P"), &[]), both);
    assert_eq!(
        find("", &[&format!("{CANNED_COOKIES}; CloudFront-Policy=P")]),
        both
    );
    // Not even when one of them is empty.
    assert_eq!(find(&format!("{CUSTOM}&Expires="), &[]), both);
}

#[test]
fn each_part_has_one_value() {
    for (parameter, query) in [
        (Parameter::Expires, "Expires=1&Expires=1"),
        (Parameter::Signature, "Signature=1&x=1&Signature=2"),
        (Parameter::KeyPairId, "Key-Pair-Id=1&Key%2DPair-Id=2"),
    ] {
        assert_eq!(
            find(query, &[]),
            Err(CloudFrontError::Repeated { parameter })
        );
    }
    let parameter = Parameter::Policy;
    assert_eq!(
        find("", &[CUSTOM_COOKIES, "CloudFront-Policy=Q"]),
        Err(CloudFrontError::Repeated { parameter })
    );
}

#[test]
fn what_is_missing_is_named_by_the_code_that_aws_has_for_it() {
    for (query, code) in [
        ("", "MissingKey"),
        ("x=1", "MissingKey"),
        ("Expires=1&Signature=S", "MissingKey"),
        ("Expires=1&Key-Pair-Id=K", "MalformedSignature"),
        ("Signature=S&Key-Pair-Id=K", "MalformedPolicy"),
        (
            "Policy=P&Expires=1&Signature=S&Key-Pair-Id=K",
            "MalformedPolicy",
        ),
        (
            "Expires=1&Signature=S&Key-Pair-Id=K&Hash-Algorithm=MD5",
            "AccessDenied",
        ),
        (
            "Expires=1&Signature=S&Key-Pair-Id=K&Hash-Algorithm=sha256",
            "AccessDenied",
        ),
    ] {
        assert_eq!(
            find(query, &[]).unwrap_err().code().as_str(),
            code,
            "{query}"
        );
    }
}

#[test]
fn cookies_are_found_among_others_and_over_several_headers() {
    let found = Ok((Carrier::Cookies, PolicyKind::Custom, "C".to_owned()));
    assert_eq!(
        find(
            "",
            &[
                "a=1;CloudFront-Policy=P ;b",
                "CloudFront-Key-Pair-Id=C",
                " CloudFront-Signature=S;"
            ]
        ),
        found
    );
    // The names are case-sensitive, and a longer name is another cookie.
    assert_eq!(
        find(
            "",
            &["cloudfront-policy=P; XCloudFront-Policy=P; CloudFront-PolicyX=P"]
        ),
        Err(CloudFrontError::NotSigned)
    );
}

#[test]
fn cookies_that_are_not_text_are_refused_or_not_looked_at() {
    let signed = CUSTOM_COOKIES.as_bytes();
    let claim = Claim::in_cookies([&b"a=\xff"[..], signed])
        .unwrap()
        .unwrap();
    assert_eq!(claim.key_pair_id(), "C");
    let parameter = Parameter::Policy;
    assert_eq!(
        Claim::in_cookies([&b"CloudFront-Policy=\xff"[..], signed]),
        Err(CloudFrontError::Repeated { parameter })
    );
}
