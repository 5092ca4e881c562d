//! The directory that a node keeps its own files in.

use std::fs::DirBuilder;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;

use crate::StateError;

/// Creates the directory, for its owner alone, unless it is there.
pub(crate) fn create(path: &Path) -> Result<(), StateError> {
    let created = DirBuilder::new().recursive(true).mode(0o700).create(path);
    created.map_err(|error| StateError::file("create", path, &error))
}
