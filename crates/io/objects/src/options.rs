//! What an operator may choose about the local store.

use std::time::Duration;

/// What an acknowledged PUT or DELETE withstands.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Durability {
    /// A power cut: everything is fsynced before it is acknowledged.
    #[default]
    Full,
    /// A crash of the process. A power cut may lose what was stored in the last moments, and may
    /// leave a recent object whose file is too short; reading that one fails.
    Relaxed,
}

/// How a store is opened.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Options {
    /// What an acknowledgement means.
    pub durability: Durability,
    /// The largest body kept in the index's database instead of a file, in bytes.
    pub inline_max: usize,
    /// How much memory the cache of objects may take, in bytes.
    pub cache_bytes: u64,
    /// How many files the cache may keep open. It is a share of `cache_bytes`: each open file weighs
    /// at least `cache_bytes / cached_files`.
    pub cached_files: u64,
    /// How long after its beginning a multipart upload that was neither completed nor aborted is swept
    /// away with its parts.
    pub upload_max_age: Duration,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            durability: Durability::Full,
            inline_max: 64 * 1024,
            cache_bytes: 16 * 1024 * 1024,
            cached_files: 1024,
            upload_max_age: Duration::from_secs(7 * 24 * 3600),
        }
    }
}
