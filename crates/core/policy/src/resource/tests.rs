use super::*;
use crate::request::Request;
use crate::testing::{Pairs, request};

fn compile(text: &str) -> Result<ResourcePattern, String> {
    ResourcePattern::compile(text, Variables::Replaced, 0)
        .map_err(|fault| fault.in_text("").to_string())
}

fn matched(text: &str, resource: Resource<'_>) -> bool {
    let context = Pairs(&[]);
    let request = Request {
        resource,
        ..request(&context)
    };
    compile(text).unwrap().matches(&Metered::new(&request))
}

const BUCKET: Resource<'static> = Resource::Bucket { bucket: "photos" };
const OBJECT: Resource<'static> = Resource::Object {
    bucket: "photos",
    key: "a/b",
};

#[test]
fn resources_match_buckets_objects_and_the_service() {
    for (text, expected) in [
        ("*", [true, true, true]),
        ("arn:aws:s3:::*", [true, true, true]),
        ("arn:aws:s3:::photos", [true, false, false]),
        ("arn:aws:s3:::photos/*", [false, true, false]),
        ("arn:aws:s3:::photos*", [true, true, false]),
        ("arn:aws:s3:::*/*", [false, true, false]),
        ("arn:aws:s3:::photos/a*b", [false, true, false]),
        ("arn:aws:s3:::photos/A/b", [false, false, false]),
        ("arn:*:s3:*:*:photos", [true, false, false]),
        (
            "arn:aws:sqs:us-east-1:000000000000:*",
            [false, false, false],
        ),
        (
            "arn:aws:s3:us-east-1:000000000000:accesspoint/x",
            [false, false, false],
        ),
    ] {
        let actual = [BUCKET, OBJECT, Resource::Service].map(|one| matched(text, one));
        assert_eq!(actual, expected, "{text}");
    }
}

const APP: Resource<'static> = Resource::Other {
    arn: "arn:aws:iam::000000000000:role/ci/app",
};

#[test]
fn whatever_else_has_an_arn_is_compared_section_by_section() {
    for (text, expected) in [
        ("*", true),
        ("arn:aws:iam::000000000000:role/ci/app", true),
        ("arn:aws:iam::000000000000:role/*", true),
        ("arn:aws:iam::*:role/ci/???", true),
        ("arn:aws:*:*:*:*", true),
        ("arn:aws:iam::000000000000:*", true),
        (
            "arn:aws:iam::000000000000:role/${aws:username, 'ci'}/app",
            false,
        ),
        (
            "arn:aws:iam::000000000000:role/${s3:prefix, 'ci'}/app",
            true,
        ),
        ("arn:aws:iam::000000000000:role/CI/app", false),
        ("arn:aws:iam::000000000000:user/*", false),
        ("arn:aws:sts::000000000000:*", false),
        ("arn:aws:s3:::*", false),
    ] {
        assert_eq!(matched(text, APP), expected, "{text}");
    }
    // What names services with a wildcard means buckets and objects as well.
    assert!(matched("arn:aws:*:*:*:photos/*", OBJECT));
    assert!(!matched("arn:aws:*:*:000000000000:*", OBJECT));
    let arn = "arn:aws:s3:::photos/a";
    assert!(matched("arn:aws:s3:::photos/*", Resource::Other { arn }));
}

#[test]
fn a_resource_that_can_never_match_is_refused() {
    for (text, expected) in [
        (
            "photos/*",
            "`photos/*` is no ARN: it has six sections, `arn:partition:service:region:account:resource`; \
             did you mean `arn:aws:s3:::photos/*`?",
        ),
        (
            "arn:aws:s3::photos/*",
            "`arn:aws:s3::photos/*` is no ARN: it has six sections, \
             `arn:partition:service:region:account:resource`",
        ),
        (
            "arn:aws:s3:::",
            "`arn:aws:s3:::` is no ARN: it has six sections, \
             `arn:partition:service:region:account:resource`",
        ),
        (
            "arn:aws-cn:s3:::photos",
            "`arn:aws-cn:s3:::photos` is no bucket or object: they are `arn:aws:s3:::bucket` and \
             `arn:aws:s3:::bucket/key`",
        ),
        (
            "arn:aws:s3::000000000000:photos",
            "`arn:aws:s3::000000000000:photos` is no bucket or object: they are `arn:aws:s3:::bucket` and \
             `arn:aws:s3:::bucket/key`",
        ),
        (
            "arn:aws:s3:${aws:RequestedRegion}::photos",
            "no policy variable is replaced in an ARN before its fifth colon",
        ),
    ] {
        assert_eq!(compile(text), Err(format!("line 1, column 1: {expected}")));
    }
}

#[test]
fn what_may_match_elsewhere_does_not_lie_in_the_bucket() {
    for (text, expected) in [
        ("arn:aws:s3:::photos", true),
        ("arn:aws:s3:::photos/*", true),
        ("arn:aws:s3:::photos/${aws:username}/*", true),
        ("arn:aws:s3:::photos*", false),
        ("arn:aws:s3:::photos2/*", false),
        ("arn:aws:s3:::photo", false),
        ("arn:aws:s3:::*/photos", false),
        ("arn:aws:s3:::${aws:username}", false),
        ("*", false),
        ("arn:aws:sqs:::photos", false),
    ] {
        assert_eq!(compile(text).unwrap().lies_in("photos"), expected, "{text}");
    }
}
