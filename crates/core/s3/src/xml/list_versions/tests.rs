use countersign_request::Query;

use super::{VersionContent, VersionEntry, VersionList, list_versions_document};
use crate::xml::list_buckets::Owner;
use crate::xml::{Limits, read};
use crate::{
    ChecksumAlgorithm, ChecksumKind, ETag, StoredChecksum, Timestamp, VersionListParameters,
};

const ID: &str = "0123456789abcdef0123456789abcdef";

fn document(raw: &str, key: &str, next: Option<(&str, Option<&str>)>) -> String {
    let parameters = VersionListParameters::of(&Query::of(raw).unwrap()).unwrap();
    let checksum = StoredChecksum {
        algorithm: ChecksumAlgorithm::Crc32,
        value: "AAAAAA==".to_owned(),
        kind: ChecksumKind::FullObject,
    };
    let etag = ETag::parse("abc");
    let modified = Timestamp::from_unix_s(1_768_478_400);
    let marker = VersionEntry {
        key,
        version_id: ID,
        is_latest: true,
        modified,
        content: None,
    };
    let version = VersionEntry {
        version_id: "null",
        is_latest: false,
        content: Some(VersionContent {
            etag: &etag,
            size: 5,
            storage_class: None,
            checksum: Some(&checksum),
        }),
        ..marker
    };
    list_versions_document(&VersionList {
        bucket: "b",
        parameters: &parameters,
        owner: Owner {
            id: "owner",
            display_name: None,
        },
        versions: &[marker, version],
        common_prefixes: &["p q/".to_owned()],
        next,
    })
}

#[test]
fn versions_and_delete_markers_stand_in_their_order() {
    let document = document("versions", "a&b", None);
    let expected = format!(
        "<Name>b</Name><Prefix></Prefix><KeyMarker></KeyMarker>\
         <VersionIdMarker></VersionIdMarker><MaxKeys>1000</MaxKeys>\
         <IsTruncated>false</IsTruncated>\
         <DeleteMarker><Key>a&amp;b</Key><VersionId>{ID}</VersionId><IsLatest>true</IsLatest>\
         <LastModified>2026-01-15T12:00:00.000Z</LastModified>\
         <Owner><ID>owner</ID></Owner></DeleteMarker>\
         <Version><Key>a&amp;b</Key><VersionId>null</VersionId><IsLatest>false</IsLatest>\
         <LastModified>2026-01-15T12:00:00.000Z</LastModified><ETag>&quot;abc&quot;</ETag>\
         <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>\
         <Size>5</Size><StorageClass>STANDARD</StorageClass>\
         <Owner><ID>owner</ID></Owner></Version>\
         <CommonPrefixes><Prefix>p q/</Prefix></CommonPrefixes></ListVersionsResult>"
    );
    assert!(document.ends_with(&expected), "{document}");
}

#[test]
fn markers_are_told_and_encoded_where_asked() {
    let raw = format!(
        "prefix=p%20&delimiter=%20&max-keys=2&key-marker=p%20a&version-id-marker={ID}\
         &encoding-type=url"
    );
    let document = document(&raw, "p \u{1}", Some(("p z", Some("null"))));
    let root = read(document.as_bytes(), Limits::default()).unwrap();
    let text = |name: &str| root.child(name).unwrap().text.as_str();
    assert_eq!(
        (text("Prefix"), text("KeyMarker"), text("VersionIdMarker")),
        ("p%20", "p%20a", ID)
    );
    assert_eq!(
        (text("NextKeyMarker"), text("NextVersionIdMarker")),
        ("p%20z", "null")
    );
    assert_eq!((text("Delimiter"), text("EncodingType")), ("%20", "url"));
    assert_eq!((text("MaxKeys"), text("IsTruncated")), ("2", "true"));
    let version = root.child("Version").unwrap();
    assert_eq!(version.child("Key").unwrap().text, "p%20%01");
}

#[test]
fn behind_a_common_prefix_there_is_no_marker_of_versions() {
    let document = document("delimiter=/", "a", Some(("p q/", None)));
    assert!(document.contains("<NextKeyMarker>p q/</NextKeyMarker>"));
    assert!(!document.contains("NextVersionIdMarker"), "{document}");
}
