use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::error_document;
use crate::xml::{Limits, read};
use crate::{ErrorCode, Fault};

#[test]
fn elements_stand_in_the_order_of_aws() {
    let fault = Fault::new(ErrorCode::RequestTimeTooSkewed)
        .with("RequestTime", "20190726T221748Z")
        .with("MaxAllowedSkewMilliseconds", "900000");
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <Error><Code>RequestTimeTooSkewed</Code>\
        <Message>The difference between the request time and the current time is too large.</Message>\
        <RequestTime>20190726T221748Z</RequestTime>\
        <MaxAllowedSkewMilliseconds>900000</MaxAllowedSkewMilliseconds>\
        <RequestId>ID</RequestId><HostId>HOST</HostId></Error>";
    assert_eq!(error_document(&fault, "ID", "HOST"), expected);
}

#[test]
fn angle_brackets_of_a_message_are_escaped() {
    let fault = Fault::new(ErrorCode::AuthorizationQueryParametersError)
        .saying("expecting \"<YOUR-AKID>/YYYYMMDD/REGION/SERVICE/aws4_request\".");
    let document = error_document(&fault, "", "");
    assert!(document.contains("&quot;&lt;YOUR-AKID&gt;/YYYYMMDD/"));
}

proptest! {
    #![proptest_config(Config { cases: 128, failure_persistence: None, ..Config::default() })]

    #[test]
    fn a_hostile_field_cannot_add_an_element(key in any::<String>(), markup in "[<>/&;\"Error]{0,30}") {
        let fault = Fault::new(ErrorCode::NoSuchKey).with("Key", format!("{key}{markup}"));
        let root = read(error_document(&fault, "ID", "HOST").as_bytes(), Limits::default()).unwrap();
        let names: Vec<_> = root.children.iter().map(|child| child.name.as_str()).collect();
        prop_assert_eq!(names, ["Code", "Message", "Key", "RequestId", "HostId"]);
    }
}
