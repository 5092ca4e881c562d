use super::{PrivateKey, PublicKey};
use crate::SecretAccessKey;

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[test]
fn the_key_pair_of_the_example_credential_is_the_published_one() {
    let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let scalar = super::derive::private_scalar("AKIAIOSFODNN7EXAMPLE", &secret).unwrap();
    assert_eq!(
        hex(scalar.as_slice()),
        "04c4d39191ae06f37a86b873d2f9951f7c37621d69e0eb834fb622c368f360c3"
    );
    let (x, y) = PublicKey::derive("AKIAIOSFODNN7EXAMPLE", &secret)
        .unwrap()
        .coordinates()
        .unwrap();
    assert_eq!(
        hex(&x),
        "18b7d04643359f6ec270dcbab8dce6d169d66ddc9778c75cfb08dfdb701637ab"
    );
    assert_eq!(
        hex(&y),
        "fa36b35e4fe67e3112261d2e17a956ef85b06e44712d2850bcd3c2161e9993f2"
    );
}

#[test]
fn a_signature_verifies_only_for_its_message_and_in_minimal_der() {
    let secret = SecretAccessKey::new("secret");
    let private = PrivateKey::derive("AKID", &secret).unwrap();
    let public = private.public_key();
    let signature = private.sign(b"message");
    assert!(public.verifies(b"message", &signature));
    assert!(!public.verifies(b"massage", &signature));
    assert!(!public.verifies(b"message", &signature.to_uppercase()));
    assert!(!public.verifies(b"message", &format!("{signature}00")));
    assert!(!public.verifies(b"message", ""));
    // A padded integer is not minimal DER.
    let padded = signature.replacen("02", "0200", 1);
    assert!(!public.verifies(b"message", &padded));
}
