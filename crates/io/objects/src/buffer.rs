//! Large reused buffers for file bodies.
//!
//! COST: a fresh 256 KiB allocation is a fresh mapping, and faulting in its 64 pages takes longer
//! than reading the bytes from the page cache; so buffers go back to a pool when their last reader
//! lets go. The pool keeps a few and frees the rest, so memory follows the load down again.

use std::ops::{Deref, DerefMut};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;

/// The size of a buffer, and so of a read or a write.
pub(crate) const BUFFER_BYTES: usize = 256 * 1024;

/// How many unused buffers are kept: 8 MiB.
const KEPT: usize = 32;

/// The buffers of one store.
#[derive(Debug, Default)]
pub(crate) struct BufferPool {
    unused: Mutex<Vec<Box<[u8]>>>,
}

/// A buffer that returns to its pool.
#[derive(Debug)]
pub(crate) struct Buffer {
    bytes: Box<[u8]>,
    pool: Arc<BufferPool>,
}

impl BufferPool {
    /// Takes an unused buffer or makes one. Its content is arbitrary.
    pub(crate) fn take(self: &Arc<Self>) -> Buffer {
        let unused = self
            .unused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop();
        let bytes = unused.unwrap_or_else(|| vec![0; BUFFER_BYTES].into_boxed_slice());
        Buffer {
            bytes,
            pool: Arc::clone(self),
        }
    }

    /// How many buffers lie here unused.
    #[cfg(test)]
    pub(crate) fn unused(&self) -> usize {
        self.unused
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .len()
    }
}

impl Buffer {
    /// Hands out the first `length` bytes; the buffer returns to its pool when they are dropped.
    pub(crate) fn into_bytes(self, length: usize) -> Bytes {
        Bytes::from_owner(Filled(self)).slice(..length.min(BUFFER_BYTES))
    }
}

impl Deref for Buffer {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let mut unused = self
            .pool
            .unused
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if unused.len() < KEPT {
            unused.push(std::mem::take(&mut self.bytes));
        }
    }
}

struct Filled(Buffer);

impl AsRef<[u8]> for Filled {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}
