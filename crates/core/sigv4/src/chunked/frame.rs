//! The framing lines of an aws-chunked body: `size[;chunk-signature=…]` and CRLF.

use super::ChunkError;

/// The longest framing or trailer line. A SigV4A signature is 144 digits; a trailer holds a checksum.
const LONGEST_LINE: usize = 1_024;

/// Gathers one line that may arrive in pieces.
#[derive(Debug, Default)]
pub(super) struct LineBuffer {
    bytes: Vec<u8>,
    complete: bool,
}

impl LineBuffer {
    /// Takes bytes up to and with the next LF; returns how many.
    pub(super) fn push(&mut self, input: &[u8]) -> Result<usize, ChunkError> {
        let (line, complete) = match input.iter().position(|&b| b == b'\n') {
            Some(end) => (input.get(..=end).unwrap_or_default(), true),
            None => (input, false),
        };
        if self.bytes.len() + line.len() > LONGEST_LINE {
            return Err(ChunkError::MalformedFrame);
        }
        self.bytes.extend_from_slice(line);
        if complete && !self.bytes.ends_with(b"\r\n") {
            return Err(ChunkError::MalformedFrame);
        }
        self.complete = complete;
        Ok(line.len())
    }

    pub(super) fn is_complete(&self) -> bool {
        self.complete
    }

    pub(super) fn is_empty(&self) -> bool {
        self.bytes.is_empty()
    }

    /// The line without its CRLF.
    pub(super) fn take(&mut self) -> Vec<u8> {
        self.complete = false;
        let mut line = std::mem::take(&mut self.bytes);
        line.truncate(line.len().saturating_sub(2));
        line
    }

    /// What came of a line that never ended.
    pub(super) fn take_partial(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.bytes)
    }
}

/// A parsed chunk header.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct ChunkHeader {
    pub(super) size: u64,
    pub(super) signature: Option<String>,
}

impl ChunkHeader {
    /// Parses `size[;chunk-signature=…]`; the signature is required when `signed`.
    pub(super) fn parse(line: &[u8], signed: bool) -> Result<Self, ChunkError> {
        let text = std::str::from_utf8(line).map_err(|_| ChunkError::MalformedFrame)?;
        let (size, extension) = match text.split_once(';') {
            Some((size, extension)) => (size, Some(extension)),
            None => (text, None),
        };
        let size = parse_size(size.trim_matches(' ')).ok_or(ChunkError::MalformedFrame)?;
        if !signed {
            return Ok(Self {
                size,
                signature: None,
            });
        }
        // AWS: spaces around the parameter are accepted. A parameter before it makes the signature
        // wrong, one after it makes the frame malformed (aws-semantics 3.3): the value is then not
        // the chunk's signature, or not one at all.
        let extension = extension.ok_or(ChunkError::MalformedFrame)?;
        let (name, value) = extension
            .split_once('=')
            .ok_or(ChunkError::MalformedFrame)?;
        if name.trim_matches(' ') != "chunk-signature" {
            return Ok(Self {
                size,
                signature: Some(extension.to_owned()),
            });
        }
        let value = value.trim_matches(' ');
        if value.is_empty() || value.contains(';') {
            return Err(ChunkError::MalformedFrame);
        }
        Ok(Self {
            size,
            signature: Some(value.to_owned()),
        })
    }
}

/// Reads 1 to 16 hexadecimal digits; anything else, a sign too, is no size.
fn parse_size(digits: &str) -> Option<u64> {
    let valid = !digits.is_empty() && digits.len() <= 16;
    (valid && digits.bytes().all(|b| b.is_ascii_hexdigit()))
        .then(|| u64::from_str_radix(digits, 16).ok())?
        .filter(|size| i64::try_from(*size).is_ok())
}
