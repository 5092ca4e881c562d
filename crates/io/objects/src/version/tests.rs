use countersign_s3::VersionId;

use super::{NewestFirst, new_id, place_of};

#[test]
fn an_id_tells_its_number_and_no_two_are_alike() {
    let (first, second) = (new_id(77).unwrap(), new_id(77).unwrap());
    assert_ne!(first, second);
    assert_eq!(place_of(&first), Some(NewestFirst(-77)));
    assert_eq!(place_of(&VersionId::null()), None);
}

#[test]
fn newer_versions_come_first() {
    assert!(NewestFirst::of_number(2) < NewestFirst::of_number(1));
}
