use hmac::{Hmac, KeyInit, Mac};
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{AbsorbedKey, digest};

fn reference_mac(key: &[u8], message: &[u8]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(message);
    mac.finalize().into_bytes().into()
}

#[test]
fn every_length_around_the_block_borders_is_padded_as_the_standard_says() {
    for length in 0..=300usize {
        let message: Vec<u8> = (0..length)
            .map(|at| u8::try_from(at % 251).unwrap())
            .collect();
        let expected: [u8; 32] = Sha256::digest(&message).into();
        assert_eq!(digest(&message), expected, "{length}");
        let mac = AbsorbedKey::new(&message).mac(&message);
        assert_eq!(mac, reference_mac(&message, &message), "{length}");
    }
}

proptest! {
    #[test]
    fn digests_and_macs_are_those_of_the_reference(
        key in proptest::collection::vec(any::<u8>(), 0..200),
        message in proptest::collection::vec(any::<u8>(), 0..2_000),
    ) {
        let expected: [u8; 32] = Sha256::digest(&message).into();
        prop_assert_eq!(digest(&message), expected);
        prop_assert_eq!(AbsorbedKey::new(&key).mac(&message), reference_mac(&key, &message));
    }
}
