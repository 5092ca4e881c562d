use countersign_sigv4::AmzDate;
use serde_json::Value;

use super::inspection::{Inspection, Mechanism, Status};
use crate::command::url::Url;
use crate::render::Report as _;

const SIGNATURE: &str = "aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404";

fn inspected(url: &str) -> Inspection {
    let now = AmzDate::parse("20130524T000100Z").unwrap();
    Inspection::of(&Url::parse(url).unwrap(), now)
}

fn text(inspection: &Inspection) -> String {
    let mut out = Vec::new();
    inspection.write_text(&mut out).unwrap();
    String::from_utf8(anstream::adapter::strip_bytes(&out).into_vec()).unwrap()
}

fn signed(place: &str, more: &str) -> String {
    format!(
        "{place}?X-Amz-Algorithm=AWS4-HMAC-SHA256\
         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host{more}\
         &X-Amz-Signature={SIGNATURE}"
    )
}

#[test]
fn an_aws_url_is_told_in_full() {
    let url = signed(
        "https://examplebucket.s3.amazonaws.com/a%20b.txt",
        "&versionId=3",
    );
    insta::assert_snapshot!(text(&inspected(&url)), @r#"
    presigned URL, Signature Version 4: good for another 14 min

    grants       one of these; the verb was signed but does not show
                 GET    GetObject
                 HEAD   HeadObject
                 DELETE DeleteObject
    server       https://examplebucket.s3.amazonaws.com
    bucket       examplebucket (in the host)
    key          a b.txt
    signed by    AKIAIOSFODNN7EXAMPLE (long-term key)
    for          s3 in us-east-1
    from         2013-05-24 00:00:00 UTC
    until        2013-05-24 00:15:00 UTC (a life of 15 min)
    parameters   versionId = 3
    url          https://examplebucket.s3.amazonaws.com/a%20b.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host&versionId=3&X-Amz-Signature=REDACTED

    risk: may have been signed for DELETE: the verb does not show
    "#);
}

#[test]
fn an_upload_of_another_server_is_told_in_full() {
    let url = "http://files.example.com:9000/photos/cat.png?X-Amz-Algorithm=AWS4-HMAC-SHA256\
        &X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20130524%2Feu-west-1%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=604800\
        &X-Amz-Security-Token=t0k3n&X-Amz-SignedHeaders=content-type%3Bhost&x-id=PutObject\
        &x-amz-acl=public-read&X-Amz-Signature=abc";
    insta::assert_snapshot!(text(&inspected(url)), @r#"
    presigned URL, Signature Version 4: good for another 6 days 23 hours

    grants       PutObject by PUT
    server       http://files.example.com:9000
    bucket       photos
    key          cat.png
    signed by    ASIAIOSFODNN7EXAMPLE (temporary)
    for          s3 in eu-west-1
    from         2013-05-24 00:00:00 UTC
    until        2013-05-31 00:00:00 UTC (a life of 7 days)
    must send    content-type (with the values signed)
    parameters   x-id = PutObject
                 x-amz-acl = public-read
    url          http://files.example.com:9000/photos/cat.png?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=ASIAIOSFODNN7EXAMPLE%2F20130524%2Feu-west-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=604800&X-Amz-Security-Token=REDACTED&X-Amz-SignedHeaders=content-type%3Bhost&x-id=PutObject&x-amz-acl=public-read&X-Amz-Signature=REDACTED

    risk: lives 7 days; a leaked link is a grant to whoever finds it, and 1 hour would be safe
    risk: ends with its session, perhaps long before the time stated
    risk: asks for the ACL `public-read`
    risk: goes over plain HTTP: everybody on the way can read and use it
    "#);
}

#[test]
fn f1_f9_no_output_holds_what_makes_a_url_work() {
    let token = "FwoGZXIvYXdzEXAMPLETOKEN";
    let spellings = [
        signed(
            "https://b.s3.amazonaws.com/k",
            &format!("&X-Amz-Security-Token={token}"),
        ),
        signed(
            "https://b.s3.amazonaws.com/k",
            &format!("&x-amz-SECURITY-token={token}"),
        ),
        format!("https://b.s3.amazonaws.com/k?X-Amz-Sign%61ture={SIGNATURE}&X-Amz-Date=%"),
        format!("https://b.s3.amazonaws.com/k?X%2DAmz%2DSignature={SIGNATURE}"),
        format!("https://b.s3.amazonaws.com/k?AWSAccessKeyId=A&Expires=1&Signature={SIGNATURE}"),
        format!("https://d.cloudfront.net/k?Expires=1&Key-Pair-Id=K&Signature={SIGNATURE}"),
        format!("https://storage.googleapis.com/b/k?X-Goog-Signature={SIGNATURE}"),
    ];
    for url in spellings {
        let inspection = inspected(&url);
        let shown = text(&inspection) + &serde_json::to_string(&inspection).unwrap();
        assert!(
            !shown.contains(SIGNATURE) && !shown.contains(token),
            "{shown}"
        );
    }
}

#[test]
fn a_url_is_valid_up_to_and_including_its_last_second() {
    let url = signed("https://b.s3.amazonaws.com/k", "");
    let url = Url::parse(&url).unwrap();
    for (now, status, works) in [
        ("20130523T235959Z", Status::NotYetValid, true),
        ("20130524T000000Z", Status::Valid, true),
        ("20130524T001500Z", Status::Valid, true),
        ("20130524T001501Z", Status::Expired, false),
    ] {
        let inspection = Inspection::of(&url, AmzDate::parse(now).unwrap());
        assert_eq!(
            (&inspection.status, inspection.works()),
            (&status, works),
            "{now}"
        );
    }
}

#[test]
fn other_mechanisms_are_named() {
    let sigv2 = inspected("https://b.s3.amazonaws.com/k?AWSAccessKeyId=AKIA&Expires=1&Signature=x");
    assert_eq!(sigv2.mechanism, Mechanism::SigV2);
    assert_eq!(sigv2.status, Status::Expired);
    assert_eq!(sigv2.sigv2_access_key_id.as_deref(), Some("AKIA"));

    let canned = "https://d111.cloudfront.net/a?Expires=1767225600&Signature=x&Key-Pair-Id=K2";
    let canned = inspected(canned);
    assert_eq!(canned.mechanism, Mechanism::CloudFront);
    assert_eq!(canned.expires_at.as_deref(), Some("2026-01-01T00:00:00Z"));

    let google = inspected("https://storage.googleapis.com/b/k?X-Goog-Signature=x");
    assert_eq!(google.mechanism, Mechanism::Google);
    assert_eq!(
        inspected("https://b.s3.amazonaws.com/k").mechanism,
        Mechanism::Unsigned
    );

    let v4a = "https://b.s3.amazonaws.com/k?X-Amz-Algorithm=AWS4-ECDSA-P256-SHA256\
        &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fs3%2Faws4_request\
        &X-Amz-Date=20130524T000000Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host\
        &X-Amz-Region-Set=eu-%2A&X-Amz-Signature=30";
    let v4a = inspected(v4a);
    assert_eq!(v4a.mechanism, Mechanism::SigV4a);
    assert_eq!(v4a.grant.unwrap().region.as_deref(), Some("eu-*"));
}

#[test]
fn a_custom_cloudfront_policy_is_read() {
    // {"Statement":[{"Resource":"https://d111.cloudfront.net/*","Condition":{"DateLessThan":
    // {"AWS:EpochTime":1767225600},"IpAddress":{"AWS:SourceIp":"192.0.2.0/24"}}}]}
    let policy = "eyJTdGF0ZW1lbnQiOlt7IlJlc291cmNlIjoiaHR0cHM6Ly9kMTExLmNsb3VkZnJvbnQubmV0LyoiLCJD\
        b25kaXRpb24iOnsiRGF0ZUxlc3NUaGFuIjp7IkFXUzpFcG9jaFRpbWUiOjE3NjcyMjU2MDB9LCJJcEFkZHJlc3MiOn\
        siQVdTOlNvdXJjZUlwIjoiMTkyLjAuMi4wLzI0In19fV19";
    let url = format!("https://d111.cloudfront.net/a?Policy={policy}&Signature=x&Key-Pair-Id=K2");
    let signed = inspected(&url).cloudfront.unwrap();
    assert_eq!(
        signed.resource.as_deref(),
        Some("https://d111.cloudfront.net/*")
    );
    assert_eq!(signed.source_ip.as_deref(), Some("192.0.2.0/24"));
    assert_eq!(signed.expires_at.unwrap().iso8601(), "2026-01-01T00:00:00Z");
}

#[test]
fn the_bucket_is_found_in_the_host_of_aws_and_in_the_path_elsewhere() {
    for (place, bucket, key) in [
        ("https://photos.s3.amazonaws.com/a/b", "photos", "a/b"),
        ("https://photos.s3.eu-west-1.amazonaws.com/a", "photos", "a"),
        ("https://photos.s3-eu-west-1.amazonaws.com/a", "photos", "a"),
        (
            "https://my.s3.photos.s3.dualstack.eu-west-1.amazonaws.com/a",
            "my.s3.photos",
            "a",
        ),
        (
            "https://photos.s3.cn-north-1.amazonaws.com.cn/a",
            "photos",
            "a",
        ),
        ("https://s3.eu-west-1.amazonaws.com/photos/a", "photos", "a"),
        (
            "https://files.example.com/photos//a/../b/",
            "photos",
            "/a/../b/",
        ),
        ("http://127.0.0.1:9000/photos/a%2Bb+c", "photos", "a+b+c"),
    ] {
        let found = inspected(&signed(place, "")).place.unwrap();
        assert_eq!(
            (found.bucket.as_deref(), found.key.as_deref()),
            (Some(bucket), Some(key)),
            "{place}"
        );
    }
}

#[test]
fn risks_are_found() {
    let kinds = |url: &str| {
        let json = serde_json::to_value(inspected(url)).unwrap();
        let risks = json["risks"].as_array().unwrap().clone();
        risks
            .iter()
            .map(|r: &Value| r["kind"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let aws = "https://b.s3.amazonaws.com/k";
    assert_eq!(kinds(&signed(aws, "&x-id=GetObject")), [""; 0]);
    assert_eq!(
        kinds(&signed(aws, "")),
        ["deletes", "unsigned_content_type"]
    );
    let page = "&x-id=GetObject&response-content-type=text%2Fhtml%3Bcharset%3Dutf-8";
    assert_eq!(kinds(&signed(aws, page)), ["active_content_override"]);
    assert_eq!(
        kinds(&signed(aws, "&acl&x-id=GetObjectAcl")),
        ["not_object_data"]
    );
    assert_eq!(
        kinds(&signed("http://example.com/b/k", "&x-id=GetObject")),
        ["plain_http"]
    );
    assert_eq!(
        kinds(&signed("http://127.0.0.1:9000/b/k", "&x-id=GetObject")),
        [""; 0]
    );
    let folded = signed("https://example.com/b/a/../k", "&x-id=GetObject");
    assert_eq!(kinds(&folded), ["dot_segments"]);
    let week = signed(aws, "&x-id=GetObject").replace("Expires=900", "Expires=901");
    assert_eq!(kinds(&week), ["long_life"]);
    let no_token = signed(aws, "&x-id=GetObject").replace("AKIA", "ASIA");
    assert_eq!(kinds(&no_token), ["missing_token"]);
}

#[test]
fn what_no_server_takes_is_said_so() {
    let aws = "https://b.s3.amazonaws.com/k";
    for (from, to) in [
        ("Expires=900", "Expires=604801"),
        ("SignedHeaders=host", "SignedHeaders=content-type"),
        ("X-Amz-Date=20130524T000000Z&", ""),
        ("HMAC-SHA256", "HMAC-SHA1"),
        ("X-Amz-Expires=900", "X-Amz-Expires=900&X-Amz-Expires=1"),
    ] {
        let inspection = inspected(&signed(aws, "").replace(from, to));
        assert!(matches!(inspection.status, Status::Malformed(_)), "{to}");
        assert!(!inspection.works());
    }
}

#[test]
fn only_urls_are_inspected() {
    for text in [
        "",
        "photos/k",
        "s3://photos/k",
        "ftp://x/",
        "https://",
        "https://u:p@x/",
        "https://a/b c",
    ] {
        assert_eq!(Url::parse(text), None, "{text}");
    }
    let quoted = Url::parse(" \"https://a.example/k?x#fragment\"\n").unwrap();
    assert_eq!((quoted.path, quoted.query), ("/k", "x"));
}

#[test]
fn restrictions_are_told_in_words() {
    let url = signed(
        "https://files.example.com/photos/a.txt",
        "&x-cs-ip=203.0.113.0%2F24&x-cs-uses=1&x-cs-subject=Zo%C3%AB&versionId=3",
    );
    let told = text(&inspected(&url));
    let lines: Vec<&str> = told
        .lines()
        .skip_while(|line| !line.starts_with("restricted"))
        .take(4)
        .collect();
    let expected = [
        "restricted   only from 203.0.113.0/24",
        "             was handed to Zoë",
        "             works once",
        "parameters   versionId = 3",
    ];
    assert_eq!(lines, expected);
    assert!(!told.contains("refuses it"), "{told}");
}

#[test]
fn restrictions_that_no_server_holds_are_a_risk() {
    for (more, complaint) in [
        ("&x-cs-uses=0", "it must be a whole number"),
        ("&x-cs-use=1", "there is no restriction `x-cs-use`"),
        ("&x-cs-uses=1&x-cs-uses=1", "more than once"),
        ("&X-Cs-Uses=1", "must be spelled x-cs-uses"),
        ("&x-cs-bytes=5&x-cs-page=true", "cannot be held for"),
        ("&tagging&x-cs-uses=1", "cannot be held for"),
    ] {
        let url = signed("https://files.example.com/photos/a.txt", more);
        let told = text(&inspected(&url));
        let risk = told
            .lines()
            .find(|line| line.starts_with("risk: a Countersign server refuses it:"));
        assert!(
            risk.is_some_and(|r| r.contains(complaint)),
            "{more}: {told}"
        );
    }
    let url = signed(
        "https://photos.s3.amazonaws.com/a.txt",
        "&x-cs-ip=203.0.113.7&x-cs-country=UK",
    );
    let told = text(&inspected(&url));
    for risk in [
        "risk: is for AWS, which passes over its restrictions",
        "risk: a single address shuts out whoever moves",
        "risk: UK is no country of ISO 3166-1",
    ] {
        assert!(told.contains(risk), "{told}");
    }
}

#[test]
fn a_restriction_cannot_steer_the_terminal() {
    let url = signed(
        "https://files.example.com/photos/a",
        "&x-cs-subject=a%1b%5b31m",
    );
    assert!(!text(&inspected(&url)).contains('\u{1b}'));
}
