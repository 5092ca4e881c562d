use countersign_request::{Header, RequestHead};

use super::{
    AskedAttributes, AskedAttributesError, AttributePart, AttributesOfObject,
    object_attributes_document,
};
use crate::{
    ChecksumAlgorithm, ChecksumKind, ETag, ErrorCode, Fault, Fields, MAX_PAGE, StoredChecksum,
};

const ALL: &str = "ETag,Checksum,ObjectParts,StorageClass,ObjectSize";

fn asked(pairs: &[(&str, &str)]) -> Result<AskedAttributes, AskedAttributesError> {
    let headers: Vec<Header<'_>> = pairs
        .iter()
        .map(|(name, value)| Header {
            name,
            value: value.as_bytes(),
        })
        .collect();
    AskedAttributes::of(&Fields::of_headers(RequestHead {
        method: "GET",
        path: "/b/k",
        query: "attributes",
        headers: &headers,
    }))
}

fn attributes(value: &str) -> Result<AskedAttributes, AskedAttributesError> {
    asked(&[("x-amz-object-attributes", value)])
}

#[test]
fn attributes_come_as_one_list_or_in_several_headers() {
    let one = attributes("ETag, ObjectSize").unwrap();
    assert!(one.etag && one.object_size && !one.checksum && !one.object_parts);
    let name = "x-amz-object-attributes";
    assert_eq!(asked(&[(name, "ETag"), (name, "ObjectSize")]), Ok(one));
    assert_eq!((one.max_parts, one.after_part), (MAX_PAGE, 0));
}

#[test]
fn asking_for_nothing_or_for_what_does_not_exist_is_refused() {
    for value in ["", ",", " , "] {
        assert_eq!(
            attributes(value),
            Err(AskedAttributesError::Nothing),
            "{value}"
        );
    }
    let missing = asked(&[]).unwrap_err();
    assert_eq!(Fault::from(missing).code(), ErrorCode::InvalidRequest);
    for value in ["ETag,Owner", "etag", "ETag;ObjectSize"] {
        let fault = Fault::from(attributes(value).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{value}");
        assert_eq!(fault.message(), "Invalid attribute name specified.");
    }
}

#[test]
fn a18_pages_of_parts_are_bounded_and_strict() {
    let page = |max, after| {
        asked(&[
            ("x-amz-object-attributes", "ObjectParts"),
            ("x-amz-max-parts", max),
            ("x-amz-part-number-marker", after),
        ])
    };
    let read = page("2", "7").unwrap();
    assert_eq!((read.max_parts, read.after_part), (2, 7));
    let large = page("18446744073709551615", "18446744073709551615").unwrap();
    assert_eq!((large.max_parts, large.after_part), (MAX_PAGE, 10_000));
    for wrong in [
        "",
        "-1",
        "+1",
        "1.0",
        "x",
        "\u{ff15}",
        "18446744073709551616",
    ] {
        for refused in [page(wrong, "0"), page("1", wrong)] {
            let fault = Fault::from(refused.unwrap_err());
            assert_eq!(fault.code(), ErrorCode::InvalidArgument, "{wrong}");
        }
    }
}

fn document(asked: AskedAttributes) -> String {
    let checksum = StoredChecksum {
        algorithm: ChecksumAlgorithm::Sha1,
        value: "AAAA-3".to_owned(),
        kind: ChecksumKind::Composite,
    };
    let part = |number, checksum| AttributePart {
        number,
        size: 5,
        checksum,
    };
    object_attributes_document(
        asked,
        &AttributesOfObject {
            etag: &ETag::parse("abc-3"),
            checksum: Some(&checksum),
            parts: &[part(1, Some("p1")), part(4, Some("p4")), part(9, None)],
            storage_class: None,
            size: 15,
        },
    )
}

#[test]
fn everything_is_told_in_the_order_of_aws_and_the_tag_without_quotes() {
    let document = document(attributes(ALL).unwrap());
    assert!(
        document.ends_with(
            "<ETag>abc-3</ETag><Checksum><ChecksumSHA1>AAAA-3</ChecksumSHA1>\
             <ChecksumType>COMPOSITE</ChecksumType></Checksum>\
             <ObjectParts><PartsCount>3</PartsCount><PartNumberMarker>0</PartNumberMarker>\
             <NextPartNumberMarker>9</NextPartNumberMarker><MaxParts>1000</MaxParts>\
             <IsTruncated>false</IsTruncated>\
             <Part><PartNumber>1</PartNumber><Size>5</Size><ChecksumSHA1>p1</ChecksumSHA1></Part>\
             <Part><PartNumber>4</PartNumber><Size>5</Size><ChecksumSHA1>p4</ChecksumSHA1></Part>\
             </ObjectParts><StorageClass>STANDARD</StorageClass><ObjectSize>15</ObjectSize>\
             </GetObjectAttributesResponse>"
        ),
        "{document}"
    );
}

#[test]
fn only_what_is_asked_for_is_told() {
    let document = document(attributes("ObjectSize").unwrap());
    assert!(
        document.ends_with("<ObjectSize>15</ObjectSize></GetObjectAttributesResponse>")
            && !document.contains("ETag")
            && !document.contains("Checksum")
            && !document.contains("ObjectParts"),
        "{document}"
    );
}

#[test]
fn the_pages_of_parts_tell_each_part_once() {
    let mut page = attributes("ObjectParts").unwrap();
    page.max_parts = 1;
    let mut told = Vec::new();
    for (after, number, more) in [(0, "1", "true"), (1, "4", "true"), (4, "9", "false")] {
        page.after_part = after;
        let document = document(page);
        let next = format!("<NextPartNumberMarker>{number}</NextPartNumberMarker>");
        assert!(document.contains(&next), "{document}");
        let truncated = format!("<IsTruncated>{more}</IsTruncated>");
        assert!(document.contains(&truncated), "{document}");
        told.push(document.matches("<Part>").count());
    }
    // The last part keeps no checksum, so it is counted and not told.
    assert_eq!(told, [1, 1, 0]);
}
