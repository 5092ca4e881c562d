//! The master key file, and sealing secrets under it.
//!
//! The file holds 32 random bytes and is readable by its owner alone. A secret access key is sealed
//! with AES-256-GCM under a random nonce; the access key id is the associated data, so a sealed
//! secret copied to another key's row does not open. What is stored is nonce, ciphertext, tag.
//!
//! INVARIANT: the file is created whole or not at all, and never replaced. Losing it loses every
//! stored secret, so a missing one is an error unless nothing has been sealed yet.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read as _, Write as _};
use std::os::unix::fs::{MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use zeroize::Zeroizing;

use crate::StateError;
use crate::credential::fill_random;
use crate::sealing_key::bound_to;

const KEY_BYTES: usize = 32;
/// Where the key is in the data directory.
pub(crate) const MASTER_KEY_FILE: &str = "master.key";

const CHECK_TEXT: &[u8] = b"countersign master key";

/// The key that all stored secrets are sealed under.
pub(crate) struct MasterKey(RandomizedNonceKey);

impl MasterKey {
    /// Reads the key from its file; `None` if there is no file.
    pub(crate) fn read(path: &Path) -> Result<Option<Self>, StateError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(StateError::file("open", path, &error)),
        };
        let metadata = file
            .metadata()
            .map_err(|e| StateError::file("inspect", path, &e))?;
        let mode = metadata.mode() & 0o7777;
        if mode != 0o600 && mode != 0o400 {
            return Err(StateError::MasterKeyTooOpen {
                path: path.to_owned(),
                mode,
            });
        }
        if metadata.len() != KEY_BYTES as u64 {
            return Err(StateError::MasterKeyLength {
                path: path.to_owned(),
                bytes: metadata.len(),
            });
        }
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        file.read_exact(bytes.as_mut_slice())
            .map_err(|e| StateError::file("read", path, &e))?;
        Self::of(&bytes).map(Some)
    }

    /// The key in the file, if it is the one that made `fingerprint`. Where nothing was sealed yet there is
    /// no fingerprint: then a key is made unless there is a file, and its fingerprint comes back to be
    /// kept. Whoever calls holds the lock on the state.
    pub(crate) fn of_state(
        path: &Path,
        fingerprint: Option<&[u8]>,
    ) -> Result<(Self, Option<Vec<u8>>), StateError> {
        match (Self::read(path)?, fingerprint) {
            (Some(key), Some(fingerprint)) if key.made(fingerprint) => Ok((key, None)),
            (Some(_), Some(_)) => Err(StateError::MasterKeyWrong {
                path: path.to_owned(),
            }),
            (None, Some(_)) => Err(StateError::MasterKeyMissing {
                path: path.to_owned(),
            }),
            (existing, None) => {
                let key = existing.map_or_else(|| Self::create(path), Ok)?;
                let fingerprint = key.fingerprint()?;
                Ok((key, Some(fingerprint)))
            }
        }
    }

    /// Makes a key and its file. Whoever calls holds the lock on the state.
    pub(crate) fn create(path: &Path) -> Result<Self, StateError> {
        let mut bytes = Zeroizing::new([0u8; KEY_BYTES]);
        fill_random(bytes.as_mut_slice())?;
        let unfinished = path.with_extension("key.new");
        write_whole(&unfinished, bytes.as_slice())
            .map_err(|e| StateError::file("create", &unfinished, &e))?;
        // A hard link never replaces what is there, a rename would.
        fs::hard_link(&unfinished, path).map_err(|e| StateError::file("create", path, &e))?;
        fs::remove_file(&unfinished).map_err(|e| StateError::file("remove", &unfinished, &e))?;
        sync_directory_of(path).map_err(|e| StateError::file("sync", path, &e))?;
        Self::of(&bytes)
    }

    /// Seals a secret for one access key id.
    pub(crate) fn seal(
        &self,
        id: &AccessKeyId,
        secret: &SecretAccessKey,
    ) -> Result<Vec<u8>, StateError> {
        self.seal_bytes(id.as_str().as_bytes(), secret.expose().as_bytes())
    }

    /// Opens a secret sealed for this access key id.
    pub(crate) fn open(
        &self,
        id: &AccessKeyId,
        sealed: &[u8],
    ) -> Result<SecretAccessKey, StateError> {
        let opened = self.open_bytes(id.as_str().as_bytes(), sealed);
        let text = opened
            .as_ref()
            .and_then(|bytes| std::str::from_utf8(bytes).ok());
        text.map(SecretAccessKey::new)
            .ok_or_else(|| StateError::SecretDamaged { id: id.clone() })
    }

    /// Seals a key of the sealing ring.
    pub(crate) fn seal_key(&self, id: u32, bytes: &[u8; 32]) -> Result<Vec<u8>, StateError> {
        self.seal_bytes(bound_to(id).as_bytes(), bytes)
    }

    /// Opens a key of the sealing ring.
    pub(crate) fn open_key(
        &self,
        id: u32,
        sealed: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, StateError> {
        let damaged = StateError::SealingKeyDamaged { id };
        let opened = self.open_bytes(bound_to(id).as_bytes(), sealed);
        let opened = opened.ok_or_else(|| damaged.clone())?;
        let bytes = opened.as_slice().try_into().map_err(|_| damaged)?;
        Ok(Zeroizing::new(bytes))
    }

    /// Something by which this key can be told from any other later on.
    pub(crate) fn fingerprint(&self) -> Result<Vec<u8>, StateError> {
        self.seal_bytes(CHECK_TEXT, CHECK_TEXT)
    }

    /// Whether a fingerprint was made with this key.
    pub(crate) fn made(&self, fingerprint: &[u8]) -> bool {
        self.open_bytes(CHECK_TEXT, fingerprint)
            .is_some_and(|text| text.as_slice() == CHECK_TEXT)
    }

    fn of(bytes: &[u8; KEY_BYTES]) -> Result<Self, StateError> {
        // Only a wrong length is refused, and the length is in the type.
        let key = RandomizedNonceKey::new(&AES_256_GCM, bytes);
        key.map(Self)
            .map_err(|_| StateError::unexpected("master key"))
    }

    fn seal_bytes(&self, bound_to: &[u8], text: &[u8]) -> Result<Vec<u8>, StateError> {
        let mut sealed = text.to_vec();
        let nonce = self
            .0
            .seal_in_place_append_tag(Aad::from(bound_to), &mut sealed)
            .map_err(|_| StateError::RandomnessUnavailable)?;
        Ok([nonce.as_ref().as_slice(), &sealed].concat())
    }

    fn open_bytes(&self, bound_to: &[u8], sealed: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, ciphertext) = sealed.split_first_chunk::<NONCE_LEN>()?;
        let mut buffer = Zeroizing::new(ciphertext.to_vec());
        let nonce = Nonce::assume_unique_for_key(*nonce);
        let text = self
            .0
            .open_in_place(nonce, Aad::from(bound_to), buffer.as_mut_slice())
            .ok()?;
        let length = text.len();
        buffer.truncate(length);
        Some(buffer)
    }
}

/// Writes a file of mode 0600 and waits until it is on the disk. What an interrupted attempt left
/// behind is removed first.
fn write_whole(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

fn sync_directory_of(path: &Path) -> std::io::Result<()> {
    match path.parent() {
        Some(directory) => File::open(directory)?.sync_all(),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
