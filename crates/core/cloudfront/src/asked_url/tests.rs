use proptest::prelude::*;

use super::*;

fn asked(query: &str) -> String {
    let query = Query::of(query).unwrap();
    let asked = AskedUrl::of(Scheme::Https, "example.com:8443", "/a%20b", &query).unwrap();
    assert_eq!(
        (asked.authority(), asked.path()),
        ("example.com:8443", "/a%20b")
    );
    asked.to_string()
}

#[test]
fn what_remains_of_a_query_keeps_its_spelling_and_order() {
    for (query, expected) in [
        ("", "https://example.com:8443/a%20b"),
        (
            "Expires=1&Signature=2&Key-Pair-Id=3",
            "https://example.com:8443/a%20b",
        ),
        (
            "Policy=1&x=1&Hash-Algorithm=2&y=2",
            "https://example.com:8443/a%20b?x=1&y=2",
        ),
        (
            "y=%7e+%7E&&x&Expires=1",
            "https://example.com:8443/a%20b?y=%7e+%7E&&x",
        ),
        ("&Expires=1", "https://example.com:8443/a%20b?"),
        (
            "expires=1&SIGNATURE=2",
            "https://example.com:8443/a%20b?expires=1&SIGNATURE=2",
        ),
        (
            "x=Expires=1&Expires=1",
            "https://example.com:8443/a%20b?x=Expires=1",
        ),
    ] {
        assert_eq!(asked(query), expected, "{query}");
    }
}

#[test]
fn no_signing_parameter_remains_however_its_name_is_escaped() {
    assert_eq!(
        asked("%45xpires=1&Key%2DPair%2dId=2&a=b"),
        "https://example.com:8443/a%20b?a=b"
    );
}

#[test]
fn a_url_to_be_signed_is_absolute_and_as_it_is_sent() {
    for url in [
        "https://example.com/",
        "http://example.com:80/a?",
        "https://[::1]/a?b=c",
    ] {
        assert_eq!(AskedUrl::parse(url).unwrap().as_str(), url);
    }
    for (url, expected) in [
        ("/a", UrlError::NotAbsolute),
        ("https://example.com", UrlError::NotAbsolute),
        ("https:///a", UrlError::NotAbsolute),
        ("ftp://example.com/a", UrlError::NotAbsolute),
        ("https://example.com/a#b", UrlError::Fragment),
        ("https://example.com/a b", UrlError::Character { at: 21 }),
        ("https://example.com/\"", UrlError::Character { at: 20 }),
        ("https://example.com/\\", UrlError::Character { at: 20 }),
        (
            "https://example.com/a?Policy=",
            UrlError::SigningParameter {
                parameter: Parameter::Policy,
            },
        ),
    ] {
        assert_eq!(AskedUrl::parse(url).unwrap_err(), expected, "{url}");
    }
}

proptest! {
    #[test]
    fn any_query_without_a_signature_is_kept_whole(query in "([a-z%=&+]|%2[0-9]){0,20}") {
        if let Ok(parsed) = Query::of(&query) {
            let asked = AskedUrl::of(Scheme::Http, "h", "/", &parsed).unwrap();
            prop_assert_eq!(asked.raw_query().unwrap_or_default(), &query);
            prop_assert!(asked.query().pairs().eq(parsed.pairs()));
        }
    }
}
