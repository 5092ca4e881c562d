//! The trailer of an aws-chunked body: declared checksum headers and their signature.
//!
//! Which trailers may come is declared in the signed header `x-amz-trailer`; anything else is
//! refused. A line that is no field at all is tolerated after the declared ones, as S3 does.

use super::ChunkError;

const SIGNATURE: &str = "x-amz-trailer-signature";
/// Lines a trailer may have; S3 knows one checksum and one signature.
const MOST_LINES: usize = 16;

#[derive(Debug)]
pub(super) struct TrailerBlock {
    declared: Vec<String>,
    fields: Vec<(String, String)>,
    signature: Option<String>,
    lines: usize,
}

impl TrailerBlock {
    pub(super) fn new(declared: Vec<String>) -> Self {
        Self {
            declared,
            fields: Vec::new(),
            signature: None,
            lines: 0,
        }
    }

    pub(super) fn push_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        self.lines += 1;
        let text = std::str::from_utf8(line).map_err(|_| ChunkError::MalformedTrailer)?;
        if self.lines > MOST_LINES {
            return Err(ChunkError::MalformedTrailer);
        }
        let Some((name, value)) = text.split_once(':') else {
            // QUIRK: junk after the declared trailers is tolerated (aws-semantics 3.3).
            return self.check_complete();
        };
        let name = name.trim_matches(' ').to_ascii_lowercase();
        let value = value.trim_matches(' ').to_owned();
        if name == SIGNATURE {
            self.signature = Some(value);
        } else if !self.declared.contains(&name) {
            return Err(ChunkError::MalformedTrailer);
        } else if let Some(field) = self.fields.iter_mut().find(|(n, _)| *n == name) {
            field.1 = value;
        } else {
            self.fields.push((name, value));
        }
        Ok(())
    }

    pub(super) fn check_complete(&self) -> Result<(), ChunkError> {
        let all = self
            .declared
            .iter()
            .all(|name| self.fields.iter().any(|(n, _)| n == name));
        if all {
            Ok(())
        } else {
            Err(ChunkError::MalformedTrailer)
        }
    }

    pub(super) fn signature(&self) -> Option<&str> {
        self.signature.as_deref()
    }

    /// Each field as `name:value` and a newline, in the order sent.
    pub(super) fn canonical(&self) -> String {
        self.fields
            .iter()
            .map(|(name, value)| format!("{name}:{value}\n"))
            .collect()
    }

    pub(super) fn into_fields(self) -> Vec<(String, String)> {
        self.fields
    }
}
