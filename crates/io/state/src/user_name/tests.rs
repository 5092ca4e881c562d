use super::{UserName, UserNameError};

#[test]
fn names_follow_iams_rules() {
    for good in ["app", "a.b@example.com", "x_+=,-", &"n".repeat(64)] {
        assert_eq!(UserName::parse(good).unwrap().as_str(), good);
    }
    assert_eq!(
        UserName::parse(""),
        Err(UserNameError::Length { characters: 0 })
    );
    assert_eq!(
        UserName::parse(&"n".repeat(65)),
        Err(UserNameError::Length { characters: 65 })
    );
    for (bad, found) in [
        ("a b", ' '),
        ("a/b", '/'),
        ("a\n", '\n'),
        ("h\u{f6}st", '\u{f6}'),
    ] {
        assert_eq!(
            UserName::parse(bad),
            Err(UserNameError::UnexpectedCharacter { found })
        );
    }
}
