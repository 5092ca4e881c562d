//! Text that is typed, piped or lies in a file. `-` is standard input, everywhere.
//!
//! What is piped stays out of the shell's history and of the list of processes.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use super::CommandError;

/// The most that is read; no URL and no policy is longer.
const LONGEST: u64 = 1 << 20;

/// What was typed, or what standard input holds if that was `-`.
///
/// # Errors
/// Whatever the input says.
pub(super) fn typed_or_piped(typed: &str) -> Result<String, CommandError> {
    match typed {
        "-" => Ok(read(io::stdin())?),
        _ => Ok(typed.to_owned()),
    }
}

/// What a file holds, or standard input if it is named `-`.
///
/// # Errors
/// [`CommandError::File`] with the name.
pub(super) fn file_or_piped(path: &Path) -> Result<String, CommandError> {
    let text = if path == Path::new("-") {
        read(io::stdin())
    } else {
        File::open(path).and_then(read)
    };
    text.map_err(|error| CommandError::File {
        path: path.to_owned(),
        error,
    })
}

fn read(source: impl Read) -> io::Result<String> {
    let mut text = String::new();
    source.take(LONGEST).read_to_string(&mut text)?;
    Ok(text)
}
