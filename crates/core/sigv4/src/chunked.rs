//! The aws-chunked body: a push parser that verifies as it goes.
//!
//! AWS, "Signature calculations for the Authorization header: transferring payload in multiple
//! chunks" and "…including trailing headers". What S3 tolerates and refuses in the framing is
//! pinned by `aws-semantics` section 3.3 and the tests beside this file.
//!
//! The parser never copies body bytes: [`ChunkedDecoder::step`] says which part of its input is
//! body. Bytes are handed on before their chunk's signature is known, so whoever stores them must
//! keep them invisible until [`ChunkedDecoder::finish`] has said yes (threat A4).
//!
//! INVARIANT: memory is bounded by one framing line and the declared trailers, whatever is sent.

mod frame;
mod signed;
mod trailer;

use std::ops::Range;

use thiserror::Error;

use crate::explain::Explanation;
use frame::{ChunkHeader, LineBuffer};
pub use signed::{ChunkSigner, StreamingSignature};
use trailer::TrailerBlock;

/// Signed chunks but the last must hold at least this many bytes.
pub const SMALLEST_SIGNED_CHUNK: u64 = 8 * 1024;

/// Why a framed body was refused.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum ChunkError {
    /// A chunk ends before all declared bytes came, or more came than declared.
    #[error("body has {provided} bytes where {expected} were declared")]
    LengthMismatch {
        /// `x-amz-decoded-content-length`.
        expected: u64,
        /// What the chunks held.
        provided: u64,
    },
    /// The framing is not aws-chunked.
    #[error("chunk framing is malformed")]
    MalformedFrame,
    /// The trailer is not the one declared.
    #[error("trailer is malformed or not the one declared")]
    MalformedTrailer,
    /// A chunk's or the trailer's signature is wrong.
    #[error("chunk or trailer signature does not match")]
    SignatureMismatch {
        /// What we signed.
        ours: Box<Explanation>,
    },
    /// A signed chunk that is not the last is below 8 KiB.
    #[error("chunk {chunk} has only {size} bytes")]
    TooSmall {
        /// Counted from one.
        chunk: u64,
        /// Its size.
        size: u64,
    },
    /// The body ends inside the framing.
    #[error("body ends before its last chunk")]
    UnexpectedEnd,
}

/// What one call of [`ChunkedDecoder::step`] found at the start of its input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Step {
    /// How many bytes of the input are used up.
    pub consumed: usize,
    /// Which of them are body.
    pub body: Range<usize>,
}

/// How a body is framed: what the decoder must be told.
#[derive(Debug)]
pub struct Framing {
    /// Verifies chunk signatures; `None` for `STREAMING-UNSIGNED-PAYLOAD-TRAILER`.
    pub signature: Option<StreamingSignature>,
    /// Trailer names from `x-amz-trailer`, lower case; `None` if the mode has no trailer.
    pub trailers: Option<Vec<String>>,
    /// `x-amz-decoded-content-length`.
    pub decoded_length: u64,
}

/// Decodes one aws-chunked body.
#[derive(Debug)]
pub struct ChunkedDecoder {
    state: State,
    line: LineBuffer,
    signature: Option<StreamingSignature>,
    trailers: Option<TrailerBlock>,
    expected: u64,
    provided: u64,
    chunk: u64,
    previous_size: Option<u64>,
}

#[derive(Debug)]
enum State {
    /// Reading `size[;chunk-signature=…]`.
    Header,
    /// Inside a chunk's data.
    Data {
        left: u64,
        signature: Option<String>,
    },
    /// Before the CRLF that ends a chunk's data.
    DataEnd { signature: Option<String> },
    /// After the zero chunk: trailer lines or the last CRLF.
    Trailer,
    /// Everything read; more input is tolerated only where S3 tolerates it.
    Done,
}

impl ChunkedDecoder {
    /// A decoder for one body.
    #[must_use]
    pub fn new(framing: Framing) -> Self {
        Self {
            state: State::Header,
            line: LineBuffer::default(),
            signature: framing.signature,
            trailers: framing.trailers.map(TrailerBlock::new),
            expected: framing.decoded_length,
            provided: 0,
            chunk: 0,
            previous_size: None,
        }
    }

    /// Reads from the start of `input`; call again with the rest until it is used up.
    ///
    /// # Errors
    /// [`ChunkError`]; the body is then refused for good.
    pub fn step(&mut self, input: &[u8]) -> Result<Step, ChunkError> {
        match &mut self.state {
            State::Data { left, signature } => {
                let take = usize::try_from(*left)
                    .unwrap_or(usize::MAX)
                    .min(input.len());
                if let (Some(signer), Some(data)) = (&mut self.signature, input.get(..take)) {
                    signer.update(data);
                }
                *left -= take as u64;
                if *left == 0 {
                    self.state = State::DataEnd {
                        signature: signature.take(),
                    };
                }
                Ok(Step {
                    consumed: take,
                    body: 0..take,
                })
            }
            State::Done => Ok(Step {
                consumed: input.len(),
                body: 0..0,
            }),
            State::Header | State::DataEnd { .. } | State::Trailer => {
                let consumed = self.line.push(input)?;
                if self.line.is_complete() {
                    let line = self.line.take();
                    self.read_line(&line)?;
                }
                Ok(Step {
                    consumed,
                    body: 0..0,
                })
            }
        }
    }

    /// Ends the body: everything declared must have come, and every signature must have held.
    ///
    /// Gives the trailers, lower-case name and value, the last one winning where one came twice.
    ///
    /// # Errors
    /// [`ChunkError`].
    pub fn finish(mut self) -> Result<Vec<(String, String)>, ChunkError> {
        match self.state {
            State::Done => {}
            // QUIRK: the CRLF after the zero chunk may be missing where no trailer is due.
            State::Trailer if self.trailers.is_none() && self.line.is_empty() => {}
            State::Trailer => {
                // The last trailer line may come without its CRLF pair.
                let rest = self.line.take_partial();
                if !rest.is_empty() {
                    self.read_line(&rest)?;
                }
                self.end_trailer()?;
            }
            _ => return Err(ChunkError::UnexpectedEnd),
        }
        Ok(self
            .trailers
            .map(TrailerBlock::into_fields)
            .unwrap_or_default())
    }

    fn read_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        match std::mem::replace(&mut self.state, State::Done) {
            State::Header => self.begin_chunk(line),
            State::DataEnd { signature } => {
                if !line.is_empty() {
                    return Err(ChunkError::MalformedFrame);
                }
                self.check_chunk(signature.as_deref())?;
                self.state = State::Header;
                Ok(())
            }
            State::Trailer => self.read_trailer_line(line),
            other @ (State::Data { .. } | State::Done) => {
                self.state = other;
                Ok(())
            }
        }
    }

    fn begin_chunk(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        let header = ChunkHeader::parse(line, self.signature.is_some())?;
        self.chunk += 1;
        if let (Some(size), true) = (self.previous_size, self.signature.is_some())
            && header.size > 0
            && size < SMALLEST_SIGNED_CHUNK
        {
            return Err(ChunkError::TooSmall {
                chunk: self.chunk - 1,
                size,
            });
        }
        self.previous_size = Some(header.size);
        let total = self
            .provided
            .checked_add(header.size)
            .ok_or(ChunkError::MalformedFrame)?;
        let ends_short = header.size == 0 && total != self.expected;
        if total > self.expected || ends_short {
            return Err(ChunkError::LengthMismatch {
                expected: self.expected,
                provided: total,
            });
        }
        self.provided = total;
        if header.size > 0 {
            self.state = State::Data {
                left: header.size,
                signature: header.signature,
            };
            return Ok(());
        }
        self.check_chunk(header.signature.as_deref())?;
        self.state = State::Trailer;
        Ok(())
    }

    fn check_chunk(&mut self, provided: Option<&str>) -> Result<(), ChunkError> {
        match (&mut self.signature, provided) {
            (None, _) => Ok(()),
            (Some(_), None) => Err(ChunkError::MalformedFrame),
            (Some(signer), Some(provided)) => signer.check_chunk(provided),
        }
    }

    fn read_trailer_line(&mut self, line: &[u8]) -> Result<(), ChunkError> {
        if line.is_empty() {
            return self.end_trailer();
        }
        let trailers = self.trailers.as_mut().ok_or(ChunkError::MalformedFrame)?;
        trailers.push_line(line)?;
        self.state = State::Trailer;
        Ok(())
    }

    fn end_trailer(&mut self) -> Result<(), ChunkError> {
        let Some(trailers) = &self.trailers else {
            return Ok(());
        };
        trailers.check_complete()?;
        if let Some(signer) = &mut self.signature {
            let provided = trailers.signature().ok_or(ChunkError::MalformedTrailer)?;
            signer.check_trailer(&trailers.canonical(), provided)?;
        }
        self.state = State::Done;
        Ok(())
    }
}

#[cfg(test)]
mod tests;
