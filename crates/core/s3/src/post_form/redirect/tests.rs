use super::Redirect;

fn origin(text: &str) -> Option<String> {
    Redirect::parse(text).map(|redirect| redirect.origin().to_owned())
}

#[test]
fn an_origin_has_one_spelling() {
    for (text, expected) in [
        ("https://app.example.com", "https://app.example.com"),
        (
            "HTTPS://App.Example.COM/done?x=1#y",
            "https://app.example.com",
        ),
        ("https://app.example.com:443/", "https://app.example.com"),
        (
            "https://app.example.com:8443?x",
            "https://app.example.com:8443",
        ),
        ("http://localhost:80", "http://localhost"),
        ("http://localhost:443", "http://localhost:443"),
        ("https://[::1]:9/", "https://[::1]:9"),
        ("https://[::1]", "https://[::1]"),
    ] {
        assert_eq!(origin(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn e9_an_address_that_others_may_read_otherwise_is_none() {
    for text in [
        "",
        "/done",
        "//evil.example",
        "app.example.com",
        "javascript://app.example.com/%0aalert(1)",
        "data:text/html,x",
        "ftp://app.example.com",
        "https:/app.example.com",
        "https://",
        "https:///evil.example",
        "https://app.example.com@evil.example",
        "https://app.example.com:pass@evil.example",
        "https://evil.example\\@app.example.com",
        "https://evil.example\\.app.example.com",
        "https://app.example.com%2eevil.example",
        "https://app.example.com:0",
        "https://app.example.com:",
        "https://app.example.com:+1",
        "https://app.example.com:0443",
        "https://app.example.com:65536",
        "https://[::1",
        "https://[::1]x",
        "https://[app.example.com]",
        "https://app example.com",
        "https://app.example.com/\r\nset-cookie:a=b",
        "https://\u{e4}pp.example.com",
        " https://app.example.com",
    ] {
        assert_eq!(origin(text), None, "{text:?}");
    }
}

#[test]
fn what_was_stored_is_appended_to_the_query() {
    let result = |text: &str| {
        let redirect = Redirect::parse(text).unwrap();
        redirect.with_result("b", "a b/ü&x", "\"e\"")
    };
    let stored = "bucket=b&key=a%20b%2F%C3%BC%26x&etag=%22e%22";
    for (text, expected) in [
        ("https://a.example", format!("https://a.example?{stored}")),
        (
            "https://a.example/x",
            format!("https://a.example/x?{stored}"),
        ),
        (
            "https://a.example/x?y=1",
            format!("https://a.example/x?y=1&{stored}"),
        ),
        (
            "https://a.example/x#z?q",
            format!("https://a.example/x?{stored}#z?q"),
        ),
    ] {
        assert_eq!(result(text), expected);
    }
}
