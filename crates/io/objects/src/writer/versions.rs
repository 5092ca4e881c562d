//! The versions of one key, as statements in somebody's transaction.
//!
//! Source: "Working with S3 Versioning". The newest version is the row in `object`, all others lie in
//! `old_version`; if a delete marker is newest, there is no row in `object`.
//!
//! INVARIANT: a key has one null version at most, and every version in `old_version` is older than the
//! row in `object`. INVARIANT: a change that names no version removes none but the null version, also
//! where its permit is older than the bucket's versioning.

use countersign_s3::{ETag, ObjectAttributes, VersionId, Versioning};
use rusqlite::{OptionalExtension as _, Params, Row};

use super::{Leaving, Work};
use crate::index::column;
use crate::lookup::{self, Storage};
use crate::object::Body;
use crate::place::Place;
use crate::version::{self, NewestFirst};
use crate::{Object, ObjectId, StoreError, attributes};

/// What must be known of a version to judge and to remove it.
#[derive(Debug)]
pub(crate) struct Version {
    pub(crate) id: ObjectId,
    pub(crate) version_id: VersionId,
    pub(crate) newest_first: NewestFirst,
    pub(crate) storage: Storage,
    pub(crate) etag: ETag,
    pub(crate) size: u64,
    pub(crate) modified_ms: i64,
}

/// In which table a version was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Whereabouts {
    Current,
    Old,
}

/// The columns of a [`Version`], from one of the two tables.
macro_rules! facts_where {
    ($table:literal, $condition:literal) => {
        concat!(
            "SELECT id, version_id, newest_first, storage, etag, size, modified_ms FROM ",
            $table,
            " WHERE bucket_id = ?1 AND key = ?2 AND ",
            $condition
        )
    };
}

/// A version moves from one table to the other as it is.
macro_rules! moved {
    ($from:literal, $to:literal, $condition:literal) => {
        concat!(
            "INSERT INTO ",
            $to,
            " (bucket_id, key, id, version_id, newest_first, size, storage, etag, modified_ms, \
               attributes) \
             SELECT bucket_id, key, id, version_id, newest_first, size, storage, etag, modified_ms, \
               attributes FROM ",
            $from,
            " WHERE bucket_id = ?1 AND key = ?2",
            $condition
        )
    };
}

impl Work<'_> {
    /// The version that is visible now.
    pub(crate) fn current(&self, place: Place<'_>) -> Result<Option<Version>, StoreError> {
        self.version(facts_where!("object", "true"), row_key(place))
    }

    /// The version of this id, or its delete marker, and where it lies.
    pub(crate) fn named(
        &self,
        place: Place<'_>,
        id: &VersionId,
    ) -> Result<Option<(Version, Whereabouts)>, StoreError> {
        if let Some(current) = self.current(place)?.filter(|v| v.version_id == *id) {
            return Ok(Some((current, Whereabouts::Current)));
        }
        let old = match version::place_of(id) {
            None => self.hidden_null(place)?,
            Some(newest_first) => {
                let sql = facts_where!("old_version", "newest_first = ?3");
                let (bucket, key) = row_key(place);
                let found = self.version(sql, (bucket, key, newest_first.0))?;
                found.filter(|version| version.version_id == *id)
            }
        };
        Ok(old.map(|version| (version, Whereabouts::Old)))
    }

    /// The newest of the versions that are not visible.
    pub(crate) fn newest_old(&self, place: Place<'_>) -> Result<Option<Version>, StoreError> {
        if !self.old_versions.may_exist() {
            return Ok(None);
        }
        let sql = facts_where!("old_version", "true ORDER BY newest_first LIMIT 1");
        self.version(sql, row_key(place))
    }

    /// What is stored beside the bytes of a version, which has some.
    pub(crate) fn attributes(
        &self,
        place: Place<'_>,
        version: &Version,
        whereabouts: Whereabouts,
    ) -> Result<ObjectAttributes, StoreError> {
        let sql = match whereabouts {
            Whereabouts::Current => {
                "SELECT attributes FROM object \
                 WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3"
            }
            Whereabouts::Old => {
                "SELECT attributes FROM old_version \
                 WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3"
            }
        };
        let (bucket, key) = row_key(place);
        let text: String = self
            .transaction
            .prepare_cached(sql)?
            .query_row((bucket, key, version.newest_first.0), |row| row.get(0))?;
        attributes::of_text(&text)
    }

    /// Makes room for a version that is to be the newest, and gives it number and id. A current
    /// version that is not kept leaves its row behind, to be replaced.
    pub(crate) fn make_room(
        &mut self,
        place: Place<'_>,
        current: Option<&Version>,
        versioning: Versioning,
    ) -> Result<(VersionId, NewestFirst), StoreError> {
        let number = self.ids.number();
        let newest_first = NewestFirst::of_number(number);
        let keep_all = versioning == Versioning::Enabled;
        match current {
            Some(version) if version.version_id.is_null() && !keep_all => self.discard(version)?,
            Some(_) => self.shelve(place)?,
            None => {}
        }
        if keep_all {
            return Ok((version::new_id(number)?, newest_first));
        }
        if !current.is_some_and(|version| version.version_id.is_null())
            && let Some(hidden) = self.hidden_null(place)?
        {
            self.remove_old(place, &hidden)?;
        }
        Ok((VersionId::null(), newest_first))
    }

    /// Writes the row of a new current version, over the one that is there.
    pub(crate) fn insert_current(
        &self,
        place: Place<'_>,
        object: &Object,
        newest_first: NewestFirst,
    ) -> Result<(), StoreError> {
        let id = object.id.0.cast_signed();
        let storage = match &object.body {
            Body::File(_) => Storage::InFile,
            Body::Parts(_) => Storage::InParts,
            Body::Memory(body) => {
                self.transaction
                    .prepare_cached("INSERT INTO small_body (object_id, body) VALUES (?1, ?2)")?
                    .execute((id, &body[..]))?;
                Storage::Inline
            }
        };
        self.transaction
            .prepare_cached(
                "INSERT OR REPLACE INTO object \
                 (bucket_id, key, id, version_id, newest_first, size, storage, etag, modified_ms, \
                  attributes) \
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)",
            )?
            .execute((
                column(place.bucket),
                place.key.as_bytes(),
                id,
                object.version_id.as_str(),
                newest_first.0,
                object.size.cast_signed(),
                storage.column(),
                object.etag.as_str(),
                object.modified_ms,
                attributes::to_text(&object.attributes)?,
            ))?;
        Ok(())
    }

    /// Writes a delete marker, which is to be the newest version.
    pub(crate) fn insert_marker(
        &self,
        place: Place<'_>,
        (version_id, newest_first): (&VersionId, NewestFirst),
        modified_ms: i64,
    ) -> Result<(), StoreError> {
        self.old_versions.expect();
        self.transaction
            .prepare_cached(
                "INSERT INTO old_version \
                 (bucket_id, key, id, version_id, newest_first, size, storage, etag, modified_ms, \
                  attributes) \
                 VALUES (?1, ?2, 0, ?3, ?4, 0, 3, '', ?5, '')",
            )?
            .execute((
                column(place.bucket),
                place.key.as_bytes(),
                version_id.as_str(),
                newest_first.0,
                modified_ms,
            ))?;
        Ok(())
    }

    /// Removes the row of the current version, which leaves or was moved.
    pub(crate) fn remove_current_row(&self, place: Place<'_>) -> Result<(), StoreError> {
        self.transaction
            .prepare_cached("DELETE FROM object WHERE bucket_id = ?1 AND key = ?2")?
            .execute(row_key(place))?;
        Ok(())
    }

    /// Removes an old version or a delete marker.
    pub(crate) fn remove_old(
        &mut self,
        place: Place<'_>,
        version: &Version,
    ) -> Result<(), StoreError> {
        let (bucket, key) = row_key(place);
        self.transaction
            .prepare_cached(
                "DELETE FROM old_version WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3",
            )?
            .execute((bucket, key, version.newest_first.0))?;
        self.discard(version)
    }

    /// Makes the newest of the old versions the current one, unless that is a delete marker.
    pub(crate) fn promote(&self, place: Place<'_>) -> Result<(), StoreError> {
        let newest = self.newest_old(place)?;
        let Some(newest) = newest.filter(|version| version.storage != Storage::Nowhere) else {
            return Ok(());
        };
        let (bucket, key) = row_key(place);
        let key = (bucket, key, newest.newest_first.0);
        for sql in [
            moved!("old_version", "object", " AND newest_first = ?3"),
            "DELETE FROM old_version WHERE bucket_id = ?1 AND key = ?2 AND newest_first = ?3",
        ] {
            self.transaction.prepare_cached(sql)?.execute(key)?;
        }
        Ok(())
    }

    /// Removes a body that no row names any more from the index, and notes its files.
    pub(crate) fn discard(&mut self, version: &Version) -> Result<(), StoreError> {
        match version.storage {
            Storage::InFile => self.leave(Leaving::File(version.id)),
            Storage::Inline => {
                self.transaction
                    .prepare_cached("DELETE FROM small_body WHERE object_id = ?1")?
                    .execute([version.id.0.cast_signed()])?;
            }
            Storage::InParts => {
                let files = self.remove_parts(version.id)?;
                let body = version.id;
                self.leave(Leaving::Parts { body, files });
            }
            Storage::Nowhere => {}
        }
        Ok(())
    }

    /// Copies the current version to the old ones. Its row is to be replaced or removed next.
    fn shelve(&self, place: Place<'_>) -> Result<(), StoreError> {
        self.old_versions.expect();
        self.transaction
            .prepare_cached(moved!("object", "old_version", ""))?
            .execute(row_key(place))?;
        Ok(())
    }

    /// The null version, if it is not the current one.
    fn hidden_null(&self, place: Place<'_>) -> Result<Option<Version>, StoreError> {
        if !self.old_versions.may_exist() {
            return Ok(None);
        }
        let sql = facts_where!("old_version", "version_id = 'null'");
        self.version(sql, row_key(place))
    }

    fn version(&self, sql: &str, key: impl Params) -> Result<Option<Version>, StoreError> {
        let mut statement = self.transaction.prepare_cached(sql)?;
        Ok(statement.query_row(key, version_of).optional()?)
    }
}

/// A place as the rows keep it.
fn row_key(place: Place<'_>) -> (i64, &[u8]) {
    (column(place.bucket), place.key.as_bytes())
}

fn version_of(row: &Row<'_>) -> rusqlite::Result<Version> {
    Ok(Version {
        id: ObjectId(row.get::<_, i64>(0)?.cast_unsigned()),
        version_id: lookup::version_id(row, 1)?,
        newest_first: NewestFirst(row.get(2)?),
        storage: Storage::of_column(row.get(3)?),
        etag: ETag::parse(row.get_ref(4)?.as_str()?),
        size: row.get::<_, i64>(5)?.cast_unsigned(),
        modified_ms: row.get(6)?,
    })
}
