//! Reading a range of an object with bounded memory.
//!
//! A body in memory is handed out as it is. A file is read in pieces of 256 KiB, and only when the
//! next piece is asked for: first `preadv2(RWF_NOWAIT)` on the caller's thread, which answers at once
//! when the page cache has the bytes, and a blocking read in tokio's pool only when it has not.
//!
//! INVARIANT: a reader holds at most one buffer, and hands out exactly the bytes asked for or ends
//! with an error. A file that is shorter than its row says is an error, never a short body.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use rustix::io::{Errno, ReadWriteFlags, preadv2};
use tokio::task::JoinHandle;

use crate::Object;
use crate::buffer::{Buffer, BufferPool, READ_BYTES};
use crate::object::Body;

/// Hands out a range of an object, piece by piece.
#[derive(Debug)]
pub struct ObjectReader {
    object: Arc<Object>,
    pool: Arc<BufferPool>,
    next: u64,
    end: u64,
    reading: Option<JoinHandle<io::Result<Piece>>>,
}

/// A buffer with its first bytes filled.
#[derive(Debug)]
struct Piece {
    buffer: Buffer,
    length: usize,
}

impl ObjectReader {
    pub(crate) fn new(object: &Arc<Object>, range: Range<u64>, pool: &Arc<BufferPool>) -> Self {
        let end = range.end.min(object.size);
        let next = range.start.min(end);
        Self {
            object: Arc::clone(object),
            pool: Arc::clone(pool),
            next,
            end,
            reading: None,
        }
    }

    /// How many bytes are still to come.
    #[must_use]
    pub fn remaining(&self) -> u64 {
        self.end - self.next
    }

    /// The next piece; `None` after the last one, and after an error.
    pub async fn next(&mut self) -> Option<io::Result<Bytes>> {
        std::future::poll_fn(|cx| self.poll_next(cx)).await
    }

    /// The next piece, for a body that is polled.
    pub fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<io::Result<Bytes>>> {
        if self.next == self.end {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_piece(cx));
        match &piece {
            Ok(bytes) => self.next += bytes.len() as u64,
            Err(_) => self.next = self.end,
        }
        Poll::Ready(Some(piece))
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<Bytes>> {
        if let Some(reading) = &mut self.reading {
            let done = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            let piece = done.map_err(io::Error::other)??;
            return Poll::Ready(Ok(piece.buffer.into_bytes(piece.length)));
        }
        let file = match &self.object.body {
            Body::File(file) => file,
            Body::Memory(body) => return Poll::Ready(self.slice(body)),
        };
        let wanted = usize::try_from(self.remaining())
            .unwrap_or(READ_BYTES)
            .min(READ_BYTES);
        let mut buffer = self.pool.take();
        match read_cached(
            file,
            buffer.get_mut(..wanted).unwrap_or_default(),
            self.next,
        ) {
            Ok(0) => Poll::Ready(Err(self.too_short())),
            Ok(length) => Poll::Ready(Ok(buffer.into_bytes(length))),
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => {
                self.read_in_the_pool(buffer, wanted);
                self.poll_piece(cx)
            }
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }

    fn read_in_the_pool(&mut self, mut buffer: Buffer, length: usize) {
        let (object, offset) = (Arc::clone(&self.object), self.next);
        let too_short = self.too_short();
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let Body::File(file) = &object.body else {
                return Err(too_short);
            };
            // The bytes behind will be wanted next. That is advice; it may fail.
            let _ = rustix::fs::fadvise(file, offset, None, rustix::fs::Advice::Sequential);
            match file.read_exact_at(buffer.get_mut(..length).unwrap_or_default(), offset) {
                Ok(()) => Ok(Piece { buffer, length }),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(too_short),
                Err(error) => Err(error),
            }
        }));
    }

    /// What is wanted of a body in memory, in one piece.
    fn slice(&self, body: &Bytes) -> io::Result<Bytes> {
        let bounds = usize::try_from(self.next)
            .ok()
            .zip(usize::try_from(self.end).ok());
        match bounds {
            Some((from, to)) if to <= body.len() => Ok(body.slice(from..to)),
            _ => Err(self.too_short()),
        }
    }

    fn too_short(&self) -> io::Error {
        let message = format!(
            "the body of object {} is shorter than its index says",
            self.object.id
        );
        io::Error::new(io::ErrorKind::UnexpectedEof, message)
    }
}

/// Reads what the page cache has, without waiting for a disk.
fn read_cached(file: &File, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
    preadv2(
        file,
        &mut [IoSliceMut::new(buffer)],
        offset,
        ReadWriteFlags::NOWAIT,
    )
}

#[cfg(test)]
mod tests;
