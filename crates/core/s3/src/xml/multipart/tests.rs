use super::{CompleteRequestError, read_complete};
use crate::{ChecksumAlgorithm, ETag};

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
