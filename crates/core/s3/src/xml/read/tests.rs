use proptest::prelude::{any, proptest};
use proptest::test_runner::Config;

use super::{Element, Limits, XmlError, read};

fn document(text: &str) -> Result<Element, XmlError> {
    read(text.as_bytes(), Limits::default())
}

#[test]
fn elements_text_and_references_are_read() {
    let root = document(
        "<?xml version=\"1.0\"?><!-- c -->\n<s3:A xmlns:s3=\"x\"><B>a &amp;&#x41;<![CDATA[<]]></B><C/></s3:A>",
    );
    let root = root.unwrap();
    assert_eq!((root.name.as_str(), root.text.as_str()), ("A", ""));
    assert_eq!(root.child("B").unwrap().text, "a &A<");
    assert_eq!(root.child("C").unwrap().text, "");
    assert_eq!(root.child("D"), None);
}

#[test]
fn entities_and_document_types_are_refused() {
    let bomb = "<!DOCTYPE a [<!ENTITY x \"xx\">]><a>&x;</a>";
    for text in [
        bomb,
        "<a>&x;</a>",
        "<a>&nbsp;</a>",
        "<?php x?><a/>",
        "<!DOCTYPE a><a/>",
    ] {
        assert_eq!(document(text), Err(XmlError::Forbidden), "{text}");
    }
}

#[test]
fn malformed_documents_are_refused() {
    let cases = [
        "",
        "a",
        "<a>",
        "<a></b>",
        "</a>",
        "<a/><b/>",
        "<a/>b",
        "<a>&amp</a>",
        "<a>&#0;</a>",
        "<a>&#xFFFF;</a>",
        "<a",
        "<a><![CDATA[x</a>",
        "<a><!-- x</a>",
    ];
    for text in cases {
        assert_eq!(document(text), Err(XmlError::Malformed), "{text}");
    }
    assert_eq!(
        read(b"<a>\xff</a>", Limits::default()),
        Err(XmlError::NotUtf8)
    );
}

#[test]
fn l2_size_depth_and_number_are_bounded() {
    let limits = Limits {
        bytes: 100,
        depth: 3,
        elements: 5,
    };
    let long = format!("<a>{}</a>", "x".repeat(100));
    assert_eq!(
        read(long.as_bytes(), limits),
        Err(XmlError::TooLong { limit: 100 })
    );
    assert_eq!(
        read(b"<a><a><a><a/></a></a></a>", limits),
        Err(XmlError::TooComplex)
    );
    assert_eq!(
        read(b"<a><b/><b/><b/><b/><b/></a>", limits),
        Err(XmlError::TooComplex)
    );
    assert!(read(b"<a><a><a/></a><b/><b/></a>", limits).is_ok());
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn any_bytes_are_answered(bytes in proptest::collection::vec(any::<u8>(), 0..60), markup in "[<>/a!?&;\\[\\]\\- \"=#x0D]{0,60}") {
        let _ = read(&bytes, Limits::default());
        let _ = document(&markup);
    }
}
