//! Reading a range of an object with bounded memory.
//!
//! A body in memory is handed out as it is. A file is read in pieces of 256 KiB, and only when the
//! next piece is asked for: first `preadv2(RWF_NOWAIT)` on the caller's thread, which answers at once
//! when the page cache has the bytes, and a blocking read in tokio's pool only when it has not. A file in
//! memory (tmpfs) knows no such answer, but it has the bytes. The files of parts are opened one after the other, each when the reader gets to it.
//!
//! INVARIANT: a reader holds at most one buffer and one part's file, and hands out exactly the bytes asked for or ends
//! with an error. A file that is shorter than its row says is an error, never a short body. Who asks for less than a
//! buffer at a time holds no more than it asked for.

use std::fs::File;
use std::io::{self, IoSliceMut};
use std::ops::Range;
use std::os::unix::fs::FileExt as _;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use rustix::io::{Errno, ReadWriteFlags, preadv, preadv2};
use tokio::task::JoinHandle;

use crate::Object;
use crate::buffer::{Buffer, BufferPool, READ_BYTES};
use crate::object::Body;

/// What `statfs(2)` says of a tmpfs.
const TMPFS_MAGIC: i128 = 0x0102_1994;

/// Hands out a range of an object, piece by piece.
#[derive(Debug)]
pub struct ObjectReader {
    object: Arc<Object>,
    pool: Arc<BufferPool>,
    next: u64,
    end: u64,
    opened: Option<OpenPart>,
    reading: Option<JoinHandle<io::Result<Piece>>>,
}

/// A buffer with its first bytes filled, and the part they are from.
#[derive(Debug)]
struct Piece {
    buffer: Buffer,
    length: usize,
    opened: Option<OpenPart>,
}

/// The file of one part.
#[derive(Clone, Debug)]
struct OpenPart {
    index: usize,
    file: Arc<File>,
}

/// What is to be read next.
#[derive(Clone, Copy)]
struct Span {
    /// Of which part; none if the body is one file.
    part: Option<usize>,
    /// Where in the file.
    offset: u64,
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
            opened: None,
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
        self.poll_next_of(cx, usize::MAX)
    }

    /// The next piece, of at most so many bytes and at least one. Ask for as many again while it is pending.
    pub fn poll_next_of(
        &mut self,
        cx: &mut Context<'_>,
        most: usize,
    ) -> Poll<Option<io::Result<Bytes>>> {
        if self.next == self.end {
            return Poll::Ready(None);
        }
        let piece = ready!(self.poll_piece(cx, most.max(1)));
        match &piece {
            Ok(bytes) => self.next += bytes.len() as u64,
            Err(_) => self.next = self.end,
        }
        Poll::Ready(Some(piece))
    }

    fn poll_piece(&mut self, cx: &mut Context<'_>, most: usize) -> Poll<io::Result<Bytes>> {
        if let Some(reading) = &mut self.reading {
            let done = ready!(Pin::new(reading).poll(cx));
            self.reading = None;
            let piece = done.map_err(io::Error::other)??;
            self.opened = piece.opened;
            return Poll::Ready(Ok(piece.buffer.into_bytes(piece.length)));
        }
        let span = match &self.object.body {
            Body::Memory(body) => return Poll::Ready(self.slice(body, most)),
            Body::File(_) => Some(self.span(None, self.next, most as u64)),
            Body::Parts(body) => body.at(self.next).map(|(index, part)| {
                let offset = self.next - part.offset;
                self.span(Some(index), offset, (part.size - offset).min(most as u64))
            }),
        };
        let Some(span) = span else {
            return Poll::Ready(Err(self.too_short()));
        };
        let mut buffer = match most < READ_BYTES {
            true => self.pool.make(span.length),
            false => self.pool.take(),
        };
        let room = buffer.get_mut(..span.length).unwrap_or_default();
        let read = match self.open_file(span.part) {
            Some(file) => read_cached(file, room, span.offset),
            None => Err(Errno::AGAIN),
        };
        match read {
            Ok(0) => Poll::Ready(Err(self.too_short())),
            Ok(length) => Poll::Ready(Ok(buffer.into_bytes(length))),
            Err(Errno::AGAIN | Errno::OPNOTSUPP | Errno::NOSYS | Errno::INTR) => {
                self.read_in_the_pool(buffer, span);
                self.poll_piece(cx, most)
            }
            Err(error) => Poll::Ready(Err(error.into())),
        }
    }

    /// What is to be read next of a file that has so many bytes left, or of which so many are wanted.
    fn span(&self, part: Option<usize>, offset: u64, left: u64) -> Span {
        let wanted = usize::try_from(self.remaining().min(left)).unwrap_or(READ_BYTES);
        Span {
            part,
            offset,
            length: wanted.min(READ_BYTES),
        }
    }

    /// The file of a span, if it is open.
    fn open_file(&self, part: Option<usize>) -> Option<&File> {
        match (&self.object.body, part) {
            (Body::File(file), None) => Some(file),
            (Body::Parts(_), Some(index)) => {
                let opened = self.opened.as_ref().filter(|open| open.index == index);
                opened.map(|open| &*open.file)
            }
            _ => None,
        }
    }

    fn read_in_the_pool(&mut self, mut buffer: Buffer, span: Span) {
        let object = Arc::clone(&self.object);
        let at_hand = self.opened.take().filter(|o| Some(o.index) == span.part);
        let too_short = self.too_short();
        self.reading = Some(tokio::task::spawn_blocking(move || {
            let opened = match (&object.body, span.part) {
                (Body::Parts(body), Some(index)) if at_hand.is_none() => Some(OpenPart {
                    index,
                    file: Arc::new(body.open(index)?),
                }),
                _ => at_hand,
            };
            let file = match (&object.body, &opened) {
                (Body::File(file), _) => file,
                (_, Some(open)) => &*open.file,
                _ => return Err(too_short),
            };
            let Span { offset, length, .. } = span;
            // The bytes behind will be wanted next. That is advice; it may fail.
            let _ = rustix::fs::fadvise(file, offset, None, rustix::fs::Advice::Sequential);
            match file.read_exact_at(buffer.get_mut(..length).unwrap_or_default(), offset) {
                Ok(()) => Ok(Piece {
                    buffer,
                    length,
                    opened,
                }),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Err(too_short),
                Err(error) => Err(error),
            }
        }));
    }

    /// The next of what is wanted of a body in memory.
    fn slice(&self, body: &Bytes, most: usize) -> io::Result<Bytes> {
        let end = self.end.min(self.next.saturating_add(most as u64));
        let bounds = usize::try_from(self.next)
            .ok()
            .zip(usize::try_from(end).ok());
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
///
/// COST: a hand-over to the pool for each piece took 15 to 22 % of a large download from tmpfs.
fn read_cached(file: &File, buffer: &mut [u8], offset: u64) -> Result<usize, Errno> {
    let mut room = [IoSliceMut::new(buffer)];
    match preadv2(file, &mut room, offset, ReadWriteFlags::NOWAIT) {
        Err(Errno::OPNOTSUPP) if lies_in_memory(file) => preadv(file, &mut room, offset),
        read => read,
    }
}

fn lies_in_memory(file: &File) -> bool {
    rustix::fs::fstatfs(file).is_ok_and(|system| i128::from(system.f_type) == TMPFS_MAGIC)
}

#[cfg(test)]
mod tests;
