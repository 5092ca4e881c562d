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
fn a_bucket_may_begin_with_tags() {
    let tag = "<Tag><Key>team</Key><Value>files</Value></Tag>";
    let read = |tags: &str| {
        let body = format!("<CreateBucketConfiguration>{tags}</CreateBucketConfiguration>");
        CreateBucketConfiguration::read(body.as_bytes())
    };
    let tagged = read(&format!("<Tags>{tag}</Tags>")).unwrap();
    assert_eq!(tagged.tags, [("team".to_owned(), "files".to_owned())]);
    assert_eq!(read("<Tags/>").unwrap().tags, []);
    let twice = Fault::from(read(&format!("<Tags>{tag}{tag}</Tags>")).unwrap_err());
    assert_eq!(twice.code(), ErrorCode::InvalidTag);
    assert_eq!(read("<Tags/><Tags/>"), Err(CreateBucketError::Shape));
}

#[test]
fn what_we_cannot_do_is_refused_not_ignored() {
    let directory = b"<CreateBucketConfiguration><Bucket/></CreateBucketConfiguration>";
    let error = CreateBucketConfiguration::read(directory).unwrap_err();
    assert_eq!(
        error,
        CreateBucketError::NotImplemented {
            element: "Bucket".to_owned()
        }
    );
    assert_eq!(Fault::from(error).code(), ErrorCode::NotImplemented);
    let region = "<LocationConstraint>x</LocationConstraint>";
    for body in [
        "<Other/>",
        "<CreateBucketConfiguration>",
        "x",
        &format!("<CreateBucketConfiguration>{region}{region}</CreateBucketConfiguration>"),
        "<CreateBucketConfiguration><LocationConstraint><a/></LocationConstraint>\
         </CreateBucketConfiguration>",
    ] {
        let refused = CreateBucketConfiguration::read(body.as_bytes());
        let fault = Fault::from(refused.unwrap_err());
        assert_eq!(fault.code(), ErrorCode::MalformedXML, "{body}");
    }
}
