//! Ids of links.

use countersign_sigv4::AccessKeyId;

use super::{LinkId, LinkIdError};

#[test]
fn an_id_reads_as_it_is_written() {
    let id = LinkId::named("AIDAEXAMPLE", "invoice-7");
    assert_eq!(id.to_string().parse(), Ok(id));
    assert_eq!(id.to_string().len(), 32);
}

#[test]
fn other_texts_are_no_ids() {
    let upper = "A".repeat(32);
    for text in ["", "0", &"0".repeat(33), &upper, &"+".repeat(32), "é"] {
        assert_eq!(text.parse::<LinkId>(), Err(LinkIdError), "{text}");
    }
}

#[test]
fn the_same_name_of_two_users_is_two_links() {
    assert_ne!(LinkId::named("A", "x"), LinkId::named("B", "x"));
    assert_ne!(LinkId::named("A", "bx"), LinkId::named("Ab", "x"));
}

#[test]
fn a_name_is_never_taken_for_a_signature() {
    let fingerprint = [b'x'; 32];
    let name = "x".repeat(32);
    let signed = LinkId::signed(&AccessKeyId::new("A"), &fingerprint);
    assert_ne!(signed, LinkId::named("A", &name));
}
