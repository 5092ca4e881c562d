use super::{RoleName, RoleNameError};

#[test]
fn names_of_roles_are_of_sixty_four_characters_that_iam_allows() {
    for good in ["a", "ci-deploy", "Team_1+=,.@", &"r".repeat(64)] {
        assert_eq!(RoleName::parse(good).unwrap().as_str(), good);
    }
    let length = |characters| Err(RoleNameError::Length { characters });
    assert_eq!(RoleName::parse(""), length(0));
    assert_eq!(RoleName::parse(&"r".repeat(65)), length(65));
    for (bad, found) in [("a b", ' '), ("a/b", '/'), ("é", 'é'), ("a*", '*')] {
        let expected = Err(RoleNameError::UnexpectedCharacter { found });
        assert_eq!(RoleName::parse(bad), expected);
    }
}
