//! The private scalar from the ordinary secret: a counter KDF with rejection.
//!
//! For counter 1, 2, … 254: HMAC-SHA256 under `"AWS4A" + secret` of `00000001 ‖ algorithm ‖ 00 ‖
//! access key id ‖ counter ‖ 00000100`, read as a big-endian integer k; k > n − 2 is rejected, else
//! the scalar is k + 1.

use subtle::{Choice, ConditionallySelectable, ConstantTimeEq};
use zeroize::Zeroizing;

use crate::sha256::AbsorbedKey;
use crate::{Algorithm, SecretAccessKey};

/// n − 2 for the order n of P-256.
const ORDER_MINUS_TWO: [u8; 32] = [
    0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
    0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x4f,
];

/// Derives the scalar; `None` only if 254 candidates in a row are rejected (odds of 2⁻⁸⁰⁰⁰).
pub(super) fn private_scalar(
    access_key_id: &str,
    secret: &SecretAccessKey,
) -> Option<Zeroizing<[u8; 32]>> {
    let key = Zeroizing::new(format!("AWS4A{}", secret.expose()));
    let keyed = AbsorbedKey::new(key.as_bytes());
    (1..=254u8).find_map(|counter| {
        let message = [
            &1u32.to_be_bytes(),
            Algorithm::EcdsaP256Sha256.name().as_bytes(),
            &[0],
            access_key_id.as_bytes(),
            &[counter],
            &256u32.to_be_bytes(),
        ]
        .concat();
        let candidate = Zeroizing::new(keyed.mac(&message));
        (!greater(&candidate, &ORDER_MINUS_TWO)).then(|| plus_one(&candidate))
    })
}

/// `a > b` as big-endian integers, in time independent of their values.
fn greater(a: &[u8; 32], b: &[u8; 32]) -> bool {
    let mut greater = Choice::from(0);
    let mut decided = Choice::from(0);
    for (x, y) in a.iter().zip(b) {
        let differ = !x.ct_eq(y);
        // The borrow of y − x is set exactly when x > y.
        let above = Choice::from(((u16::from(*y).wrapping_sub(u16::from(*x)) >> 8) & 1) as u8);
        greater = Choice::conditional_select(&greater, &above, differ & !decided);
        decided |= differ;
    }
    greater.into()
}

fn plus_one(number: &[u8; 32]) -> Zeroizing<[u8; 32]> {
    let mut sum = Zeroizing::new(*number);
    let mut carry = 1u16;
    for byte in sum.iter_mut().rev() {
        let total = u16::from(*byte) + carry;
        *byte = total.to_be_bytes()[1];
        carry = total >> 8;
    }
    sum
}
