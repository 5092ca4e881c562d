use super::ETag;

#[test]
fn the_tag_of_an_empty_object_is_the_md5_of_nothing() {
    let digest = [
        0xd4, 0x1d, 0x8c, 0xd9, 0x8f, 0x00, 0xb2, 0x04, 0xe9, 0x80, 0x09, 0x98, 0xec, 0xf8, 0x42,
        0x7e,
    ];
    assert_eq!(
        ETag::of_md5(digest).as_str(),
        "d41d8cd98f00b204e9800998ecf8427e"
    );
    assert_eq!(
        ETag::of_parts(digest, 3).quoted(),
        "\"d41d8cd98f00b204e9800998ecf8427e-3\""
    );
}

#[test]
fn quotes_and_the_weak_mark_are_no_part_of_a_tag() {
    for text in ["abc", "\"abc\"", "W/\"abc\""] {
        assert_eq!(ETag::parse(text).as_str(), "abc");
    }
    assert_eq!(ETag::parse("\"").as_str(), "\"");
}
