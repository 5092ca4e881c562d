use countersign_request::Query;

use super::{ObjectEntry, ObjectList, list_objects_document, list_objects_v1_document};
use crate::xml::list_buckets::Owner;
use crate::xml::{Limits, read};
use crate::{
    ChecksumAlgorithm, ChecksumKind, ETag, ListParameters, ListPosition, StoredChecksum, Timestamp,
};

fn document(raw: &str, key: &str, next: Option<&ListPosition>) -> String {
    let parameters = ListParameters::of(&Query::of(raw).unwrap()).unwrap();
    written(&parameters, key, next, list_objects_document)
}

fn v1_document(raw: &str, next: Option<&ListPosition>) -> String {
    let parameters = ListParameters::of_version_1(&Query::of(raw).unwrap()).unwrap();
    written(&parameters, "a", next, list_objects_v1_document)
}

fn written(
    parameters: &ListParameters,
    key: &str,
    next: Option<&ListPosition>,
    write: fn(&ObjectList<'_>) -> String,
) -> String {
    let checksum = StoredChecksum {
        algorithm: ChecksumAlgorithm::Crc64nvme,
        value: "AAAAAAAAAAA=".to_owned(),
        kind: ChecksumKind::FullObject,
    };
    let object = ObjectEntry {
        key,
        modified: Timestamp::from_unix_s(1_768_478_400),
        etag: &ETag::parse("abc"),
        size: 5,
        storage_class: None,
        checksum: Some(&checksum),
    };
    write(&ObjectList {
        bucket: "examplebucket",
        parameters,
        objects: &[object],
        common_prefixes: &["p q/".to_owned()],
        next,
        owner: Owner {
            id: "owner",
            display_name: None,
        },
    })
}

#[test]
fn a_page_is_written_in_the_order_of_aws() {
    let next = ListPosition::AfterPrefix("p q/".to_owned());
    let token = next.token();
    let expected = format!(
        "<Name>examplebucket</Name><Prefix></Prefix>\
         <NextContinuationToken>{token}</NextContinuationToken><KeyCount>2</KeyCount>\
         <MaxKeys>2</MaxKeys><Delimiter>/</Delimiter><IsTruncated>true</IsTruncated>\
         <Contents><Key>a&amp;b</Key><LastModified>2026-01-15T12:00:00.000Z</LastModified>\
         <ETag>&quot;abc&quot;</ETag><ChecksumAlgorithm>CRC64NVME</ChecksumAlgorithm>\
         <ChecksumType>FULL_OBJECT</ChecksumType><Size>5</Size>\
         <StorageClass>STANDARD</StorageClass></Contents>\
         <CommonPrefixes><Prefix>p q/</Prefix></CommonPrefixes></ListBucketResult>"
    );
    let document = document("delimiter=/&max-keys=2", "a&b", Some(&next));
    assert!(document.ends_with(&expected), "{document}");
}

#[test]
fn encoded_keys_survive_what_xml_cannot_hold() {
    let document = document(
        "encoding-type=url&start-after=a%00&fetch-owner=true",
        "x\u{1}/ü+",
        None,
    );
    let root = read(document.as_bytes(), Limits::default()).unwrap();
    let contents = root.child("Contents").unwrap();
    assert_eq!(contents.child("Key").unwrap().text, "x%01/%C3%BC%2B");
    assert_eq!(
        contents.child("Owner").unwrap().child("ID").unwrap().text,
        "owner"
    );
    assert_eq!(root.child("StartAfter").unwrap().text, "a%00");
    assert_eq!(root.child("EncodingType").unwrap().text, "url");
    assert_eq!(root.child("IsTruncated").unwrap().text, "false");
    assert_eq!(
        root.child("CommonPrefixes")
            .unwrap()
            .child("Prefix")
            .unwrap()
            .text,
        "p%20q/"
    );
}

#[test]
fn the_first_version_tells_where_to_go_on_only_where_keys_are_cut() {
    let next = ListPosition::AfterPrefix("p q/".to_owned());
    let cut = v1_document("delimiter=/&marker=a&max-keys=2", Some(&next));
    let beginning = "<Name>examplebucket</Name><Prefix></Prefix><Marker>a</Marker>\
                     <NextMarker>p q/</NextMarker><MaxKeys>2</MaxKeys><Delimiter>/</Delimiter>\
                     <IsTruncated>true</IsTruncated>";
    assert!(cut.contains(beginning), "{cut}");
    let encoded = v1_document("delimiter=/&encoding-type=url", Some(&next));
    assert!(
        encoded.contains("<NextMarker>p%20q/</NextMarker>"),
        "{encoded}"
    );
    let whole = v1_document("max-keys=2", Some(&next));
    assert!(!whole.contains("NextMarker"), "{whole}");
    assert!(whole.contains("<IsTruncated>true</IsTruncated>"), "{whole}");
    let last = v1_document("delimiter=/", None);
    assert!(!last.contains("NextMarker"), "{last}");
    // Owners are told without being asked for, and what belongs to the second version is not.
    assert!(last.contains("<Owner><ID>owner</ID></Owner>"), "{last}");
    assert!(
        !last.contains("KeyCount") && !last.contains("Token"),
        "{last}"
    );
}
