use countersign_request::Query;

use super::{BucketEntry, Owner, list_buckets_document};
use crate::{BucketListParameters, BucketName, ListPosition, Timestamp};

#[test]
fn buckets_are_listed_with_owner_and_date() {
    let bucket = BucketEntry {
        name: BucketName::parse("examplebucket").unwrap(),
        created: Timestamp::from_unix_s(1_768_478_400),
        region: "us-east-1".to_owned(),
    };
    let owner = Owner {
        id: "79a59df9",
        display_name: Some("a<b"),
    };
    let parameters = BucketListParameters::of(&Query::of("prefix=ex").unwrap()).unwrap();
    let next = ListPosition::AfterKey("examplebucket".to_owned());
    let document = list_buckets_document(owner, &parameters, &[bucket], Some(&next));
    let expected = "<Owner><ID>79a59df9</ID><DisplayName>a&lt;b</DisplayName></Owner>\
        <Buckets><Bucket><Name>examplebucket</Name>\
        <CreationDate>2026-01-15T12:00:00.000Z</CreationDate>\
        <BucketRegion>us-east-1</BucketRegion></Bucket></Buckets>\
        <ContinuationToken>a2V4YW1wbGVidWNrZXQ</ContinuationToken><Prefix>ex</Prefix></ListAllMyBucketsResult>";
    assert!(document.ends_with(expected), "{document}");
}
