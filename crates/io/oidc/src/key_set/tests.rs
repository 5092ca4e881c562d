use serde_json::{Value, json};

use super::{KeySet, NoKey, SignatureAlgorithm};
use crate::testing::{TestKey, encoded, modulus};

fn set(keys: &[Value]) -> KeySet {
    KeySet::parse(json!({ "keys": keys }).to_string().as_bytes()).unwrap()
}

#[test]
fn what_is_no_set_is_refused() {
    let many = json!({"keys": vec![json!({}); 101]}).to_string();
    for (text, expected) in [
        ("", "it is no JSON object, or a name stands twice in it"),
        ("[]", "it is no JSON object, or a name stands twice in it"),
        (
            r#"{"keys":[{"kid":"a","kid":"b"}]}"#,
            "it is no JSON object, or a name stands twice in it",
        ),
        ("{}", "it has no list `keys`"),
        (r#"{"keys":{}}"#, "it has no list `keys`"),
        (many.as_str(), "it has more than 100 keys"),
    ] {
        assert_eq!(
            KeySet::parse(text.as_bytes()).err(),
            Some(expected),
            "{text}"
        );
    }
}

#[test]
fn keys_that_are_not_understood_are_left_out_and_their_names_known() {
    let good = TestKey::p256("good");
    let with = |name: &str, value: Value| {
        let mut jwk = good.jwk();
        jwk["kid"] = json!("bad");
        jwk[name] = value;
        jwk
    };
    for bad in [
        json!(1),
        json!({"kid": "bad", "kty": "oct", "k": "AAAA"}),
        json!({"kid": "bad", "kty": "OKP", "crv": "Ed25519", "x": encoded(&[1; 32])}),
        with("kty", json!("RSA")),
        with("crv", json!("P-521")),
        with("crv", json!("P-384")),
        with("x", json!(encoded(&[1; 31]))),
        with("x", json!("padded=")),
        with("alg", json!(7)),
    ] {
        let has_name = bad.get("kid").is_some();
        let set = set(&[bad.clone(), good.jwk()]);
        assert!(set.knows("good"), "{bad}");
        assert_eq!(set.knows("bad"), has_name, "{bad}");
        let outcome = set.verify(Some("bad"), SignatureAlgorithm::Es256, "x", "AAAA");
        let expected = if has_name {
            NoKey::Mismatch
        } else {
            NoKey::Unknown
        };
        assert_eq!(outcome, Err(expected), "{bad}");
    }
}

#[test]
fn a_name_that_two_keys_share_is_the_fitting_one() {
    let (rsa, ec) = (TestKey::rsa("k"), TestKey::p256("k"));
    let set = set(&[rsa.jwk(), ec.jwk()]);
    let signature = encoded(&ec.sign("ES256", "text"));
    assert_eq!(
        set.verify(Some("k"), SignatureAlgorithm::Es256, "text", &signature),
        Ok(true)
    );
    let signature = encoded(&rsa.sign("RS256", "text"));
    assert_eq!(
        set.verify(Some("k"), SignatureAlgorithm::Rs256, "text", &signature),
        Ok(true)
    );
    assert_eq!(
        set.verify(Some("k"), SignatureAlgorithm::Rs384, "text", &signature),
        Ok(false)
    );
}

#[test]
fn a_signature_of_strange_length_matches_nothing() {
    let key = TestKey::p256("k");
    let set = set(&[key.jwk()]);
    let signature = key.sign("ES256", "text");
    for wrong in [
        &signature[..63],
        &[&signature[..], &[0]].concat(),
        &[0; 64],
        &[],
    ] {
        let outcome = set.verify(
            Some("k"),
            SignatureAlgorithm::Es256,
            "text",
            &encoded(wrong),
        );
        assert_eq!(outcome, Ok(false));
    }
}

#[test]
fn the_size_of_a_modulus_counts_its_leading_zeros_not() {
    let key = TestKey::rsa("k");
    let mut jwk = key.jwk();
    let padded = [&[0; 300], modulus(&key).as_slice()].concat();
    jwk["n"] = json!(encoded(&padded));
    let signature = encoded(&key.sign("RS256", "text"));
    let outcome =
        set(&[jwk.clone()]).verify(Some("k"), SignatureAlgorithm::Rs256, "text", &signature);
    assert_eq!(outcome, Ok(true));
    jwk["n"] = json!(encoded(&[&[0; 300], &modulus(&key)[..255]].concat()));
    assert!(
        set(&[jwk])
            .choose(Some("k"), SignatureAlgorithm::Rs256)
            .is_err()
    );
}
