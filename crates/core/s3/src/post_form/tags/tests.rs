use super::read;
use crate::{PostFormError, TaggingError};

fn document(tags: &str) -> String {
    format!("<Tagging><TagSet>{tags}</TagSet></Tagging>")
}

const ONE: &str = "<Tag><Key>a b</Key><Value>1&amp;2</Value></Tag>";

#[test]
fn tags_are_read_in_order() {
    let two = "<Tag><Key>z</Key><Value/></Tag><Tag><Value>v =+</Value><Key>a</Key></Tag>";
    let expected = [("z", ""), ("a", "v =+")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    assert_eq!(read(&document(two)), Ok(Some(expected.to_vec())));
    assert_eq!(read(&document("")), Ok(Some(Vec::new())));
}

#[test]
fn a_document_of_another_shape_means_no_tags() {
    for other in [
        "<Tags/>",
        "<Tagging/>",
        "<Tagging><TagSet><Tag><Key>a</Key></Tag></TagSet></Tagging>",
        "<Tagging><TagSet><Tug><Key>a</Key><Value>b</Value></Tug></TagSet></Tagging>",
    ] {
        assert_eq!(read(other), Ok(None), "{other}");
    }
}

#[test]
fn what_is_no_xml_is_refused() {
    for other in ["", "a=b", "<Tagging>", "<!DOCTYPE a><Tagging/>"] {
        assert_eq!(read(other), Err(PostFormError::TagsNotXml), "{other}");
    }
}

#[test]
fn the_rules_of_tags_hold() {
    let error = TaggingError::InvalidValue {
        key: "a b".to_owned(),
        value: "1&2".to_owned(),
    };
    assert_eq!(read(&document(ONE)), Err(PostFormError::Tags(error)));
    let tag = |key: &str| format!("<Tag><Key>{key}</Key><Value>x</Value></Tag>");
    let key = "aws:x".to_owned();
    let reserved = PostFormError::Tags(TaggingError::Reserved { key });
    assert_eq!(read(&document(&tag("aws:x"))), Err(reserved));
    let key = "a".to_owned();
    let repeated = PostFormError::Tags(TaggingError::Repeated { key });
    assert_eq!(read(&document(&tag("a").repeat(2))), Err(repeated));
    let eleven: String = (0..11).map(|number| tag(&number.to_string())).collect();
    let count = 11;
    let expected = PostFormError::Tags(TaggingError::TooMany { count, most: 10 });
    assert_eq!(read(&document(&eleven)), Err(expected));
}
