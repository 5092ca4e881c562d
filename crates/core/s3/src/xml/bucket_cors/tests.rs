use super::{CorsDocumentError, cors_document, read_cors};

const RULES: &str = "<CORSConfiguration><CORSRule><ID>one</ID>\
     <AllowedHeader>*</AllowedHeader><AllowedMethod>PUT</AllowedMethod>\
     <AllowedMethod>GET</AllowedMethod><AllowedOrigin>https://*.example.com</AllowedOrigin>\
     <ExposeHeader>ETag</ExposeHeader><MaxAgeSeconds>600</MaxAgeSeconds></CORSRule></CORSConfiguration>";

#[test]
fn what_is_read_is_written_again() {
    let rules = read_cors(RULES.as_bytes()).unwrap();
    let written = cors_document(&rules);
    assert!(
        written.contains("<AllowedMethod>PUT</AllowedMethod><AllowedMethod>GET"),
        "{written}"
    );
    assert_eq!(read_cors(written.as_bytes()).unwrap(), rules);
}

#[test]
fn what_is_not_understood_is_refused() {
    for (old, new) in [
        ("CORSConfiguration", "Other"),
        ("CORSRule>", "Rule>"),
        ("ExposeHeader>", "Expose>"),
        (">600<", ">-1<"),
    ] {
        let document = RULES.replace(old, new);
        let refused = read_cors(document.as_bytes());
        assert_eq!(refused, Err(CorsDocumentError::Shape), "{document}");
    }
    for (old, new) in [(">PUT<", ">PATCH<"), ("https://*.", "*://*.")] {
        let document = RULES.replace(old, new);
        let refused = read_cors(document.as_bytes());
        assert!(
            matches!(refused, Err(CorsDocumentError::Rules(_))),
            "{document}"
        );
    }
    assert!(read_cors(b"<CORSConfiguration/>").is_err());
}
