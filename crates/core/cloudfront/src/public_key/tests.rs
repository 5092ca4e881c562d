use super::*;
use crate::testing::{pem, private_key, public_key};

#[test]
fn k4_short_keys_and_other_curves_are_refused() {
    assert_eq!(
        PublicKey::from_pem(&pem("rsa1024.public")),
        Err(KeyError::RsaLength { bits: 1_024 })
    );
    assert_eq!(
        PublicKey::from_pem(&pem("p384.public")),
        Err(KeyError::Unusable)
    );
    assert_eq!(public_key("rsa2048").kind(), KeyKind::Rsa { bits: 2_048 });
    assert_eq!(public_key("p256").kind(), KeyKind::P256);
}

#[test]
fn only_one_block_of_a_public_key_is_read() {
    let label = "PUBLIC KEY";
    let good = pem("p256.public");
    assert!(PublicKey::from_pem(&good.replace('\n', "\r\n")).is_ok());
    for bad in [
        "",
        "PUBLIC KEY",
        &pem("p256.private"),
        &format!("{good}{good}"),
        &good.replace('\n', "*"),
    ] {
        assert_eq!(
            PublicKey::from_pem(bad),
            Err(KeyError::NotPem { label }),
            "{bad}"
        );
    }
    let empty = "-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----";
    assert_eq!(PublicKey::from_pem(empty), Err(KeyError::Unusable));
}

#[test]
fn a_private_key_knows_its_public_one_and_shows_neither() {
    for name in ["rsa2048", "p256"] {
        let key = private_key(name);
        assert_eq!(key.public_key(), &public_key(name));
        assert!(format!("{key:?}").len() < 40);
        let signature = key.sign(b"message").unwrap();
        assert_eq!(key.sign(b"message").unwrap(), signature);
        assert!(
            key.public_key()
                .verifies(HashAlgorithm::Sha256, b"message", &signature)
        );
        assert!(
            !key.public_key()
                .verifies(HashAlgorithm::Sha1, b"message", &signature)
        );
        assert!(
            !key.public_key()
                .verifies(HashAlgorithm::Sha256, b"massage", &signature)
        );
    }
}
