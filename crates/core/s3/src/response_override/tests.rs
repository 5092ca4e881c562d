use countersign_request::Query;

use super::{OverrideError, ResponseOverrides, is_active_content};
use crate::Fault;

fn query(raw: &str) -> Query {
    Query::of(raw).unwrap()
}

#[test]
fn all_six_headers_can_be_replaced() {
    let query = query(
        "response-content-type=text/plain&response-content-language=de&response-expires=x&\
         response-cache-control=no-cache&response-content-disposition=attachment&\
         response-content-encoding=gzip&response-other=y",
    );
    let overrides = ResponseOverrides::of(&query).unwrap();
    assert_eq!(overrides.headers().count(), 6);
    assert_eq!(overrides.value_of("content-type"), Some("text/plain"));
    assert_eq!(overrides.value_of("expires"), Some("x"));
    assert!(!overrides.is_empty());
}

#[test]
fn a_request_without_overrides_has_none() {
    let query = query("versionId=1&response-content-type=");
    assert!(ResponseOverrides::of(&query).unwrap().is_empty());
}

#[test]
fn values_are_sent_in_iso_8859_1_or_not_at_all() {
    let umlaut = query("response-content-disposition=%C3%BC");
    let headers: Vec<_> = ResponseOverrides::of(&umlaut).unwrap().headers().collect();
    assert_eq!(headers, [("content-disposition", vec![0xfc])]);
    let euro = query("response-content-disposition=%E2%82%AC");
    let fault = Fault::from(ResponseOverrides::of(&euro).unwrap_err());
    assert_eq!(
        fault.message(),
        "Header value cannot be represented using ISO-8859-1."
    );
    let fields = [
        ("ArgumentName", "response-content-disposition".to_owned()),
        ("ArgumentValue", "€".to_owned()),
    ];
    assert_eq!(fault.fields(), fields);
}

#[test]
fn a17_line_ends_cannot_be_smuggled_into_a_header() {
    for raw in ["%0d%0aSet-Cookie:a", "%00", "%C2%85", "%7f"] {
        let query = query(&format!("response-cache-control={raw}"));
        let expected = OverrideError::ControlCharacter {
            parameter: "response-cache-control",
        };
        assert_eq!(ResponseOverrides::of(&query), Err(expected), "{raw}");
    }
}

#[test]
fn a16_types_that_run_script_are_told_from_those_that_do_not() {
    let active = [
        "text/html",
        "TEXT/HTML; charset=utf-8",
        " text/html",
        "application/xhtml+xml",
        "image/svg+xml",
        "text/xml",
        "application/xml",
        "application/rss+xml",
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "text/ecmascript",
        "text/xsl",
        "multipart/x-mixed-replace",
        "multipart/related",
        "message/rfc822",
        "html",
        "",
        "text/plain,text/html",
        "text/ html",
        "*/*",
        "text/",
    ];
    for content_type in active {
        assert!(is_active_content(content_type), "{content_type:?}");
    }
    let passive = [
        "text/plain",
        "image/png",
        "application/pdf",
        "application/octet-stream",
        "application/json; charset=utf-8",
        "video/mp4",
        "application/vnd.ms-excel",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ];
    for content_type in passive {
        assert!(!is_active_content(content_type), "{content_type:?}");
    }
    let query = query("response-content-type=text%2Fhtml");
    assert!(
        ResponseOverrides::of(&query)
            .unwrap()
            .asks_for_active_content()
    );
}
