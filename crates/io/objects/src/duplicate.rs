//! Giving the bytes of a stored file a second name.
//!
//! A hard link copies nothing, and the kernel counts who still needs the bytes. Stored files are never
//! written again, so it does not matter that both names are one file. Where a link cannot be had (too
//! many of them, a file system without, a source that was unlinked while somebody holds it open) the
//! bytes are copied.
//!
//! INVARIANT: the name is on the disk before any row that says it.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::FileExt as _;

use crate::buffer::WRITE_BYTES;
use crate::layout;
use crate::store::Shared;
use crate::temporary::{FileClaim, rename_into_place};
use crate::{Durability, ObjectId, StoreError, failpoint};

/// New names that no row says yet.
#[derive(Debug, Default)]
pub(crate) struct Duplicates {
    pub(crate) claims: Vec<FileClaim>,
    shelves: BTreeSet<u8>,
}

impl Duplicates {
    /// Gives a file a second name. `open` is the file itself, if somebody holds it.
    pub(crate) fn add(
        &mut self,
        store: &Shared,
        source: ObjectId,
        open: Option<&File>,
    ) -> Result<ObjectId, StoreError> {
        let id = store.ids.object();
        let (from, to) = (store.layout.object(source), store.layout.object(id));
        let claim = store.unclaimed.claim(id, to.clone());
        let claim = match fs::hard_link(&from, &to) {
            Ok(()) => {
                let [shelf, ..] = id.0.to_le_bytes();
                self.shelves.insert(shelf);
                claim
            }
            Err(error) if can_be_copied(error.kind(), open) => {
                drop(claim);
                copy(store, source, open, id)?
            }
            Err(error) => return Err(StoreError::file("link", &from, &error)),
        };
        self.claims.push(claim);
        failpoint::reached("after-link");
        Ok(id)
    }

    /// Waits until the names are on the disk, and hands out the duty to remove them.
    pub(crate) fn finish(self, store: &Shared) -> Result<Vec<FileClaim>, StoreError> {
        if store.options.durability == Durability::Full {
            for shelf in self.shelves {
                let path = store.layout.shelf(shelf);
                layout::sync_directory(&path).map_err(|e| StoreError::file("sync", &path, &e))?;
            }
        }
        Ok(self.claims)
    }
}

/// Whether a link that failed in this way may be replaced by a copy.
fn can_be_copied(kind: io::ErrorKind, open: Option<&File>) -> bool {
    match kind {
        io::ErrorKind::NotFound => open.is_some(),
        io::ErrorKind::PermissionDenied
        | io::ErrorKind::TooManyLinks
        | io::ErrorKind::Unsupported => true,
        _ => false,
    }
}

/// Copies the bytes into a file of their own.
fn copy(
    store: &Shared,
    source: ObjectId,
    open: Option<&File>,
    id: ObjectId,
) -> Result<FileClaim, StoreError> {
    let path = store.layout.object(source);
    let opened;
    let from = match open {
        Some(file) => file,
        None => {
            opened = File::open(&path).map_err(|e| StoreError::file("open", &path, &e))?;
            &opened
        }
    };
    let temporary = store.layout.temporary(id);
    let mut claim = store.unclaimed.claim(id, temporary.clone());
    let to = layout::create_file(&temporary)
        .map_err(|error| StoreError::file("create", &temporary, &error))?;
    let mut buffer = vec![0; WRITE_BYTES];
    let mut offset = 0;
    loop {
        let read = from.read_at(&mut buffer, offset);
        let read = read.map_err(|error| StoreError::file("read", &path, &error))?;
        let Some(piece) = buffer.get(..read).filter(|piece| !piece.is_empty()) else {
            break;
        };
        to.write_all_at(piece, offset)
            .map_err(|error| StoreError::file("write", &temporary, &error))?;
        offset += piece.len() as u64;
    }
    let target = store.layout.object(id);
    rename_into_place(&mut claim, &to, &target, store.options.durability)?;
    Ok(claim)
}

#[cfg(test)]
mod tests;
