//! Laws of the XML reader and writer.

use countersign_s3::xml::create_bucket::CreateBucketConfiguration;
use countersign_s3::xml::{Element, Limits, XmlWriter, read};

const LIMITS: Limits = Limits {
    bytes: 4_096,
    depth: 8,
    elements: 64,
};

/// Holds XML to its laws: a tree is bounded, reads back as it is written, and any text at all can be
/// written and comes back as it was, save for what XML cannot hold.
///
/// # Panics
/// If a law is broken.
pub fn xml(data: &[u8]) {
    let _ = CreateBucketConfiguration::read(data);
    if let Ok(root) = read(data, LIMITS) {
        assert!(depth(&root) <= LIMITS.depth && count(&root) <= LIMITS.elements);
        if !is_plainly_named(&root) {
            // The reader takes names that the writer, whose names are ours, was not made for.
            return;
        }
        let mut writer = XmlWriter::new();
        write(&root, &mut writer);
        let wide = Limits {
            bytes: usize::MAX,
            ..LIMITS
        };
        let mut expected = root;
        replace_unwritable(&mut expected);
        assert_eq!(read(writer.finish().as_bytes(), wide), Ok(expected));
    }
    let text = String::from_utf8_lossy(data);
    let mut writer = XmlWriter::new();
    writer.text("Key", &text);
    let wide = Limits {
        bytes: usize::MAX,
        ..LIMITS
    };
    let Ok(element) = read(writer.finish().as_bytes(), wide) else {
        unreachable!("what is written is well-formed");
    };
    assert_eq!(element.text.chars().count(), text.chars().count());
}

fn write(element: &Element, writer: &mut XmlWriter) {
    writer.element(&element.name, |writer| {
        writer.escape(&element.text);
        for child in &element.children {
            write(child, writer);
        }
    });
}

/// The reader lets some characters pass that XML cannot hold; the writer never writes them.
fn replace_unwritable(element: &mut Element) {
    let unwritable = |c: char| {
        (c < ' ' && !matches!(c, '\t' | '\n' | '\r')) || matches!(c, '\u{fffe}' | '\u{ffff}')
    };
    element.text = element.text.replace(unwritable, "\u{fffd}");
    for child in &mut element.children {
        replace_unwritable(child);
    }
}

fn is_plainly_named(element: &Element) -> bool {
    element.name.bytes().all(|b| b.is_ascii_alphanumeric())
        && element.children.iter().all(is_plainly_named)
}

fn depth(element: &Element) -> usize {
    1 + element.children.iter().map(depth).max().unwrap_or(0)
}

fn count(element: &Element) -> usize {
    1 + element.children.iter().map(count).sum::<usize>()
}
