use super::*;

fn fits(shape: &Shape, text: &str) -> bool {
    shape.violations(text).is_empty()
}

#[test]
fn names_have_the_characters_of_iam() {
    assert!(fits(&NAME_64, "Ann_1+=,.@-"));
    for bad in ["", "a b", "a/b", "ü", "a*", &"x".repeat(65)] {
        assert!(!fits(&NAME_64, bad), "{bad}");
    }
}

#[test]
fn paths_begin_and_end_with_a_slash() {
    for good in ["/", "/a/", "/division/sub_division/", "/a!/"] {
        assert!(fits(&PATH, good), "{good}");
    }
    for bad in ["", "//", "a/", "/a", "/a b/", "/ü/"] {
        assert!(!fits(&PATH, bad), "{bad}");
    }
    assert!(
        fits(&POLICY_PATH, "/a/b/") && !fits(&POLICY_PATH, "/a!/") && !fits(&POLICY_PATH, "/a//")
    );
    assert!(fits(&PATH_PREFIX, "/a") && !fits(&PATH_PREFIX, "a"));
}

#[test]
fn tags_have_letters_separators_and_digits_of_any_script() {
    for good in ["team", "Grüße aus Köln", "名前", "a b\u{a0}c", "x_.:/=+-@1"] {
        assert!(fits(&TAG_KEY, good), "{good}");
    }
    for bad in ["a\tb", "a\nb", "<a>", "a&b", "a*", "\u{0}"] {
        assert!(!fits(&TAG_KEY, bad), "{bad:?}");
    }
    assert!(fits(&TAG_VALUE, "") && !fits(&TAG_KEY, ""));
}

#[test]
fn documents_have_latin_characters_and_are_never_repeated() {
    assert!(fits(&DOCUMENT, "{\t\r\n \u{ff}}"));
    assert!(!fits(&DOCUMENT, "{\u{100}}") && !fits(&DOCUMENT, "\u{0}"));
}

#[test]
fn versions_are_numbered_from_one() {
    for good in ["v1", "v10", "v1.a-B"] {
        assert!(fits(&VERSION_ID, good), "{good}");
    }
    for bad in ["v0", "1", "v", "v01", "V1", "v1x"] {
        assert!(!fits(&VERSION_ID, bad), "{bad}");
    }
}
