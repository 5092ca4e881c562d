use super::*;

#[test]
fn the_document_is_the_one_that_aws_writes() {
    let id = RequestId::from_random([1; 16]);
    let document = Fault::sender(404, "NoSuchEntity", "no user <a>").document("urn:x", &id);
    assert_eq!(
        document,
        "<ErrorResponse xmlns=\"urn:x\"><Error><Type>Sender</Type><Code>NoSuchEntity</Code>\
         <Message>no user &lt;a&gt;</Message></Error>\
         <RequestId>01010101-0101-4101-8101-010101010101</RequestId></ErrorResponse>"
    );
}

#[test]
fn our_own_faults_say_that_they_are() {
    let document = Fault::internal().document("urn:x", &RequestId::from_random([0; 16]));
    assert!(document.contains("<Type>Receiver</Type><Code>InternalFailure</Code>"));
    assert_eq!(Fault::internal().status(), 500);
}
