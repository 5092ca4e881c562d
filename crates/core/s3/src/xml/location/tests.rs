use super::location_document;

#[test]
fn the_oldest_region_has_no_name() {
    assert!(location_document("us-east-1").ends_with("/2006-03-01/\"></LocationConstraint>"));
    assert!(location_document("eu-west-1").ends_with("\">eu-west-1</LocationConstraint>"));
}
