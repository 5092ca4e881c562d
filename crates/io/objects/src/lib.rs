//! The local object store: bytes in files, an index in SQLite.
//!
//! Bodies above 64 KiB are files named by a number; smaller ones lie in the index's own database, so
//! that one group commit makes many of them durable. A file is written aside, fsynced, renamed into
//! place, its directory fsynced, and only then does the index row appear. What is often read is kept
//! in memory and invalidated exactly. The index knows the current version of each key apart from all
//! others, so a bucket that keeps versions reads and lists like one that does not. An object that was
//! uploaded in parts stays in the files of its parts, and a copy is a second name of its files: no
//! byte is written twice.
//!
//! INVARIANT: no byte of an object is reachable from outside without `countersign_gate::Authorized`,
//! which nobody but the gate can make:
//!
//! ```compile_fail,E0451
//! use countersign_gate::Authorized;
//! fn steal(store: &countersign_objects::LocalStore, permit: &Authorized) {
//!     let forged = Authorized { key: None, ..permit.clone() };
//!     let _ = store.peek(&forged);
//! }
//! ```
//!
//! INVARIANT: an object is visible whole or not at all, whatever happens to the process, and who
//! reads while it is replaced goes on reading the old one.
//! INVARIANT: memory does not grow with the size of an object.

mod attributes;
mod beginning;
mod buffer;
mod cache;
mod checksum_text;
mod close;
mod copy;
#[cfg(test)]
mod crash;
mod delete;
mod duplicate;
mod error;
mod failpoint;
mod found;
mod housekeeper;
mod ids;
mod index;
mod layout;
mod list;
mod loader;
mod lookup;
#[cfg(test)]
mod model;
mod multipart;
mod object;
mod options;
mod part;
mod pin;
mod place;
mod put;
mod reader;
mod seen;
mod store;
mod sweep;
mod tags;
mod temporary;
mod upload;
mod version;
mod writer;

pub use copy::NewCopy;
pub use delete::{DeleteOne, Deleted};
pub use error::{
    CloseError, CommitError, CompleteError, DeleteError, StoreError, TagError, UploadError,
};
pub use found::Found;
pub use list::{
    ListPage, ListRequest, ListedContent, ListedObject, ListedVersion, UploadListRequest,
    UploadPage, UploadPosition, VersionListRequest, VersionPage, VersionPosition,
};
pub use multipart::{
    CompletedUpload, Completion, NewPart, NewUpload, PartFileRef, PartPage, PartUpload,
    UploadChecksum, UploadId, UploadInfo, UploadedPart,
};
pub use object::{Object, ObjectId};
pub use options::{Durability, Options};
pub use part::ObjectPart;
pub use put::PutCondition;
pub use reader::ObjectReader;
pub use store::LocalStore;
pub use sweep::SweepReport;
pub use upload::{NewObject, PutHints, Upload};
