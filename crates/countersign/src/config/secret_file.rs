//! Files that hold one secret access key each.
//!
//! The secret is the file's one line; a line end behind it is not part of it. Whoever else may read
//! the file may sign as that user, which is worth a warning but not a refusal: container platforms
//! mount secrets with modes of their own.

use std::fs::File;
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use countersign_sigv4::SecretAccessKey;
use thiserror::Error;
use zeroize::Zeroizing;

use super::ConfigError;
use super::error::Place;

const SHORTEST_SECRET: usize = 16;
const LONGEST_FILE: u64 = 4_096;

/// A secret file that others may read.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("others may read secret file `{}` (mode {mode:03o}); make it 600", path.display())]
pub(crate) struct SecretFileWarning {
    /// The file.
    pub(crate) path: PathBuf,
    /// Its permission bits.
    pub(crate) mode: u32,
}

/// Reads the secret in `path`, which the configuration names at `at`.
pub(super) fn read(
    path: &Path,
    at: Option<Place>,
) -> Result<(SecretAccessKey, Option<SecretFileWarning>), ConfigError> {
    let unreadable = |error: std::io::Error| ConfigError::SecretUnreadable {
        at: at.clone(),
        path: path.to_owned(),
        kind: error.kind(),
    };
    let file = File::open(path).map_err(unreadable)?;
    let mode = file.metadata().map_err(unreadable)?.mode() & 0o777;
    let mut text = Zeroizing::new(String::new());
    file.take(LONGEST_FILE)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    let is_good = secret.len() >= SHORTEST_SECRET && secret.bytes().all(|b| b.is_ascii_graphic());
    if !is_good {
        return Err(ConfigError::SecretMalformed {
            at,
            path: path.to_owned(),
        });
    }
    let warning = (mode & 0o077 != 0).then(|| SecretFileWarning {
        path: path.to_owned(),
        mode,
    });
    Ok((SecretAccessKey::new(secret), warning))
}
