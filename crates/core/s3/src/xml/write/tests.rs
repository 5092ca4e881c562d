use proptest::prelude::{any, prop_assert_eq, proptest};
use proptest::test_runner::Config;

use super::{XmlWriter, is_xml_char};
use crate::xml::{Limits, read};

fn document(text: &str) -> String {
    let mut xml = XmlWriter::new();
    xml.root("Root", |xml| {
        xml.text("Key", text);
        xml.optional_text("None", None);
    });
    xml.finish()
}

#[test]
fn markup_in_text_is_escaped() {
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <Root xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\">\
        <Key>&lt;/Key&gt;&amp;&quot;'&#13;\n</Key></Root>";
    assert_eq!(document("</Key>&\"'\r\n"), expected);
}

#[test]
fn characters_xml_cannot_hold_are_replaced() {
    assert!(
        document("a\0b\u{1}c\u{ffff}d\u{fffe}")
            .contains("<Key>a\u{fffd}b\u{fffd}c\u{fffd}d\u{fffd}<")
    );
}

proptest! {
    #![proptest_config(Config { cases: 256, failure_persistence: None, ..Config::default() })]

    #[test]
    fn hostile_text_is_read_back_as_written(text in any::<String>(), markup in "[<>&\"'\\]!\\-a;\r\n]{0,30}") {
        let text = format!("{text}{markup}");
        let root = read(document(&text).as_bytes(), Limits::default()).unwrap();
        let expected: String = text.chars().map(|c| if is_xml_char(c) { c } else { '\u{fffd}' }).collect();
        prop_assert_eq!(root.child("Key").map(|key| key.text.clone()), Some(expected));
    }
}
