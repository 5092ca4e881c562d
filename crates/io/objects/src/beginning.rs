//! The first bytes of a body, kept beside it, so that what it is can be told without reading it.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

use countersign_s3::BEGINNING_BYTES;

/// The first bytes of a body; fewer if it is shorter.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Beginning {
    bytes: [u8; BEGINNING_BYTES],
    length: usize,
}

impl Beginning {
    /// Nothing yet.
    pub(crate) const fn empty() -> Self {
        Self {
            bytes: [0; BEGINNING_BYTES],
            length: 0,
        }
    }

    /// Takes what is still missing from the next bytes of the body.
    pub(crate) fn take(&mut self, next: &[u8]) {
        let room = self.bytes.get_mut(self.length..).unwrap_or_default();
        for (slot, byte) in room.iter_mut().zip(next) {
            *slot = *byte;
            self.length += 1;
        }
    }

    /// That of these bytes.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        let mut beginning = Self::empty();
        beginning.take(bytes);
        beginning
    }

    /// Reads that of a file.
    pub(crate) fn read(file: &File) -> io::Result<Self> {
        let mut beginning = Self::empty();
        while beginning.length < BEGINNING_BYTES {
            let room = beginning
                .bytes
                .get_mut(beginning.length..)
                .unwrap_or_default();
            match file.read_at(room, beginning.length as u64) {
                Ok(0) => break,
                Ok(read) => beginning.length += read,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(beginning)
    }

    /// The bytes.
    pub(crate) fn bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::Beginning;

    #[test]
    fn it_is_the_same_taken_piece_by_piece_or_read() {
        let body: Vec<u8> = (0..200).collect();
        let mut taken = Beginning::empty();
        body.chunks(7).for_each(|piece| taken.take(piece));
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&body).unwrap();
        let read = Beginning::read(&file).unwrap();
        assert_eq!(taken.bytes(), &body[..64]);
        assert_eq!(read.bytes(), taken.bytes());
        assert_eq!(Beginning::of(b"abc").bytes(), b"abc");
    }
}
