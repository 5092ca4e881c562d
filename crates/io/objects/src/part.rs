//! The parts of an object that was uploaded in parts.
//!
//! Each part is a file of its own and stays it: the object is a list of them. Its rows are those that
//! the upload had, so completing an upload moves neither bytes nor rows.

use std::fs::File;
use std::io;

use countersign_s3::{ChecksumAlgorithm, ChecksumKind, StoredChecksum};
use rusqlite::Connection;

use crate::pin::Pin;
use crate::{ObjectId, StoreError, checksum_text};

/// About how many bytes one part takes in the index.
pub(crate) const ROW_BYTES: u64 = 128;

/// One part of an object.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ObjectPart {
    /// Its number.
    pub number: u16,
    /// Where in the object it begins.
    pub offset: u64,
    /// Its size in bytes.
    pub size: u64,
    /// The value of its checksum, in the algorithm of the object's.
    pub checksum: Option<Box<str>>,
    pub(crate) file: ObjectId,
}

/// A body in the files of its parts.
#[derive(Debug)]
pub(crate) struct PartedBody {
    parts: Box<[ObjectPart]>,
    pin: Pin,
}

impl PartedBody {
    /// The body of these parts, which stand in order and leave no gap.
    pub(crate) fn new(parts: Vec<ObjectPart>, pin: Pin) -> Self {
        Self {
            parts: parts.into(),
            pin,
        }
    }

    pub(crate) fn parts(&self) -> &[ObjectPart] {
        &self.parts
    }

    /// The part that holds the byte at `offset`, and which one it is.
    pub(crate) fn at(&self, offset: u64) -> Option<(usize, &ObjectPart)> {
        let index = self
            .parts
            .partition_point(|part| part.offset + part.size <= offset);
        self.parts.get(index).map(|part| (index, part))
    }

    /// Opens the file of a part.
    pub(crate) fn open(&self, index: usize) -> io::Result<File> {
        let part = self.parts.get(index).ok_or(io::ErrorKind::NotFound)?;
        File::open(self.pin.layout().object(part.file))
    }

    /// About how much memory this takes.
    pub(crate) fn memory_bytes(&self) -> u64 {
        let checksums = self.parts.iter().filter_map(|part| part.checksum.as_ref());
        let texts: usize = checksums.map(|text| text.len()).sum();
        (size_of_val(&*self.parts) + texts) as u64
    }
}

/// Puts parts behind one another.
#[derive(Debug, Default)]
pub(crate) struct Assembly {
    pub(crate) parts: Vec<ObjectPart>,
    pub(crate) size: u64,
}

impl Assembly {
    /// Appends the next part; a checksum of another algorithm than the object's is not told.
    pub(crate) fn append(
        &mut self,
        row: &PartRow,
        algorithm: Option<ChecksumAlgorithm>,
    ) -> Result<(), StoreError> {
        let checksum = row.checksum.as_ref();
        let told = checksum.filter(|checksum| Some(checksum.algorithm) == algorithm);
        self.parts.push(ObjectPart {
            number: row.number,
            offset: self.size,
            size: row.size,
            checksum: told.map(|checksum| checksum.value.as_str().into()),
            file: row.file,
        });
        let size = self.size.checked_add(row.size);
        self.size = size.ok_or(StoreError::Damaged {
            id: row.file,
            what: "its parts are too large",
        })?;
        Ok(())
    }
}

/// One part as the index has it.
#[derive(Clone, Debug)]
pub(crate) struct PartRow {
    pub(crate) number: u16,
    pub(crate) file: ObjectId,
    pub(crate) size: u64,
    pub(crate) etag: String,
    pub(crate) checksum: Option<StoredChecksum>,
    pub(crate) modified_ms: i64,
}

impl PartRow {
    /// The row of a part that was copied with its object.
    pub(crate) fn of_copy(
        part: &ObjectPart,
        algorithm: Option<ChecksumAlgorithm>,
        modified_ms: i64,
    ) -> Self {
        let checksum = part.checksum.as_deref().zip(algorithm);
        Self {
            number: part.number,
            file: part.file,
            size: part.size,
            etag: String::new(),
            checksum: checksum.map(|(value, algorithm)| StoredChecksum {
                algorithm,
                value: value.to_owned(),
                kind: ChecksumKind::FullObject,
            }),
            modified_ms,
        }
    }
}

/// Reads up to `max` parts of a body with numbers above `after`, in order.
pub(crate) fn rows(
    connection: &Connection,
    body: ObjectId,
    after: Option<u16>,
    max: usize,
) -> Result<Vec<PartRow>, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT number, file_id, size, etag, checksum, modified_ms FROM part \
         WHERE body_id = ?1 AND number > ?2 ORDER BY number LIMIT ?3",
    )?;
    let after = after.map_or(-1, i64::from);
    let max = i64::try_from(max).unwrap_or(i64::MAX);
    let rows = statement.query_map((body.0.cast_signed(), after, max), |row| {
        Ok(PartRow {
            number: row.get(0)?,
            file: ObjectId(row.get::<_, i64>(1)?.cast_unsigned()),
            size: row.get::<_, i64>(2)?.cast_unsigned(),
            etag: row.get(3)?,
            checksum: checksum_text::read(row.get_ref(4)?.as_str()?),
            modified_ms: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Writes one part, in place of an earlier one of its number.
pub(crate) fn insert(
    connection: &Connection,
    body: ObjectId,
    row: &PartRow,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO part \
             (body_id, number, file_id, size, etag, checksum, modified_ms) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        )?
        .execute((
            body.0.cast_signed(),
            row.number,
            row.file.0.cast_signed(),
            row.size.cast_signed(),
            &row.etag,
            checksum_text::write(row.checksum.as_ref()),
            row.modified_ms,
        ))?;
    Ok(())
}
