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
        ("access-control-allow-headers", "X-Amz-Date, content-type"),
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
fn an_actual_request_gets_headers_only_if_its_origin_matches() {
    let rules = configuration(&[rule()]);
    let get = |origin: &str| {
        let headers = [Header {
            name: "Origin",
            value: origin.as_bytes(),
        }];
        actual(
            &rules,
            &RequestHead {
                method: "GET",
                path: "/b/k",
                query: "",
                headers: &headers,
            },
        )
    };
    let answer = get("https://app.example.test").unwrap();
    assert!(
        answer
            .headers
            .iter()
            .any(|(name, _)| *name == "access-control-allow-origin")
    );
    assert_eq!(get("https://example.org"), None);
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
