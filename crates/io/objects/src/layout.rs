//! The store's directory: `objects/<aa>/<id>`, `temporary/<id>`, `index.db`, and who may use it.
//!
//! A key never becomes a path, so any key works and none can point outside. `aa` is the low byte of
//! the id, which spreads files evenly over 256 directories made in advance.
//!
//! INVARIANT: one process at a time. The lock is on the directory itself and ends with the process.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use rustix::fs::{FlockOperation, flock};

use crate::{ObjectId, StoreError};

/// The paths of one store.
#[derive(Clone, Debug)]
pub(crate) struct Layout {
    root: PathBuf,
}

/// The sole right to use a directory; given up when dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock(#[expect(dead_code, reason = "held for its lock")] File);

impl Layout {
    /// Makes the directories that are missing and locks the store.
    pub(crate) fn prepare(root: &Path) -> Result<(Self, DirectoryLock), StoreError> {
        let layout = Self {
            root: root.to_owned(),
        };
        create_directory(root)?;
        let lock = lock(root)?;
        create_directory(&layout.temporary_directory())?;
        for shelf in 0..=u8::MAX {
            create_directory(&layout.shelf(shelf))?;
        }
        for directory in [layout.root.join("objects"), layout.root.clone()] {
            sync_directory(&directory).map_err(|e| StoreError::file("sync", &directory, &e))?;
        }
        Ok((layout, lock))
    }

    /// The database.
    pub(crate) fn index(&self) -> PathBuf {
        self.root.join("index.db")
    }

    /// Where bodies are written aside.
    pub(crate) fn temporary_directory(&self) -> PathBuf {
        self.root.join("temporary")
    }

    /// Where the body of `id` is written aside.
    pub(crate) fn temporary(&self, id: ObjectId) -> PathBuf {
        self.temporary_directory().join(id.to_string())
    }

    /// Where the body of `id` is kept.
    pub(crate) fn object(&self, id: ObjectId) -> PathBuf {
        let [shelf, ..] = id.0.to_le_bytes();
        self.shelf(shelf).join(id.to_string())
    }

    /// One of the 256 directories of bodies.
    pub(crate) fn shelf(&self, shelf: u8) -> PathBuf {
        self.root.join("objects").join(format!("{shelf:02x}"))
    }
}

/// Creates a file that must not exist, for its owner alone, to be written and read.
pub(crate) fn create_file(path: &Path) -> io::Result<File> {
    OpenOptions::new()
        .read(true)
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
}

/// Waits until the entries of a directory are on the disk.
pub(crate) fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The id that a file is named by; `None` for a file that is not ours.
pub(crate) fn id_of(path: &Path) -> Option<ObjectId> {
    let name = path.file_name()?.to_str()?;
    let id = u64::from_str_radix(name, 16).ok().map(ObjectId)?;
    (id.to_string() == name).then_some(id)
}

fn create_directory(path: &Path) -> Result<(), StoreError> {
    if fs::metadata(path).is_ok_and(|metadata| metadata.is_dir()) {
        return Ok(());
    }
    let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
    created.map_err(|error| StoreError::file("create", path, &error))
}

fn lock(root: &Path) -> Result<DirectoryLock, StoreError> {
    let directory = File::open(root).map_err(|e| StoreError::file("open", root, &e))?;
    match flock(&directory, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(DirectoryLock(directory)),
        Err(rustix::io::Errno::WOULDBLOCK) => Err(StoreError::AlreadyOpen {
            path: root.to_owned(),
        }),
        Err(error) => Err(StoreError::file("lock", root, &error.into())),
    }
}
