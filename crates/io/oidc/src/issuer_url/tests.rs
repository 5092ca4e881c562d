use proptest::prelude::*;

use super::{IssuerUrl, IssuerUrlError, same_issuer};

#[test]
fn issuers_of_real_providers_are_read() {
    for (text, name) in [
        (
            "https://token.actions.githubusercontent.com",
            "token.actions.githubusercontent.com",
        ),
        ("https://accounts.google.com", "accounts.google.com"),
        ("https://gitlab.example.com:8443", "gitlab.example.com:8443"),
        (
            "https://login.microsoftonline.com/9122040d-6c67-4c5b/v2.0",
            "login.microsoftonline.com/9122040d-6c67-4c5b/v2.0",
        ),
        ("https://tenant.eu.auth0.com/", "tenant.eu.auth0.com"),
        (
            "https://keycloak.example.com/realms/a_b~c",
            "keycloak.example.com/realms/a_b~c",
        ),
        ("http://127.0.0.1:4000", "127.0.0.1:4000"),
        ("http://localhost:4000/oidc", "localhost:4000/oidc"),
        ("http://[::1]:4000", "[::1]:4000"),
        ("https://10.0.0.5", "10.0.0.5"),
    ] {
        let issuer: IssuerUrl = text.parse().unwrap();
        assert_eq!((issuer.as_str(), issuer.name()), (text, name));
    }
}

#[test]
fn what_is_no_issuer_is_refused() {
    use IssuerUrlError::{Authority, Path, Scheme, TooLong};
    let long = format!("https://{}.example", "a/".repeat(150));
    for (text, expected) in [
        ("", Scheme),
        ("accounts.example.com", Scheme),
        ("HTTPS://accounts.example.com", Scheme),
        ("ftp://accounts.example.com", Scheme),
        ("http://accounts.example.com", Scheme),
        ("http://10.0.0.5", Scheme),
        ("http://127.0.0.1.example.com", Scheme),
        ("https://", Authority),
        ("https:///path", Authority),
        ("https://Accounts.example.com", Authority),
        ("https://user@accounts.example.com", Authority),
        ("https://accounts.example.com:", Authority),
        ("https://accounts.example.com:0", Authority),
        ("https://accounts.example.com:080", Authority),
        ("https://accounts.example.com:+80", Authority),
        ("https://accounts.example.com:65536", Authority),
        ("https://accounts..example.com", Authority),
        ("https://accounts.example.com.", Authority),
        ("https://127.1", Authority),
        ("https://2130706433", Authority),
        ("https://0x7f000001", Authority),
        ("https://0177.0.0.1", Authority),
        ("https://[::1", Authority),
        ("https://[127.0.0.1]", Authority),
        ("https://[fe80::1%25eth0]", Authority),
        ("https://ex\u{e4}mple.com", Authority),
        ("https://accounts.example.com?x=y", Path),
        ("https://accounts.example.com#x", Path),
        ("https://accounts.example.com/a?x=y", Path),
        ("https://accounts.example.com/a%2fb", Path),
        ("https://accounts.example.com/a/../b", Path),
        ("https://accounts.example.com/.", Path),
        ("https://accounts.example.com/a b", Path),
        ("https://accounts.example.com/a\r\n", Path),
        (long.as_str(), TooLong),
    ] {
        assert_eq!(text.parse::<IssuerUrl>(), Err(expected), "{text}");
    }
}

#[test]
fn issuers_are_one_only_if_a_slash_at_the_end_is_their_difference() {
    for (one, other) in [
        ("https://a.example", "https://a.example"),
        ("https://a.example/", "https://a.example"),
        ("https://a.example/x", "https://a.example/x/"),
    ] {
        assert!(same_issuer(one, other) && same_issuer(other, one));
    }
    for other in [
        "https://a.example//",
        "https://a.example/x",
        "https://a.exampl",
        "http://a.example",
        "https://A.example",
        "",
    ] {
        assert!(!same_issuer("https://a.example", other), "{other}");
    }
}

proptest! {
    /// Whatever is taken is kept as it was written, and its parts make it up.
    #[test]
    fn the_parts_of_an_issuer_make_it_up(text in "https?://[a-z0-9.:\\[\\]-]{0,20}(/[a-zA-Z0-9._~?#/-]{0,20})?") {
        if let Ok(issuer) = text.parse::<IssuerUrl>() {
            let scheme = if issuer.is_tls() { "https://" } else { "http://" };
            prop_assert_eq!(issuer.as_str(), &text);
            prop_assert_eq!(format!("{scheme}{}{}", issuer.authority(), issuer.path()), text);
            prop_assert!(issuer.is_tls() || issuer.host().is_written_loopback());
        }
    }
}
