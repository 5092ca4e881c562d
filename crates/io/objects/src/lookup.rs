//! Looking one version up in the index.
//!
//! The current version is one row of `object`. Every other version is a row of `old_version`, found by
//! the number in its id, or by being the null version; the whole id decides.

use countersign_s3::{ETag, ObjectAttributes, VersionId};
use rusqlite::{Connection, Params, Row};

use crate::index::column;
use crate::place::Place;
use crate::{ObjectId, StoreError, attributes, version};

/// Where a row says that its body is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Storage {
    InFile,
    Inline,
    InParts,
    /// A delete marker has none.
    Nowhere,
}

/// One version as the index has it.
#[derive(Debug)]
pub(crate) struct VersionRow {
    pub(crate) id: ObjectId,
    pub(crate) version_id: VersionId,
    pub(crate) size: u64,
    pub(crate) etag: ETag,
    pub(crate) modified_ms: i64,
    pub(crate) attributes: ObjectAttributes,
    pub(crate) body: RowBody,
}

/// The body, or where it is.
#[derive(Debug)]
pub(crate) enum RowBody {
    InFile,
    InParts,
    Inline(Vec<u8>),
}

/// What was found.
#[derive(Debug)]
pub(crate) enum Looked {
    /// A version with a body.
    Version(Box<VersionRow>),
    /// A delete marker.
    Marker(Marker),
    /// Nothing.
    Nothing,
}

/// A delete marker.
#[derive(Debug)]
pub(crate) struct Marker {
    pub(crate) version_id: VersionId,
    pub(crate) modified_ms: i64,
    /// Whether it hides its key right now.
    pub(crate) current: bool,
}

/// The columns of a version with its body, from one of the two tables.
macro_rules! version_where {
    ($table:literal, $condition:literal) => {
        concat!(
            "SELECT id, version_id, size, etag, modified_ms, attributes, storage, body FROM ",
            $table,
            " LEFT JOIN small_body ON storage = 1 AND object_id = id \
             WHERE bucket_id = ?1 AND key = ?2 AND ",
            $condition
        )
    };
}

impl Storage {
    /// As the index keeps it.
    pub(crate) const fn column(self) -> i64 {
        match self {
            Self::InFile => 0,
            Self::Inline => 1,
            Self::InParts => 2,
            Self::Nowhere => 3,
        }
    }

    pub(crate) const fn of_column(column: i64) -> Self {
        match column {
            0 => Self::InFile,
            1 => Self::Inline,
            2 => Self::InParts,
            _ => Self::Nowhere,
        }
    }
}

/// Looks up what is visible at a place; the marker if one hides it.
pub(crate) fn current(connection: &Connection, place: Place<'_>) -> Result<Looked, StoreError> {
    let key = (column(place.bucket), place.key.as_bytes());
    loop {
        match one(connection, version_where!("object", "true"), key)? {
            Looked::Nothing => {}
            found => return Ok(found),
        }
        // Without a current version, the newest of the others is a marker.
        let newest = version_where!("old_version", "true ORDER BY newest_first LIMIT 1");
        match one(connection, newest, key)? {
            // Given a version since the first look, which the next look finds.
            Looked::Version(_) => {}
            Looked::Marker(marker) => {
                let current = true;
                return Ok(Looked::Marker(Marker { current, ..marker }));
            }
            Looked::Nothing => return Ok(Looked::Nothing),
        }
    }
}

/// Looks up one version by its id.
pub(crate) fn named(
    connection: &Connection,
    place: Place<'_>,
    id: &VersionId,
) -> Result<Looked, StoreError> {
    // One snapshot: a version may move from one table to the other.
    let snapshot = connection.unchecked_transaction()?;
    let connection = &*snapshot;
    let (bucket, key) = (column(place.bucket), place.key.as_bytes());
    let sql = version_where!("object", "version_id = ?3");
    match one(connection, sql, (bucket, key, id.as_str()))? {
        Looked::Nothing => {}
        found => return Ok(found),
    }
    let found = match version::place_of(id) {
        None => {
            let sql = version_where!("old_version", "version_id = 'null'");
            one(connection, sql, (bucket, key))?
        }
        Some(number) => {
            let sql = version_where!("old_version", "newest_first = ?3 AND version_id = ?4");
            one(connection, sql, (bucket, key, number.0, id.as_str()))?
        }
    };
    let Looked::Marker(marker) = found else {
        return Ok(found);
    };
    let is_current = match current(connection, place)? {
        Looked::Marker(newest) => newest.version_id == marker.version_id,
        Looked::Nothing | Looked::Version(_) => false,
    };
    Ok(Looked::Marker(Marker {
        current: is_current,
        ..marker
    }))
}

/// Whether a version's body, or a part of one, is the file of this id.
pub(crate) fn has_file(connection: &Connection, file: ObjectId) -> Result<bool, StoreError> {
    let mut statement = connection.prepare_cached(
        "SELECT 1 FROM object WHERE id = ?1 AND storage = 0 \
         UNION ALL SELECT 1 FROM old_version WHERE id = ?1 AND storage = 0 \
         UNION ALL SELECT 1 FROM part WHERE file_id = ?1",
    )?;
    Ok(statement.exists([file.0.cast_signed()])?)
}

/// A version id in a column.
pub(crate) fn version_id(row: &Row<'_>, index: usize) -> rusqlite::Result<VersionId> {
    let text = row.get_ref(index)?.as_str()?;
    VersionId::parse(text).ok_or_else(|| {
        let kind = rusqlite::types::Type::Text;
        let error = format!("`{text}` is no version id").into();
        rusqlite::Error::FromSqlConversionFailure(index, kind, error)
    })
}

fn one(connection: &Connection, sql: &str, key: impl Params) -> Result<Looked, StoreError> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut rows = statement.query(key)?;
    match rows.next()? {
        Some(row) => looked(row),
        None => Ok(Looked::Nothing),
    }
}

fn looked(row: &Row<'_>) -> Result<Looked, StoreError> {
    let id = ObjectId(row.get::<_, i64>(0)?.cast_unsigned());
    let version_id = version_id(row, 1)?;
    let size = row.get::<_, i64>(2)?.cast_unsigned();
    let modified_ms = row.get(4)?;
    let body = match Storage::of_column(row.get(6)?) {
        Storage::InFile => RowBody::InFile,
        Storage::InParts => RowBody::InParts,
        Storage::Inline => match row.get::<_, Option<Vec<u8>>>(7)? {
            Some(body) if body.len() as u64 == size => RowBody::Inline(body),
            _ => {
                let what = "its body is missing in the index";
                return Err(StoreError::Damaged { id, what });
            }
        },
        Storage::Nowhere => {
            return Ok(Looked::Marker(Marker {
                version_id,
                modified_ms,
                current: false,
            }));
        }
    };
    Ok(Looked::Version(Box::new(VersionRow {
        id,
        version_id,
        size,
        etag: ETag::parse(row.get_ref(3)?.as_str().map_err(rusqlite::Error::from)?),
        modified_ms,
        attributes: attributes::of_text(row.get_ref(5)?.as_str().map_err(rusqlite::Error::from)?)?,
        body,
    })))
}
