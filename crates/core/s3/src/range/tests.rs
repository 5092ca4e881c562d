use proptest::prelude::{any, prop_assert, proptest};
use proptest::test_runner::Config;

use super::{ByteRange, Extent};
use crate::{ErrorCode, Fault};

fn extent(header: &str, size: u64) -> Option<Extent> {
    ByteRange::parse(header).unwrap().resolve(size).ok()
}

#[test]
fn each_form_of_a_range_finds_its_bytes() {
    let cases = [
        ("bytes=0-9", 0, 10),
        ("bytes=0-", 0, 100),
        ("bytes=90-1000", 90, 10),
        ("bytes=99-99", 99, 1),
        ("bytes=-1", 99, 1),
        ("bytes=-500", 0, 100),
        ("Bytes = 5 - 6", 5, 2),
        ("bytes=0-99999999999999999999999", 0, 100),
    ];
    for (header, first, length) in cases {
        assert_eq!(
            extent(header, 100),
            Some(Extent { first, length }),
            "{header}"
        );
    }
}

#[test]
fn l3_malformed_and_multiple_ranges_are_ignored() {
    let headers = [
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=5-2",
        "bytes=a-b",
        "bytes=+1-2",
        "bytes=1-2,4-5",
        "bytes=0-0,-1",
        "items=0-1",
        "bytes=1--2",
        "bytes=１-２",
        "0-5",
        "bytes=0x1-2",
    ];
    for header in headers {
        assert_eq!(ByteRange::parse(header), None, "{header}");
    }
}

#[test]
fn a_range_behind_the_end_is_refused_with_both_numbers() {
    for (header, size) in [
        ("bytes=100-", 100),
        ("bytes=-0", 100),
        ("bytes=0-0", 0),
        ("bytes=-5", 0),
    ] {
        assert_eq!(extent(header, size), None, "{header}");
    }
    let fault = Fault::from(
        ByteRange::parse("bytes=7-")
            .unwrap()
            .resolve(7)
            .unwrap_err(),
    );
    let fields = [
        ("RangeRequested", "bytes=7-".to_owned()),
        ("ActualObjectSize", "7".to_owned()),
    ];
    assert_eq!(
        (fault.code(), fault.fields()),
        (ErrorCode::InvalidRange, &fields[..])
    );
}

#[test]
fn the_answer_names_the_part_it_carries() {
    assert_eq!(
        Extent {
            first: 5,
            length: 2
        }
        .content_range(100),
        "bytes 5-6/100"
    );
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn an_extent_lies_within_the_object(
        header in "bytes=(-[0-9]{1,21}|[0-9]{1,21}-|[0-9]{1,3}-[0-9]{1,21})",
        size in any::<u64>(),
        small in 0u64..1000,
    ) {
        for size in [size, small] {
            let Some(range) = ByteRange::parse(&header) else { continue };
            if let Ok(Extent { first, length }) = range.resolve(size) {
                prop_assert!(length > 0);
                prop_assert!(first.checked_add(length).is_some_and(|end| end <= size));
            }
        }
    }
}
