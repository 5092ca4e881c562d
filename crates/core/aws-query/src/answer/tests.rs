use proptest::prelude::*;
use quick_xml::events::Event;

use super::*;

fn document(answer: &Answer) -> String {
    answer.document("X", "urn:x", &RequestId::from_random([0; 16]))
}

/// The text that a reader finds in the result's only element.
fn read_back(document: &str) -> String {
    let mut reader = quick_xml::Reader::from_str(document);
    let (mut inside, mut text) = (false, String::new());
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => return text,
            Event::Start(tag) => inside = tag.name().as_ref() == "T",
            Event::End(_) => inside = false,
            Event::Text(piece) if inside => text.push_str(&piece),
            Event::GeneralRef(entity) if inside => {
                let resolved = entity.resolve_char_ref().unwrap();
                let named = || match &*entity {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    other => panic!("{other}"),
                };
                text.push(resolved.unwrap_or_else(named));
            }
            _ => {}
        }
    }
}

#[test]
fn an_answer_without_a_result_has_its_metadata_alone() {
    assert_eq!(
        document(&Answer::done()),
        "<XResponse xmlns=\"urn:x\"><ResponseMetadata><RequestId>00000000-0000-4000-8000-000000000000</RequestId>\
         </ResponseMetadata></XResponse>"
    );
}

#[test]
fn lists_have_members() {
    let answer = Answer::of(|xml| {
        xml.list("Users", ["a", "b"], |xml, name| xml.text("UserName", name));
        xml.texts("Names", Vec::<String>::new());
        xml.boolean("IsTruncated", false);
        xml.number("Count", 2);
        xml.optional_text("Marker", None);
    });
    assert!(document(&answer).contains(
        "<XResult><Users><member><UserName>a</UserName></member><member><UserName>b</UserName></member></Users>\
         <Names></Names><IsTruncated>false</IsTruncated><Count>2</Count></XResult>"
    ));
}

#[test]
fn characters_that_xml_cannot_hold_are_replaced() {
    let answer = Answer::of(|xml| xml.text("T", "a\u{0}b\u{b}c\u{ffff}d\re"));
    assert_eq!(
        read_back(&document(&answer)),
        "a\u{fffd}b\u{fffd}c\u{fffd}d\re"
    );
}

proptest! {
    #[test]
    fn any_text_is_read_back_as_it_was(text in "[\\PC\\t\\n\\r<>&\"']*") {
        prop_assume!(text.chars().all(is_xml_char));
        let answer = Answer::of(|xml| xml.text("T", &text));
        prop_assert_eq!(read_back(&document(&answer)), text);
    }
}
