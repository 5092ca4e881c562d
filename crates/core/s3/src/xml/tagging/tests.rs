use super::{TaggingDocumentError, read_tagging, tagging_document};
use crate::TaggingError;

fn tags(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

#[test]
fn what_is_written_is_read_again() {
    for pairs in [
        &[][..],
        &[("a", "1"), ("b", "")],
        &[("grün", "x y/z@+=:_.-")],
    ] {
        let document = tagging_document(&tags(pairs));
        assert_eq!(read_tagging(document.as_bytes(), 10).unwrap(), tags(pairs));
    }
}

#[test]
fn tags_are_told_by_key_however_they_came() {
    let document = tagging_document(&tags(&[("foo", "bar"), ("bar", "")]));
    let read = read_tagging(document.as_bytes(), 10).unwrap();
    assert_eq!(read, tags(&[("bar", ""), ("foo", "bar")]));
}

#[test]
fn tags_are_held_to_the_rules() {
    let many: Vec<_> = (0..11).map(|n| (format!("k{n}"), String::new())).collect();
    let repeated = tags(&[("a", "1"), ("a", "2")]);
    let reserved = tags(&[("aws:x", "1")]);
    let long = tags(&[(&"k".repeat(129), "")]);
    let refused = |tags: &[(String, String)]| {
        let document = tagging_document(tags);
        match read_tagging(document.as_bytes(), 10) {
            Err(TaggingDocumentError::Tagging(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    assert_eq!(
        refused(&many),
        TaggingError::TooMany {
            count: 11,
            most: 10
        }
    );
    assert!(matches!(refused(&repeated), TaggingError::Repeated { .. }));
    assert!(matches!(refused(&reserved), TaggingError::Reserved { .. }));
    assert!(matches!(refused(&long), TaggingError::InvalidTag { .. }));
    let value = tags(&[("k", &"v".repeat(257))]);
    assert!(matches!(refused(&value), TaggingError::InvalidValue { .. }));
}

#[test]
fn another_document_is_refused() {
    for document in [
        "",
        "<Tagging/>",
        "<TagSet/>",
        "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tag><Key>a</Key><Key>b</Key></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tag><Key>a<b/>c</Key><Value/></Tag></TagSet></Tagging>",
        "<!DOCTYPE x><Tagging><TagSet/></Tagging>",
    ] {
        assert!(read_tagging(document.as_bytes(), 10).is_err(), "{document}");
    }
}
