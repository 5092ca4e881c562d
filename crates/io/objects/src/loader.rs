//! From a row of the index to an object that can be read.
//!
//! The row is read first and then what it names is taken hold of, so in between it may be replaced and
//! its files unlinked. Whoever loses that race looks again and finds the new row.

use std::fs::File;
use std::io;
use std::sync::Arc;

use crate::beginning::Beginning;
use crate::lookup::{self, Looked, Marker, RowBody, VersionRow};
use crate::object::Body;
use crate::part::{self, Assembly, PartedBody};
use crate::place::{Place, Wanted};
use crate::store::Shared;
use crate::{Found, Object, ObjectId, StoreError};

/// What is said of a body that is missing on two looks.
const BODY_MISSING: &str = "its body is missing";

impl Shared {
    /// Finds a version in the index and takes hold of its body.
    pub(crate) fn load(&self, place: Place<'_>, wanted: &Wanted) -> Result<Found, StoreError> {
        let mut missing = None;
        loop {
            let looked = self.index.read(|connection| match wanted {
                Wanted::Current => lookup::current(connection, place),
                Wanted::Named(id) => lookup::named(connection, place, id),
                Wanted::Nothing => Ok(Looked::Nothing),
            })?;
            let row = match looked {
                Looked::Version(row) => row,
                Looked::Marker(marker) => return Ok(marker.into()),
                Looked::Nothing if *wanted == Wanted::Current => return Ok(Found::Absent),
                Looked::Nothing => return Ok(Found::NoSuchVersion),
            };
            let id = row.id;
            if let Some(object) = self.take_hold(*row)? {
                return Ok(Found::Object(Arc::new(object)));
            }
            if missing.replace(id) == Some(id) {
                let what = BODY_MISSING;
                return Err(StoreError::Damaged { id, what });
            }
        }
    }

    /// Takes hold of the body that a row names; `None` if it is not there any more.
    fn take_hold(&self, row: VersionRow) -> Result<Option<Object>, StoreError> {
        let VersionRow {
            id,
            version_id,
            size,
            etag,
            modified_ms,
            attributes,
            body,
        } = row;
        let body = match body {
            RowBody::Inline(bytes) => Some(Body::Memory(bytes.into())),
            RowBody::InFile => self.open_body(id)?.map(Body::File),
            RowBody::InParts => {
                let algorithm = attributes.checksum.as_ref().map(|c| c.algorithm);
                let pin = self.pins.pin(id);
                let rows = self
                    .index
                    .read(|connection| part::rows(connection, id, None, usize::MAX))?;
                let mut assembly = Assembly::default();
                for row in &rows {
                    assembly.append(row, algorithm)?;
                }
                // A change takes all rows of a body or none.
                let whole = assembly.size == size && !rows.is_empty();
                whole.then(|| Body::Parts(PartedBody::new(assembly.parts, pin)))
            }
        };
        let Some(body) = body else { return Ok(None) };
        let beginning = self.beginning_of(id, &body)?;
        Ok(Some(Object {
            id,
            version_id,
            size,
            etag,
            modified_ms,
            attributes,
            beginning,
            body,
        }))
    }

    fn beginning_of(&self, id: ObjectId, body: &Body) -> Result<Beginning, StoreError> {
        let read = match body {
            Body::Memory(bytes) => return Ok(Beginning::of(bytes)),
            Body::File(file) => Beginning::read(file),
            // Pinned, so it is there; where it is not, reading the body will say so.
            Body::Parts(parts) => match parts.open(0) {
                Ok(file) => Beginning::read(&file),
                Err(_) => return Ok(Beginning::empty()),
            },
        };
        read.map_err(|error| StoreError::file("read", &self.layout.object(id), &error))
    }

    fn open_body(&self, id: ObjectId) -> Result<Option<File>, StoreError> {
        let path = self.layout.object(id);
        match File::open(&path) {
            Ok(file) => Ok(Some(file)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(StoreError::file("open", &path, &error)),
        }
    }
}

impl From<Marker> for Found {
    fn from(marker: Marker) -> Self {
        let Marker {
            version_id,
            modified_ms,
            current,
        } = marker;
        Self::DeleteMarker {
            version_id,
            modified_ms,
            current,
        }
    }
}
