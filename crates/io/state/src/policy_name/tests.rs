use super::{GroupName, PolicyName, PolicyNameError};

#[test]
fn names_follow_iams_rules() {
    let longest = "n".repeat(128);
    for name in ["a", "FullAccess", "a_b+c=d,e.f@g-h", longest.as_str()] {
        assert_eq!(GroupName::parse(name).unwrap().as_str(), name);
        assert_eq!(name.parse::<PolicyName>().unwrap().to_string(), name);
    }
    let longer = longest + "n";
    for (name, error) in [
        ("", PolicyNameError::Length { characters: 0 }),
        (&longer, PolicyNameError::Length { characters: 129 }),
        ("a b", PolicyNameError::UnexpectedCharacter { found: ' ' }),
        ("a/b", PolicyNameError::UnexpectedCharacter { found: '/' }),
        ("é", PolicyNameError::UnexpectedCharacter { found: 'é' }),
    ] {
        assert_eq!(GroupName::parse(name), Err(error));
        assert_eq!(PolicyName::parse(name), Err(error));
    }
}
