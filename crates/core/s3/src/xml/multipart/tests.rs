use super::{
    CompleteRequestError, PartEntry, PartList, UploadEntry, UploadList, complete_document,
    initiate_document, list_parts_document, list_uploads_document, read_complete,
};
use crate::xml::list_buckets::Owner;
use crate::xml::{Limits, read};
use crate::{ChecksumAlgorithm, ChecksumKind, ETag, ErrorCode, Fault, StoredChecksum, Timestamp};

const OWNER: Owner<'static> = Owner {
    id: "owner",
    display_name: None,
};

fn crc32() -> StoredChecksum {
    StoredChecksum {
        algorithm: ChecksumAlgorithm::Crc32,
        value: "AAAAAA==".to_owned(),
        kind: ChecksumKind::FullObject,
    }
}

#[test]
fn parts_are_read_in_the_order_they_are_named() {
    let document = "<CompleteMultipartUpload xmlns='x'>\
         <Part><ETag>&quot;abc&quot;</ETag><PartNumber>2</PartNumber></Part>\
         <Part><PartNumber>1</PartNumber><ETag>def</ETag>\
         <ChecksumCRC32>AAAAAA==</ChecksumCRC32></Part></CompleteMultipartUpload>";
    let parts = read_complete(document.as_bytes()).unwrap();
    let [first, second] = parts.as_slice() else {
        panic!("{parts:?}");
    };
    assert_eq!((first.number, &first.etag), (2, &ETag::parse("abc")));
    assert_eq!((second.number, &second.etag), (1, &ETag::parse("def")));
    let checksum = (ChecksumAlgorithm::Crc32, "AAAAAA==".to_owned());
    assert_eq!(second.checksum, Some(checksum));
}

#[test]
fn e7_ten_thousand_parts_are_read_and_no_documents_without_end() {
    let part = "<Part><PartNumber>1</PartNumber><ETag>d41d8cd98f00b204e9800998ecf8427e</ETag>\
         <ChecksumSHA256>47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=</ChecksumSHA256></Part>";
    let of = |count| {
        format!(
            "<CompleteMultipartUpload>{}</CompleteMultipartUpload>",
            part.repeat(count)
        )
    };
    assert_eq!(read_complete(of(10_000).as_bytes()).unwrap().len(), 10_000);
    assert!(read_complete(of(40_000).as_bytes()).is_err());
}

#[test]
fn what_names_no_parts_is_refused() {
    for document in [
        "<CompleteMultipartUpload/>",
        "<Complete><Part><PartNumber>1</PartNumber><ETag>a</ETag></Part></Complete>",
        "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber></Part></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part><ETag>a</ETag></Part></CompleteMultipartUpload>",
        "<CompleteMultipartUpload><Part><PartNumber>x</PartNumber><ETag>a</ETag></Part></CompleteMultipartUpload>",
    ] {
        let refused = read_complete(document.as_bytes());
        assert_eq!(refused, Err(CompleteRequestError::Shape), "{document}");
    }
}

#[test]
fn e5_no_checksum_of_a_part_is_passed_over() {
    let of = |checksums: &str| {
        let document = format!(
            "<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>a</ETag>{checksums}\
             </Part></CompleteMultipartUpload>"
        );
        read_complete(document.as_bytes())
    };
    let crc32 = "<ChecksumCRC32>AAAAAA==</ChecksumCRC32>";
    assert!(of(crc32).unwrap()[0].checksum.is_some());
    let two = format!("{crc32}<ChecksumSHA1>Kq5sNclPz7QV2+lfQIuc6R7oRu0=</ChecksumSHA1>");
    assert_eq!(of(&two), Err(CompleteRequestError::Shape));
    assert_eq!(of(&crc32.repeat(2)), Err(CompleteRequestError::Shape));
    let unknown = of("<ChecksumXXHASH3>AAAAAAAAAAA=</ChecksumXXHASH3>").unwrap_err();
    assert_eq!(unknown, CompleteRequestError::UnsupportedAlgorithm);
    assert_eq!(Fault::from(unknown).code(), ErrorCode::InvalidRequest);
    assert_eq!(of("<ChecksumCRC32/>").unwrap()[0].checksum, None);
    assert!(of("<Size>5</Size><LastModified>x</LastModified>").is_ok());
}

#[test]
fn a_part_has_one_number_and_one_tag() {
    for part in [
        "<PartNumber>1</PartNumber><PartNumber>2</PartNumber><ETag>a</ETag>",
        "<PartNumber>1</PartNumber><ETag>a</ETag><ETag>b</ETag>",
        "<PartNumber>+1</PartNumber><ETag>a</ETag>",
        "<PartNumber>70000</PartNumber><ETag>a</ETag>",
        "<PartNumber/><ETag>a</ETag>",
        "<PartNumber>1<x/>2</PartNumber><ETag>a</ETag>",
    ] {
        let document =
            format!("<CompleteMultipartUpload><Part>{part}</Part></CompleteMultipartUpload>");
        let refused = read_complete(document.as_bytes());
        assert_eq!(refused, Err(CompleteRequestError::Shape), "{part}");
    }
}

#[test]
fn the_answers_to_beginning_and_completing_tell_where_the_object_is() {
    assert!(initiate_document("b", "a&b", "u1").ends_with(
        "<Bucket>b</Bucket><Key>a&amp;b</Key><UploadId>u1</UploadId>\
         </InitiateMultipartUploadResult>"
    ));
    let etag = ETag::parse("abc-2");
    let document = complete_document("http://h/b/k", "b", "k", &etag, Some(&crc32()));
    assert!(
        document.ends_with(
            "<Location>http://h/b/k</Location><Bucket>b</Bucket><Key>k</Key>\
             <ETag>&quot;abc-2&quot;</ETag><ChecksumCRC32>AAAAAA==</ChecksumCRC32>\
             <ChecksumType>FULL_OBJECT</ChecksumType></CompleteMultipartUploadResult>"
        ),
        "{document}"
    );
    assert!(!complete_document("l", "b", "k", &etag, None).contains("Checksum"));
}

#[test]
fn a_page_of_parts_is_written_in_the_order_of_aws() {
    let checksum = crc32();
    let part = PartEntry {
        number: 3,
        modified: Timestamp::from_unix_s(1_768_478_400),
        etag: &ETag::parse("abc"),
        size: 5,
        checksum: Some(&checksum),
    };
    let mut list = PartList {
        bucket: "b",
        key: "k",
        upload_id: "u1",
        initiator: "alice",
        owner: OWNER,
        storage_class: None,
        checksum: Some((ChecksumAlgorithm::Crc32, ChecksumKind::FullObject)),
        after: 2,
        max: 1,
        parts: &[part],
        next: Some(3),
    };
    let document = list_parts_document(&list);
    assert!(
        document.ends_with(
            "<Bucket>b</Bucket><Key>k</Key><UploadId>u1</UploadId>\
             <Initiator><ID>owner</ID><DisplayName>alice</DisplayName></Initiator>\
             <Owner><ID>owner</ID></Owner><StorageClass>STANDARD</StorageClass>\
             <PartNumberMarker>2</PartNumberMarker><NextPartNumberMarker>3</NextPartNumberMarker>\
             <MaxParts>1</MaxParts><IsTruncated>true</IsTruncated>\
             <ChecksumAlgorithm>CRC32</ChecksumAlgorithm><ChecksumType>FULL_OBJECT</ChecksumType>\
             <Part><PartNumber>3</PartNumber><LastModified>2026-01-15T12:00:00.000Z</LastModified>\
             <ETag>&quot;abc&quot;</ETag><Size>5</Size><ChecksumCRC32>AAAAAA==</ChecksumCRC32>\
             </Part></ListPartsResult>"
        ),
        "{document}"
    );
    list.parts = &[];
    list.next = None;
    let empty = list_parts_document(&list);
    assert!(!empty.contains("NextPartNumberMarker"));
    assert!(empty.contains("<IsTruncated>false</IsTruncated>"));
}

#[test]
fn a_page_of_uploads_is_written_with_prefixes_and_encoded_where_asked() {
    let upload = UploadEntry {
        key: "a \u{1}",
        upload_id: "u1",
        initiator: "alice",
        storage_class: Some("STANDARD_IA"),
        initiated: Timestamp::from_unix_s(1_768_478_400),
        checksum: None,
    };
    let list = UploadList {
        bucket: "b",
        owner: OWNER,
        prefix: "a ",
        delimiter: Some("/"),
        key_marker: "a",
        upload_id_marker: "u0",
        max: 2,
        encode_url: true,
        uploads: &[upload],
        common_prefixes: &["a b/".to_owned()],
        next: Some(("a b/", "")),
    };
    let document = list_uploads_document(&list);
    let root = read(document.as_bytes(), Limits::default()).unwrap();
    let text = |name: &str| root.child(name).unwrap().text.as_str();
    assert_eq!((text("KeyMarker"), text("UploadIdMarker")), ("a", "u0"));
    assert_eq!(
        (text("NextKeyMarker"), text("NextUploadIdMarker")),
        ("a%20b/", "")
    );
    assert_eq!((text("Prefix"), text("EncodingType")), ("a%20", "url"));
    assert_eq!((text("MaxUploads"), text("IsTruncated")), ("2", "true"));
    let told = root.child("Upload").unwrap();
    assert_eq!(told.child("Key").unwrap().text, "a%20%01");
    assert_eq!(told.child("StorageClass").unwrap().text, "STANDARD_IA");
    assert_eq!(
        told.child("Initiated").unwrap().text,
        "2026-01-15T12:00:00.000Z"
    );
    let prefix = root.child("CommonPrefixes").unwrap().child("Prefix");
    assert_eq!(prefix.unwrap().text, "a%20b/");
}
