use super::{Meaning, PARAMETERS, SubResource};

#[test]
fn every_name_has_a_number_of_its_own_below_the_width_of_the_set() {
    let names = SubResource::ALL.iter().map(|s| s.name()).chain(PARAMETERS);
    for (number, name) in (0u32..).zip(names) {
        let (found, meaning) = Meaning::of(name).unwrap();
        assert_eq!((found, meaning.name()), (number, name));
        assert!(number < u128::BITS);
    }
}

#[test]
fn names_are_found_in_any_case_and_unknown_ones_are_not() {
    assert_eq!(
        Meaning::of("VERSIONID").unwrap().1,
        Meaning::Parameter("versionId")
    );
    assert_eq!(
        Meaning::of("ACL").unwrap().1,
        Meaning::SubResource(SubResource::Acl)
    );
    assert_eq!(Meaning::of("x-id"), None);
    assert_eq!(Meaning::of(""), None);
}
