use super::{in_script, in_shell};

#[test]
fn a_hostile_text_stays_one_word_and_one_string() {
    assert_eq!(in_shell("a'; rm -rf / #"), r"'a'\''; rm -rf / #'");
    assert_eq!(in_shell("$(id) `id`"), "'$(id) `id`'");
    assert_eq!(in_script("a\"</script>\n"), r#""a\"\u003c/script>\n""#);
}
