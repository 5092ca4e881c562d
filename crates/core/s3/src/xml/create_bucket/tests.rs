use super::{CreateBucketConfiguration, CreateBucketError};
use crate::{ErrorCode, Fault};

const EU: &[u8] = b"<CreateBucketConfiguration xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
    <LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>";

#[test]
fn the_region_is_read_from_the_body() {
    let read = CreateBucketConfiguration::read(EU).unwrap();
    assert_eq!(read.location_constraint.as_deref(), Some("eu-central-1"));
    assert_eq!(
        CreateBucketConfiguration::read(b"")
            .unwrap()
            .location_constraint,
        None
    );
    let empty = b"<CreateBucketConfiguration><LocationConstraint/></CreateBucketConfiguration>";
    assert_eq!(
        CreateBucketConfiguration::read(empty)
            .unwrap()
            .location_constraint,
        None
    );
}

#[test]
fn another_region_than_the_endpoints_is_refused() {
    let read = CreateBucketConfiguration::read(EU).unwrap();
    assert_eq!(read.check_region("eu-central-1"), Ok(()));
    let fault = read.check_region("us-east-1").unwrap_err();
    assert_eq!(fault.code(), ErrorCode::IllegalLocationConstraintException);
    assert!(
        fault
            .message()
            .starts_with("The eu-central-1 location constraint")
    );
    assert_eq!(
        CreateBucketConfiguration::default().check_region("eu-central-1"),
        Ok(())
    );
}

#[test]
fn what_we_cannot_do_is_refused_not_ignored() {
    let tagged = b"<CreateBucketConfiguration><Tags/></CreateBucketConfiguration>";
    let error = CreateBucketConfiguration::read(tagged).unwrap_err();
    assert_eq!(
        error,
        CreateBucketError::NotImplemented {
            element: "Tags".to_owned()
        }
    );
    assert_eq!(Fault::from(error).code(), ErrorCode::NotImplemented);
    for body in [&b"<Other/>"[..], b"<CreateBucketConfiguration>", b"x"] {
        let fault = Fault::from(CreateBucketConfiguration::read(body).unwrap_err());
        assert_eq!(fault.code(), ErrorCode::MalformedXML);
    }
}
