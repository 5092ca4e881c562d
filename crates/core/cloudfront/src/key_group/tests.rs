use super::*;
use crate::testing::public_key;

fn key(id: &str) -> TrustedKey {
    TrustedKey::new(id, public_key("p256")).unwrap()
}

#[test]
fn k7_a_key_is_found_by_its_exact_id() {
    let group = KeyGroup::new([key("K1"), key("K2")]).unwrap();
    assert_eq!(group.find("K2").map(TrustedKey::id), Some("K2"));
    for other in ["", "K", "k1", "K1 ", "K11"] {
        assert_eq!(group.find(other), None);
    }
}

#[test]
fn a_group_has_no_two_keys_of_one_id_and_not_too_many() {
    let repeated = KeyGroup::new([key("K1"), key("K1")]);
    assert_eq!(repeated, Err(KeyGroupError::IdRepeated { id: "K1".into() }));
    let many = (0..21).map(|number| key(&format!("K{number}")));
    assert_eq!(
        KeyGroup::new(many),
        Err(KeyGroupError::TooMany { limit: 20 })
    );
    for id in ["", "a b", "K/1", "K&1", &"K".repeat(65)] {
        assert_eq!(
            TrustedKey::new(id, public_key("p256")),
            Err(KeyGroupError::IdMalformed)
        );
    }
}

#[test]
fn a_union_trusts_a_key_as_long_as_any_group_does() {
    let until = |seconds| EpochTime::from_unix(seconds);
    let one = KeyGroup::new([key("K1").until(until(5)), key("K2").until(until(5))]).unwrap();
    let other = KeyGroup::new([key("K1").until(until(9)), key("K2"), key("K3")]).unwrap();
    let union = KeyGroup::union([&one, &other]).unwrap();
    let ends: Vec<_> = union.keys().map(TrustedKey::trusted_until).collect();
    assert_eq!(ends, [Some(until(9)), None, None]);
    let foreign = KeyGroup::new([TrustedKey::new("K1", public_key("rsa2048")).unwrap()]).unwrap();
    assert_eq!(
        KeyGroup::union([&one, &foreign]),
        Err(KeyGroupError::IdRepeated { id: "K1".into() })
    );
}
