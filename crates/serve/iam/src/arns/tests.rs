use super::{issuers, of, provider};

#[test]
fn a_provider_is_found_by_the_arn_that_it_is_given() {
    for (issuer, name) in [
        ("https://accounts.example.com", "accounts.example.com"),
        (
            "https://accounts.example.com/realms/a",
            "accounts.example.com/realms/a",
        ),
        ("http://127.0.0.1:4000", "127.0.0.1:4000"),
        ("http://localhost:4000", "localhost:4000"),
    ] {
        let arn = provider(issuer);
        assert_eq!(arn, of(&format!("oidc-provider/{name}")));
        assert!(issuers(&arn).contains(&issuer.to_owned()), "{issuer}");
    }
}

#[test]
fn an_arn_of_a_provider_elsewhere_is_never_one_over_plain_http() {
    let arn = provider("https://accounts.example.com");
    assert_eq!(issuers(&arn), ["https://accounts.example.com"]);
    assert!(issuers(&of("role/build")).is_empty());
    assert!(issuers(&of("oidc-provider/")).is_empty());
    assert!(issuers("arn:aws:iam::123456789012:oidc-provider/accounts.example.com").is_empty());
}
