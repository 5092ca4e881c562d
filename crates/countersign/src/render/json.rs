//! Reports as JSON: one object, indented, with a line end.

use std::io::{self, Write};

use serde::Serialize;

/// Writes a value.
///
/// # Errors
/// Whatever the output says.
pub(crate) fn write(value: &impl Serialize, out: &mut impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value).map_err(io::Error::from)?;
    out.write_all(b"\n")?;
    out.flush()
}
