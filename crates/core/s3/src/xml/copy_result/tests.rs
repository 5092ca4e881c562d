use super::{copy_object_document, copy_part_document};
use crate::{ChecksumAlgorithm, ChecksumKind, ETag, StoredChecksum, Timestamp};

#[test]
fn a_copy_tells_time_tag_and_checksum_and_only_an_object_its_type() {
    let (etag, modified) = (ETag::parse("abc"), Timestamp::from_unix_s(1_768_478_400));
    let checksum = StoredChecksum {
        algorithm: ChecksumAlgorithm::Crc32c,
        value: "AAAAAA==".to_owned(),
        kind: ChecksumKind::FullObject,
    };
    let told = "<LastModified>2026-01-15T12:00:00.000Z</LastModified>\
                <ETag>&quot;abc&quot;</ETag><ChecksumCRC32C>AAAAAA==</ChecksumCRC32C>";
    let object = copy_object_document(&etag, modified, Some(&checksum));
    let end = "<ChecksumType>FULL_OBJECT</ChecksumType></CopyObjectResult>";
    assert!(object.ends_with(&format!("{told}{end}")), "{object}");
    let part = copy_part_document(&etag, modified, Some(&checksum));
    assert!(
        part.ends_with(&format!("{told}</CopyPartResult>")),
        "{part}"
    );
    let bare = copy_object_document(&etag, modified, None);
    assert!(bare.ends_with("</ETag></CopyObjectResult>"), "{bare}");
}
