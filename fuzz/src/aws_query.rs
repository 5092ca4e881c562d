//! Laws of the AWS query protocol.

use countersign_aws_query::{Answer, Fault, MOST_MEMBERS, QueryRequest, Reader, RequestId, Shape};
use quick_xml::events::Event;

/// Anything, shown or not.
const ANY: Shape = Shape::text(0, usize::MAX);
/// Hardly anything, so that messages are made.
const NARROW: Shape = Shape::text(2, 4);

/// Holds calls to their laws, the first line being the URL's query and the rest the body: it does not matter in
/// which of both a parameter stands, what is read is what was sent, lists are bounded, and every answer is well-formed.
///
/// # Panics
/// If a law is broken.
pub fn aws_query(data: &[u8]) {
    let mut parts = data.splitn(2, |&byte| byte == b'\n');
    let (query, body) = (
        parts.next().unwrap_or_default(),
        parts.next().unwrap_or_default(),
    );
    let Ok(query) = std::str::from_utf8(query) else {
        return;
    };
    let whole = [query.as_bytes(), b"&", body].concat();
    let together = QueryRequest::parse("", &whole);
    let call = match QueryRequest::parse(query, body) {
        Ok(call) => call,
        Err(error) => {
            assert_eq!(together.err(), Some(error.clone()));
            well_formed(&Fault::from(error).document("urn:x", &id()));
            return;
        }
    };
    let Ok(together) = together else {
        unreachable!("where a parameter stands does not matter");
    };
    assert_eq!(call.action(), together.action());
    assert_eq!(call.version(), together.version());
    well_formed(&call.unknown_action().document("urn:x", &id()));

    for name in ["Action", "UserName", "Policy", "Tags"] {
        let read = call.read(|call| call.optional(name, &ANY).map(str::to_owned));
        if let Ok(read) = read {
            assert_eq!(read.as_deref(), call.text(name));
        }
    }
    match call.read(everything) {
        Ok(texts) => {
            assert!(texts.len() <= 4 * MOST_MEMBERS + 4);
            let answer = Answer::of(|xml| xml.texts("Texts", &texts));
            well_formed(&answer.document("X", "urn:x", &id()));
        }
        Err(fault) => {
            assert_eq!(fault.status(), 400);
            well_formed(&fault.document("urn:x", &id()));
        }
    }
}

/// Every kind of reading, on names that the corpus has.
fn everything(call: &mut Reader<'_, '_>) -> Vec<String> {
    let mut texts = vec![call.required("UserName", &NARROW).to_owned()];
    texts.extend(call.optional("Policy", &ANY).map(str::to_owned));
    let seconds = call.integer("DurationSeconds", 900..=43_200);
    assert!(seconds.is_none_or(|seconds| seconds < 1 << 31 || seconds > 43_200));
    call.boolean("SetAsDefault");
    let tag = |tag: &mut Reader<'_, '_>| {
        let key = tag.required("Key", &NARROW).to_owned();
        [key, tag.required("Value", &ANY).to_owned()]
    };
    texts.extend(
        call.list("Tags", 0..=50, tag)
            .into_iter()
            .flatten()
            .flatten(),
    );
    let keys = call.texts("TagKeys", 0..=50, &NARROW);
    texts.extend(keys.into_iter().flatten().map(str::to_owned));
    let entry = |entry: &mut Reader<'_, '_>| {
        let values = entry.texts("Values", 1..=5, &ANY).unwrap_or_default();
        values.into_iter().next().map(str::to_owned)
    };
    texts.extend(
        call.list("Entries", 0..=10, entry)
            .into_iter()
            .flatten()
            .flatten(),
    );
    texts
}

fn id() -> RequestId {
    RequestId::from_random([7; 16])
}

fn well_formed(document: &str) {
    let mut reader = quick_xml::Reader::from_str(document);
    let mut open = 0u32;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => open += 1,
            Ok(Event::End(_)) => open -= 1,
            Ok(Event::Eof) => break,
            Ok(_) => {}
            Err(error) => unreachable!("{error} in {document}"),
        }
    }
    assert_eq!(open, 0);
    let banned = |c: char| c < ' ' && !matches!(c, '\t' | '\n');
    assert!(!document.contains(banned));
}
