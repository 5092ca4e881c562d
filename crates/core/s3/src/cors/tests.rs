use countersign_request::{Header, RequestHead};

use super::{
    CorsAnswer, CorsBucket, CorsConfiguration, CorsError, CorsRule, PreflightError, actual,
    preflight,
};
use crate::{ErrorCode, Fault, Level};

const ORIGIN: (&str, &str) = ("origin", "https://app.example.test");
const PUT: (&str, &str) = ("access-control-request-method", "PUT");

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn rule() -> CorsRule {
    CorsRule {
        allowed_origins: words(&["https://*.example.test"]),
        allowed_methods: words(&["PUT", "GET"]),
        allowed_headers: words(&["x-amz-*", "Content-Type"]),
        expose_headers: words(&["ETag"]),
        max_age_s: Some(3000),
        ..CorsRule::default()
    }
}

fn configuration(rules: &[CorsRule]) -> CorsConfiguration {
    CorsConfiguration::new(rules.to_vec()).unwrap()
}

fn ask(bucket: CorsBucket<'_>, pairs: &[(&str, &str)]) -> Result<CorsAnswer, PreflightError> {
    let headers: Vec<_> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "OPTIONS",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    preflight(bucket, Level::Object, &head)
}

#[test]
fn a_match_tells_all_methods_and_only_the_headers_asked_for() {
    let rules = configuration(&[rule()]);
    let asked = ("access-control-request-headers", "X-Amz-Date, content-type");
    let answer = ask(CorsBucket::WithRules(&rules), &[ORIGIN, PUT, asked]).unwrap();
    let expected = [
        ("access-control-allow-origin", "https://app.example.test"),
        ("access-control-allow-methods", "PUT, GET"),
        ("access-control-allow-headers", "x-amz-date, content-type"),
        ("access-control-expose-headers", "ETag"),
        ("access-control-max-age", "3000"),
        ("access-control-allow-credentials", "true"),
        (
            "vary",
            "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
        ),
    ];
    assert_eq!(
        answer.headers,
        expected.map(|(name, value)| (name, value.to_owned()))
    );
}

#[test]
fn any_origin_gets_no_credentials() {
    let open = CorsRule {
        allowed_origins: words(&["*"]),
        ..rule()
    };
    let rules = configuration(&[open]);
    let answer = ask(CorsBucket::WithRules(&rules), &[ORIGIN, PUT]).unwrap();
    assert_eq!(
        answer.headers.first(),
        Some(&("access-control-allow-origin", "*".to_owned()))
    );
    assert!(
        answer
            .headers
            .iter()
            .all(|(name, _)| *name != "access-control-allow-credentials")
    );
}

#[test]
fn each_refusal_is_that_of_aws() {
    let rules = configuration(&[rule()]);
    let fault = |bucket, pairs: &[_]| Fault::from(ask(bucket, pairs).unwrap_err());
    let missing = fault(CorsBucket::WithRules(&rules), &[PUT]);
    assert_eq!(missing.code(), ErrorCode::BadRequest);
    assert_eq!(
        missing.message(),
        "Insufficient information. Origin request header needed."
    );

    let no_bucket = fault(CorsBucket::Missing, &[ORIGIN, PUT]);
    assert_eq!(no_bucket.message(), "CORSResponse: Bucket not found");

    let off = fault(CorsBucket::WithoutRules, &[ORIGIN]);
    let fields = [
        ("Method", "OPTIONS".to_owned()),
        ("ResourceType", "BUCKET".to_owned()),
    ];
    assert_eq!(
        (off.code(), off.fields()),
        (ErrorCode::AccessForbidden, &fields[..])
    );
    let nowhere = fault(CorsBucket::Missing, &[ORIGIN]);
    assert_eq!(nowhere.fields(), &fields[..]);

    for (asked, told) in [(None, "null"), (Some("PATCH"), "PATCH"), (Some("a b"), "")] {
        let asked = asked.map(|method| ("access-control-request-method", method));
        let pairs: Vec<_> = [ORIGIN].into_iter().chain(asked).collect();
        let unknown = fault(CorsBucket::WithRules(&rules), &pairs);
        assert_eq!(unknown.code(), ErrorCode::BadRequest);
        let expected = format!("Invalid Access-Control-Request-Method: {told}");
        assert_eq!(unknown.message(), expected);
    }

    let other = ("origin", "https://example.org");
    let mismatch = fault(CorsBucket::WithRules(&rules), &[other, PUT]);
    let fields = [
        ("Method", "PUT".to_owned()),
        ("ResourceType", "OBJECT".to_owned()),
    ];
    assert_eq!(
        (mismatch.code(), mismatch.fields()),
        (ErrorCode::AccessForbidden, &fields[..])
    );
    assert!(mismatch.message().contains("evalution of Origin"));
}

#[test]
fn origin_method_and_every_header_must_match() {
    let rules = configuration(&[rule()]);
    let headers = |value| ("access-control-request-headers", value);
    let refused: [&[(&str, &str)]; 6] = [
        &[("origin", "http://app.example.test"), PUT],
        &[("origin", "https://app.example.test.evil.org"), PUT],
        &[("origin", "https://.example.tes"), PUT],
        &[ORIGIN, ("access-control-request-method", "DELETE")],
        &[ORIGIN, PUT, headers("content-type, authorization")],
        &[ORIGIN],
    ];
    for pairs in refused {
        assert!(
            ask(CorsBucket::WithRules(&rules), pairs).is_err(),
            "{pairs:?}"
        );
    }
}

#[test]
fn the_first_matching_rule_counts() {
    let narrow = CorsRule {
        max_age_s: Some(1),
        allowed_methods: words(&["GET"]),
        ..rule()
    };
    let rules = configuration(&[narrow, rule()]);
    let answer = ask(CorsBucket::WithRules(&rules), &[ORIGIN, PUT]).unwrap();
    assert!(
        answer
            .headers
            .contains(&("access-control-max-age", "3000".to_owned()))
    );
}

#[test]
fn names_of_headers_have_no_case_and_one_wildcard_stands_for_anything() {
    let allows = |pattern: &str, header: &str| {
        let allowed_headers = words(&[pattern]);
        let rules = configuration(&[CorsRule {
            allowed_headers,
            ..rule()
        }]);
        let asked = ("access-control-request-headers", header);
        ask(CorsBucket::WithRules(&rules), &[ORIGIN, PUT, asked]).is_ok()
    };
    for (pattern, header) in [
        ("X-AMZ-*", "x-amz-meta-a"),
        ("x-*-A", "X-AMZ-META-a"),
        ("*", "é"),
        ("x-*", "x-"),
        ("content-type", "Content-Type"),
        ("a*a", "aa"),
        ("a", " , a,"),
    ] {
        assert!(allows(pattern, header), "{pattern} {header}");
    }
    for (pattern, header) in [
        ("x-amz-*", "x-am"),
        ("a*a", "a"),
        ("*-a", "x-b"),
        ("content-type", "content-types"),
        ("x-amz-*", "x-amz-date, y"),
    ] {
        assert!(!allows(pattern, header), "{pattern} {header}");
    }
}

#[test]
fn l2_a_page_cannot_ask_for_any_number_of_headers() {
    let open = CorsRule {
        allowed_headers: words(&["*"]),
        ..rule()
    };
    let rules = configuration(&[open]);
    let asked = |count| {
        let names = vec!["a"; count].join(",");
        let asked = ("access-control-request-headers", names.as_str());
        ask(CorsBucket::WithRules(&rules), &[ORIGIN, PUT, asked]).is_ok()
    };
    assert!(asked(128));
    assert!(!asked(129));
}

/// The headers of a `GET` with these headers, by one rule that allows `PUT` and `GET`.
fn actually(pairs: &[(&str, &str)]) -> Option<CorsAnswer> {
    let headers: Vec<_> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    let head = RequestHead {
        method: "GET",
        path: "/b/k",
        query: "",
        headers: &headers,
    };
    actual(&configuration(&[rule()]), &head)
}

#[test]
fn an_actual_request_gets_headers_only_if_its_origin_matches() {
    let answer = actually(&[ORIGIN]).unwrap();
    assert!(
        answer
            .headers
            .iter()
            .any(|(name, _)| *name == "access-control-allow-origin")
    );
    assert_eq!(actually(&[("origin", "https://example.org")]), None);
    assert_eq!(actually(&[]), None);
}

#[test]
fn an_actual_request_that_asks_like_a_preflight_is_judged_like_one() {
    let method = |value| ("access-control-request-method", value);
    let headers = |value| ("access-control-request-headers", value);
    assert!(actually(&[ORIGIN, PUT]).is_some());
    assert_eq!(actually(&[ORIGIN, method("DELETE")]), None);
    assert!(actually(&[ORIGIN, headers("x-amz-date")]).is_some());
    assert_eq!(actually(&[ORIGIN, headers("authorization")]), None);
}

#[test]
fn rules_that_aws_refuses_are_refused() {
    let refuse = |rule: CorsRule| CorsConfiguration::new(vec![rule]).unwrap_err();
    let two = CorsRule {
        allowed_origins: words(&["http://*.*"]),
        ..rule()
    };
    assert_eq!(
        Fault::from(refuse(two)).message(),
        "AllowedOrigin \"http://*.*\" can not have more than one wildcard."
    );
    let patch = CorsRule {
        allowed_methods: words(&["PATCH"]),
        ..rule()
    };
    assert_eq!(
        refuse(patch),
        CorsError::Method {
            method: "PATCH".to_owned()
        }
    );
    let wild = CorsRule {
        expose_headers: words(&["ETag", "x-amz-*"]),
        ..rule()
    };
    assert_eq!(
        Fault::from(refuse(wild)).message(),
        "ExposeHeader \"x-amz-*\" contains wildcard. We currently do not support wildcard for \
         ExposeHeader."
    );
    assert_eq!(refuse(CorsRule::default()), CorsError::Incomplete);
    assert_eq!(
        CorsConfiguration::new(Vec::new()),
        Err(CorsError::Incomplete)
    );
    let many = vec![rule(); 101];
    assert_eq!(
        CorsConfiguration::new(many),
        Err(CorsError::TooMany { count: 101 })
    );
}

#[test]
fn a17_a_rule_cannot_carry_a_line_end_into_a_header() {
    let split = CorsRule {
        expose_headers: words(&["a\r\nset-cookie: b"]),
        ..rule()
    };
    assert_eq!(
        CorsConfiguration::new(vec![split]),
        Err(CorsError::Unprintable)
    );
}
