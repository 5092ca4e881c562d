use countersign_request::Query;

use super::{BucketListError, BucketListParameters};
use crate::xml::list_buckets::BucketEntry;
use crate::{BucketName, ErrorCode, Fault, Timestamp};

fn buckets() -> Vec<BucketEntry> {
    let entry = |name: &str, region: &str| BucketEntry {
        name: BucketName::parse(name).unwrap(),
        created: Timestamp::from_unix_s(0),
        region: region.to_owned(),
    };
    vec![
        entry("cats", "eu-west-1"),
        entry("ants", "us-east-1"),
        entry("cows", "us-east-1"),
    ]
}

fn names(raw: &str) -> (Vec<String>, Option<String>) {
    let parameters = BucketListParameters::of(&Query::of(raw).unwrap()).unwrap();
    let (page, next) = parameters.page(buckets());
    (
        page.iter().map(|b| b.name.to_string()).collect(),
        next.map(|position| position.token()),
    )
}

#[test]
fn all_buckets_come_in_order_unless_fewer_are_asked_for() {
    assert_eq!(names("").0, ["ants", "cats", "cows"]);
    assert_eq!(names("prefix=c").0, ["cats", "cows"]);
    assert_eq!(names("bucket-region=us-east-1").0, ["ants", "cows"]);
}

#[test]
fn pages_follow_each_other_to_the_end() {
    let (first, next) = names("max-buckets=2");
    assert_eq!(first, ["ants", "cats"]);
    let token = next.unwrap();
    let (second, end) = names(&format!("max-buckets=2&continuation-token={token}"));
    assert_eq!((second, end), (vec!["cows".to_owned()], None));
}

#[test]
fn a18_max_buckets_is_bounded_and_strict() {
    for value in ["0", "-1", "10001", "x", "１"] {
        let query = Query::of(&format!("max-buckets={value}")).unwrap();
        let error = BucketListParameters::of(&query).unwrap_err();
        assert_eq!(
            error,
            BucketListError::MaxBuckets {
                value: value.to_owned()
            }
        );
        assert_eq!(Fault::from(error).code(), ErrorCode::InvalidArgument);
    }
    let query = Query::of("continuation-token=!").unwrap();
    assert!(BucketListParameters::of(&query).is_err());
}
