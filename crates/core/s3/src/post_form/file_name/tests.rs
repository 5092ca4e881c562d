use super::base_name;

#[test]
fn the_part_after_the_last_separator_is_kept() {
    for (sent, expected) in [
        ("cat.jpg", "cat.jpg"),
        ("C:\\fakepath\\cat.jpg", "cat.jpg"),
        ("/home/me/cat.jpg", "cat.jpg"),
        ("a\\b/c\\d", "d"),
        ("dir/", ""),
        ("", ""),
        ("käse \u{1f9c0}.txt", "käse \u{1f9c0}.txt"),
    ] {
        assert_eq!(base_name(sent), expected);
    }
}

#[test]
fn e8_control_characters_are_left_out() {
    assert_eq!(base_name("a\0b\r\nc\td\u{7f}e\u{9f}"), "abcde");
}
