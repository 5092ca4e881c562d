use super::{CorsDocumentError, cors_document, read_cors};
use crate::xml::{Limits, XmlError};

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
fn what_would_be_too_long_to_be_read_again_is_refused() {
    let with_id = |id: &str| RULES.replace("<ID>one</ID>", &format!("<ID>{id}</ID>"));
    let rules = read_cors(with_id(&"\"".repeat(1_000)).as_bytes()).unwrap();
    assert_eq!(read_cors(cors_document(&rules).as_bytes()).unwrap(), rules);
    // Each of these is written as six bytes.
    let refused = read_cors(with_id(&"\"".repeat(60_000)).as_bytes());
    let limit = Limits::default().bytes;
    let too_long = CorsDocumentError::Xml(XmlError::TooLong { limit });
    assert_eq!(refused, Err(too_long));
}

#[test]
fn what_is_not_understood_is_refused() {
    for (old, new) in [
        ("CORSConfiguration", "Other"),
        ("CORSRule>", "Rule>"),
        ("ExposeHeader>", "Expose>"),
        (">600<", ">-1<"),
        (">600<", "><b>600</b><"),
        ("<ID>one</ID>", "<ID>one</ID><ID>two</ID>"),
        ("<MaxAge", "<MaxAgeSeconds>1</MaxAgeSeconds><MaxAge"),
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
