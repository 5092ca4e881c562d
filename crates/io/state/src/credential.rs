//! New credentials, in AWS's shapes.
//!
//! An access key id is `AKIA` and 16 characters of the base32 alphabet (80 random bits); a secret is
//! 30 random bytes as 40 characters of base64; a user's unique id is `AIDA` and 17 characters. All
//! randomness comes straight from the operating system.

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use rand::TryRng as _;
use rand::rngs::SysRng;
use zeroize::Zeroizing;

use crate::StateError;

const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const BASE64: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// An access key id and its secret, before a store knows them.
#[derive(Clone, Debug)]
pub struct NewCredential {
    /// The public id.
    pub id: AccessKeyId,
    /// The secret.
    pub secret: SecretAccessKey,
}

impl NewCredential {
    /// Makes a credential nobody can guess.
    ///
    /// # Errors
    /// [`StateError::RandomnessUnavailable`] if the operating system has none.
    pub fn generate() -> Result<Self, StateError> {
        Ok(Self {
            id: AccessKeyId::new(prefixed("AKIA", 16)?),
            secret: secret()?,
        })
    }
}

/// Makes the unique id of a user.
pub(crate) fn user_unique_id() -> Result<String, StateError> {
    prefixed("AIDA", 17)
}

/// Makes the unique id of a group.
pub(crate) fn group_unique_id() -> Result<String, StateError> {
    prefixed("AGPA", 17)
}

/// Makes the unique id of a role.
pub(crate) fn role_unique_id() -> Result<String, StateError> {
    prefixed("AROA", 17)
}

/// Makes the unique id of a managed policy.
pub(crate) fn policy_unique_id() -> Result<String, StateError> {
    prefixed("ANPA", 17)
}

/// Makes the id of a sealing key.
pub(crate) fn random_sealing_key_id() -> Result<u32, StateError> {
    let mut bytes = [0u8; 4];
    fill_random(&mut bytes)?;
    Ok(u32::from_le_bytes(bytes))
}

/// Makes the number of a bucket: positive, of 63 random bits.
pub(crate) fn random_bucket_number() -> Result<i64, StateError> {
    let mut bytes = [0u8; 8];
    fill_random(&mut bytes)?;
    Ok((i64::from_le_bytes(bytes) & i64::MAX).max(1))
}

/// Fills `bytes` from the operating system.
pub(crate) fn fill_random(bytes: &mut [u8]) -> Result<(), StateError> {
    SysRng
        .try_fill_bytes(bytes)
        .map_err(|_| StateError::RandomnessUnavailable)
}

/// `prefix` and as many random base32 characters as asked for. 256 is a multiple of 32, so taking
/// the low bits of a byte favours no character.
fn prefixed(prefix: &str, characters: usize) -> Result<String, StateError> {
    let mut bytes = [0u8; 32];
    fill_random(&mut bytes)?;
    let random = bytes
        .iter()
        .take(characters)
        .map(|byte| symbol(BASE32, byte & 31));
    Ok(prefix.chars().chain(random).collect())
}

fn secret() -> Result<SecretAccessKey, StateError> {
    let mut bytes = Zeroizing::new([0u8; 40]);
    fill_random(bytes.as_mut_slice())?;
    // 40 characters of 6 random bits each are 30 bytes' worth.
    let text: String = bytes.iter().map(|byte| symbol(BASE64, byte & 63)).collect();
    Ok(SecretAccessKey::new(text))
}

fn symbol<const N: usize>(alphabet: &[u8; N], index: u8) -> char {
    alphabet
        .get(usize::from(index))
        .copied()
        .map_or('A', char::from)
}

#[cfg(test)]
mod tests;
