use countersign_request::{Header, RequestHead};

use super::{CopySource, CopySourceError, Directive, SourceConditions, copied_extent};
use crate::{ETag, ErrorCode, Extent, Fault, Fields, Timestamp};

fn with_fields<T>(headers: &[(&str, &str)], look: impl FnOnce(&Fields<'_>) -> T) -> T {
    let headers: Vec<Header<'_>> = headers
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    look(&Fields::of_headers(RequestHead {
        method: "PUT",
        path: "/b/k",
        query: "",
        headers: &headers,
    }))
}

#[test]
fn a_source_is_bucket_key_and_perhaps_a_version() {
    let parsed = |value: &str| {
        let source = CopySource::parse(value).unwrap();
        (
            source.bucket,
            source.key.as_str().to_owned(),
            source.version,
        )
    };
    let plain = |bucket: &str, key: &str| (bucket.to_owned(), key.to_owned(), None);
    assert_eq!(parsed("photos/cat.jpg"), plain("photos", "cat.jpg"));
    assert_eq!(parsed("/photos/a/b%20c"), plain("photos", "a/b c"));
    assert_eq!(parsed("photos%2Fa%2Bb"), plain("photos", "a+b"));
    assert_eq!(parsed("photos/a+b"), plain("photos", "a+b"));
    assert_eq!(parsed("photos//x"), plain("photos", "/x"));
    assert_eq!(
        parsed("photos/why%3FversionId=no"),
        plain("photos", "why?versionId=no")
    );
    let (_, key, version) = parsed("photos/cat.jpg?versionId=abc");
    assert_eq!((key.as_str(), version.as_deref()), ("cat.jpg", Some("abc")));
}

#[test]
fn what_names_no_object_is_refused() {
    for value in [
        "",
        "photos",
        "photos/",
        "/",
        "//k",
        "photos/%zz",
        "photos/%ff",
        "b/k?versionId=",
    ] {
        let refused = CopySource::parse(value);
        assert!(
            matches!(refused, Err(CopySourceError::Malformed { .. })),
            "{value}"
        );
    }
    let access_point = CopySource::parse("arn:aws:s3:us-east-1:1:accesspoint/x/object/k");
    assert_eq!(access_point, Err(CopySourceError::NotABucket));
}

#[test]
fn conditions_on_the_source_follow_the_documented_order() {
    let etag = ETag::parse("abc");
    let modified = Timestamp::from_unix_ms(1_000_000_000_000);
    let (before, after) = (
        "Sat, 08 Sep 2001 00:00:00 GMT",
        "Mon, 10 Sep 2001 00:00:00 GMT",
    );
    let holds = |headers: &[(&str, &str)]| {
        with_fields(headers, |fields| {
            SourceConditions::of(fields)
                .unwrap()
                .check(&etag, modified)
                .is_ok()
        })
    };
    let name = |rest: &str| format!("x-amz-copy-source-if-{rest}");
    let (m, n) = (name("match"), name("none-match"));
    let (u, s) = (name("unmodified-since"), name("modified-since"));
    assert!(holds(&[]));
    assert!(holds(&[(&m, "\"abc\"")]) && !holds(&[(&m, "other")]));
    assert!(!holds(&[(&n, "abc")]) && holds(&[(&n, "other")]));
    assert!(holds(&[(&u, after)]) && !holds(&[(&u, before)]));
    assert!(holds(&[(&s, before)]) && !holds(&[(&s, after)]));
    assert!(holds(&[(&m, "abc"), (&u, before)]));
    assert!(!holds(&[(&n, "abc"), (&s, before)]));
    // Read as in the conditions of a GET, so that none holds only because it was not understood.
    assert!(!holds(&[(&n, "*")]) && !holds(&[(&n, "\"x\", \"abc\"")]));
    assert!(holds(&[(&m, "*")]) && holds(&[(&m, "\"x\", \"abc\"")]));
    assert!(!holds(&[(&m, "\"x\", \"y\"")]) && holds(&[(&n, "\"x\", \"y\"")]));
}

#[test]
fn refused_copies_say_what_aws_says() {
    let fault = |error: CopySourceError| Fault::from(error);
    let malformed = fault(CopySource::parse("photos").unwrap_err());
    assert_eq!(malformed.code(), ErrorCode::InvalidArgument);
    assert_eq!(
        malformed.message(),
        "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
    );
    let access_point = fault(CopySource::parse("arn:aws:s3:::x").unwrap_err());
    assert_eq!(access_point.code(), ErrorCode::NotImplemented);
    let tagging = with_fields(&[("x-amz-tagging-directive", "MERGE")], Directive::for_tags);
    assert_eq!(
        fault(tagging.unwrap_err()).message(),
        "Unknown tagging directive."
    );
    let beyond = with_fields(&[("x-amz-copy-source-range", "bytes=0-10")], |fields| {
        copied_extent(fields, 10)
    });
    assert_eq!(fault(beyond.unwrap_err()).code(), ErrorCode::InvalidRange);
}

#[test]
fn a_range_to_copy_is_exact() {
    let extent = |value: &str| {
        with_fields(&[("x-amz-copy-source-range", value)], |fields| {
            copied_extent(fields, 10)
        })
    };
    assert_eq!(
        extent("bytes=2-9"),
        Ok(Extent {
            first: 2,
            length: 8
        })
    );
    for value in ["bytes=0-10", "bytes=10-11"] {
        let refused = extent(value);
        assert!(
            matches!(refused, Err(CopySourceError::RangeBeyondEnd { .. })),
            "{value}"
        );
    }
    for value in [
        "bytes=3-2",
        "bytes=-2",
        "bytes=2-",
        "0-2",
        "bytes=+0-2",
        "bytes=0-1,3-4",
        "",
    ] {
        let refused = extent(value);
        assert!(
            matches!(refused, Err(CopySourceError::Range { .. })),
            "{value}"
        );
    }
    let whole = with_fields(&[], |fields| copied_extent(fields, 10));
    assert_eq!(
        whole,
        Ok(Extent {
            first: 0,
            length: 10
        })
    );
}

#[test]
fn directives_are_two_words() {
    let directive = |value: &str| {
        with_fields(
            &[("x-amz-metadata-directive", value)],
            Directive::for_metadata,
        )
    };
    assert_eq!(directive("COPY"), Ok(Directive::Copy));
    assert_eq!(directive("REPLACE"), Ok(Directive::Replace));
    assert!(directive("replace").is_err());
    assert_eq!(with_fields(&[], Directive::for_tags), Ok(Directive::Copy));
}
