use std::collections::HashSet;

use super::{NewCredential, user_unique_id};

#[test]
fn credentials_have_the_shapes_of_aws() {
    for _ in 0..100 {
        let NewCredential { id, secret } = NewCredential::generate().unwrap();
        let random = id.as_str().strip_prefix("AKIA").unwrap();
        assert_eq!(random.len(), 16);
        assert!(
            random
                .bytes()
                .all(|b| b.is_ascii_uppercase() || (b'2'..=b'7').contains(&b))
        );
        assert_eq!(secret.expose().len(), 40);
        assert!(
            secret
                .expose()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"+/".contains(&b))
        );
    }
    assert_eq!(user_unique_id().unwrap().len(), 21);
}

#[test]
fn no_two_credentials_are_alike() {
    let made: Vec<_> = (0..1000)
        .map(|_| NewCredential::generate().unwrap())
        .collect();
    let ids: HashSet<_> = made.iter().map(|c| c.id.as_str()).collect();
    let secrets: HashSet<_> = made.iter().map(|c| c.secret.expose()).collect();
    assert_eq!((ids.len(), secrets.len()), (1000, 1000));
}

#[test]
fn f7_debug_output_of_a_credential_holds_no_secret() {
    let credential = NewCredential::generate().unwrap();
    assert!(!format!("{credential:?}").contains(credential.secret.expose()));
}
