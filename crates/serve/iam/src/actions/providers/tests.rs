use super::check_issuer;

#[test]
fn issuers_are_https_urls_of_a_host_and_a_path() {
    for good in [
        "https://token.actions.githubusercontent.com",
        "https://gitlab.example.com/group/a",
        "https://localhost:8443/realms/x",
        "http://127.0.0.1:4000",
    ] {
        assert_eq!(check_issuer(good), Ok(()), "{good}");
    }
    for bad in [
        "http://example.com",
        "example.com",
        "https://",
        "https:///path",
        "https://Example.com",
        "https://example.com/?a=b",
        "https://example.com/#a",
        "https://user@example.com",
        "https://exa mple.com",
        "https://ex\u{e4}mple.com",
    ] {
        assert!(check_issuer(bad).is_err(), "{bad}");
    }
}
