//! One key of the ring, and everything that is derived from it.
//!
//! Of the 32 bytes that the state keeps, three keys are made by HMAC-SHA256, each for one use: encrypting, naming
//! (nonce and access key id) and secrets. The nonce is synthetic, a MAC of the plaintext: two sessions share one
//! only by a chance of 2^-96 for each pair, and a key lives for a day.

use std::fmt;

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use countersign_sigv4::sha256::AbsorbedKey;
use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use zeroize::Zeroize as _;

use crate::token::{HEADER, NONCE, OpenError, TAG};

/// How access key ids of sessions begin, as with AWS.
pub(crate) const PREFIX: &str = "ASIA";
/// The letters of access key ids and secrets: RFC 4648's base32.
const LETTERS: [u8; 32] = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ID_BYTES: usize = 10;
const ID_LETTERS: usize = 16;

/// A key that sessions are sealed with.
pub struct SealingKey {
    id: u32,
    made_at_ms: i64,
    /// None if the cipher does not take the key, which it does for every 32 bytes.
    aead: Option<LessSafeKey>,
    names: AbsorbedKey,
    secrets: AbsorbedKey,
}

/// What follows from a plaintext.
pub(crate) struct Derived {
    pub(crate) nonce: [u8; NONCE],
    pub(crate) access_key_id: AccessKeyId,
    pub(crate) secret: SecretAccessKey,
}

impl SealingKey {
    /// The key `id` made of 32 secret bytes at an instant in milliseconds since 1970.
    #[must_use]
    pub fn new(id: u32, bytes: &[u8; 32], made_at_ms: i64) -> Self {
        let root = AbsorbedKey::new(bytes);
        let mut encrypting = root.mac(b"countersign session: encrypting");
        let mut naming = root.mac(b"countersign session: naming");
        let mut secrets = root.mac(b"countersign session: secrets");
        let aead = UnboundKey::new(&AES_256_GCM, &encrypting).ok();
        let key = Self {
            id,
            made_at_ms,
            aead: aead.map(LessSafeKey::new),
            names: AbsorbedKey::new(&naming),
            secrets: AbsorbedKey::new(&secrets),
        };
        encrypting.zeroize();
        naming.zeroize();
        secrets.zeroize();
        key
    }

    /// The id under which the state keeps it.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.id
    }

    /// When it was made, in milliseconds since 1970.
    #[must_use]
    pub fn made_at_ms(&self) -> i64 {
        self.made_at_ms
    }

    pub(crate) fn derive(&self, plaintext: &[u8]) -> Derived {
        let mac = self.names.mac(plaintext);
        let mut nonce = [0; NONCE];
        let mut id = [0; ID_BYTES];
        if let Some((first, rest)) = mac.split_first_chunk::<NONCE>() {
            nonce = *first;
            id = rest.first_chunk().copied().unwrap_or_default();
        }
        let mut access_key_id = String::with_capacity(PREFIX.len() + ID_LETTERS);
        access_key_id.push_str(PREFIX);
        write_letters(&mut access_key_id, &id);
        // The MAC names the plaintext, so the secret need not read all of it again.
        let mut mac = self.secrets.mac(&mac);
        let mut secret = String::with_capacity(mac.len() * 8 / 5 + 1);
        write_letters(&mut secret, &mac);
        mac.zeroize();
        Derived {
            nonce,
            access_key_id: AccessKeyId::new(access_key_id),
            secret: SecretAccessKey::new(secret),
        }
    }

    /// Encrypts in place and appends the tag.
    pub(crate) fn encrypt(
        &self,
        header: [u8; HEADER],
        nonce: [u8; NONCE],
        text: &mut Vec<u8>,
    ) -> Option<()> {
        let nonce = Nonce::assume_unique_for_key(nonce);
        let aead = self.aead.as_ref()?;
        aead.seal_in_place_append_tag(nonce, Aad::from(header), text)
            .ok()
    }

    /// Decrypts what follows header and nonce in place, and returns the nonce and the plaintext.
    pub(crate) fn decrypt<'t>(
        &self,
        token: &'t mut [u8],
    ) -> Result<([u8; NONCE], &'t [u8]), OpenError> {
        let (header, rest) = token
            .split_first_chunk_mut::<HEADER>()
            .ok_or(OpenError::Malformed)?;
        let (nonce, sealed) = rest
            .split_first_chunk_mut::<NONCE>()
            .ok_or(OpenError::Malformed)?;
        let nonce = *nonce;
        if sealed.len() < TAG {
            return Err(OpenError::Malformed);
        }
        let aead = self.aead.as_ref().ok_or(OpenError::NotAuthentic)?;
        let unique = Nonce::assume_unique_for_key(nonce);
        let plaintext = aead
            .open_in_place(unique, Aad::from(*header), sealed)
            .map_err(|_| OpenError::NotAuthentic)?;
        Ok((nonce, plaintext))
    }
}

/// Five bits a letter, the last bits filled up with zeros.
fn write_letters(out: &mut String, bytes: &[u8]) {
    let (mut bits, mut held) = (0_u32, 0_u32);
    let mut push = |bits: u32| {
        let letter = LETTERS.get((bits & 31) as usize).copied();
        out.push(char::from(letter.unwrap_or_default()));
    };
    for byte in bytes {
        bits = (bits & 31) << 8 | u32::from(*byte);
        held += 8;
        while held >= 5 {
            held -= 5;
            push(bits >> held);
        }
    }
    if held > 0 {
        push(bits << (5 - held));
    }
}

impl fmt::Debug for SealingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SealingKey({}, …)", self.id)
    }
}
