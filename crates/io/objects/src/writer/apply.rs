//! The changes themselves, as statements in somebody's transaction.

use countersign_s3::{BucketId, ETag};
use rusqlite::{OptionalExtension as _, Transaction};

use crate::index::column;
use crate::object::Body;
use crate::place::Place;
use crate::upload::{Put, PutCondition};
use crate::{ObjectId, StoreError, attributes};

/// What came of one change, once its transaction is committed.
#[derive(Debug, Eq, PartialEq)]
pub(super) enum Outcome {
    /// There was nothing to delete.
    Absent,
    /// The bucket is closed; nothing was stored.
    BucketGone,
    /// It was carried out.
    Done {
        /// The file that no row names any more.
        replaced_file: Option<ObjectId>,
    },
    /// The bucket has objects; it was not closed.
    NotEmpty,
    /// The condition does not hold; nothing was stored.
    PreconditionFailed { current: Option<ETag> },
}

/// What a place held before.
struct Previous {
    id: ObjectId,
    inline: bool,
    etag: ETag,
}

pub(super) fn put(transaction: &Transaction<'_>, put: &Put) -> Result<Outcome, StoreError> {
    let place = put.place.borrow();
    if is_closed(transaction, place.bucket)? {
        return Ok(Outcome::BucketGone);
    }
    let previous = previous(transaction, place)?;
    let current = previous.as_ref().map(|previous| &previous.etag);
    let holds = match &put.condition {
        PutCondition::IfMatch(etag) => current == Some(etag),
        PutCondition::IfNoneMatchAny => current.is_none(),
        PutCondition::None => true,
    };
    if !holds {
        return Ok(Outcome::PreconditionFailed {
            current: current.cloned(),
        });
    }
    insert(transaction, put)?;
    let replaced_file = previous
        .map(|p| discard(transaction, &p))
        .transpose()?
        .flatten();
    Ok(Outcome::Done { replaced_file })
}

pub(super) fn delete(
    transaction: &Transaction<'_>,
    place: Place<'_>,
) -> Result<Outcome, StoreError> {
    let Some(previous) = previous(transaction, place)? else {
        return Ok(Outcome::Absent);
    };
    transaction
        .prepare_cached("DELETE FROM object WHERE bucket_id = ?1 AND key = ?2")?
        .execute((column(place.bucket), place.key.as_bytes()))?;
    Ok(Outcome::Done {
        replaced_file: discard(transaction, &previous)?,
    })
}

pub(super) fn close(
    transaction: &Transaction<'_>,
    bucket: BucketId,
) -> Result<Outcome, StoreError> {
    let mut any =
        transaction.prepare_cached("SELECT 1 FROM object WHERE bucket_id = ?1 LIMIT 1")?;
    if any.exists([column(bucket)])? {
        return Ok(Outcome::NotEmpty);
    }
    transaction
        .prepare_cached("INSERT OR IGNORE INTO closed_bucket VALUES (?1)")?
        .execute([column(bucket)])?;
    Ok(Outcome::Done {
        replaced_file: None,
    })
}

fn is_closed(transaction: &Transaction<'_>, bucket: BucketId) -> Result<bool, StoreError> {
    let mut closed =
        transaction.prepare_cached("SELECT 1 FROM closed_bucket WHERE bucket_id = ?1")?;
    Ok(closed.exists([column(bucket)])?)
}

fn previous(
    transaction: &Transaction<'_>,
    place: Place<'_>,
) -> Result<Option<Previous>, StoreError> {
    let mut statement = transaction
        .prepare_cached("SELECT id, inline, etag FROM object WHERE bucket_id = ?1 AND key = ?2")?;
    let found = statement.query_row((column(place.bucket), place.key.as_bytes()), |row| {
        Ok(Previous {
            id: ObjectId(row.get::<_, i64>(0)?.cast_unsigned()),
            inline: row.get(1)?,
            etag: ETag::parse(row.get_ref(2)?.as_str()?),
        })
    });
    Ok(found.optional()?)
}

fn insert(transaction: &Transaction<'_>, put: &Put) -> Result<(), StoreError> {
    let (place, object) = (&put.place, &put.object);
    let id = object.id.0.cast_signed();
    let inline = match &object.body {
        Body::File(_) => false,
        Body::Memory(body) => {
            transaction
                .prepare_cached("INSERT INTO small_body (object_id, body) VALUES (?1, ?2)")?
                .execute((id, &body[..]))?;
            true
        }
    };
    transaction
        .prepare_cached(
            "INSERT OR REPLACE INTO object \
             (bucket_id, key, id, size, inline, etag, modified_ms, attributes) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        )?
        .execute((
            column(place.bucket),
            place.key.as_bytes(),
            id,
            object.size.cast_signed(),
            inline,
            object.etag.as_str(),
            object.modified_ms,
            attributes::to_text(&object.attributes)?,
        ))?;
    Ok(())
}

/// Removes a body that no row names any more from the index; a file is named to the caller instead.
fn discard(
    transaction: &Transaction<'_>,
    previous: &Previous,
) -> Result<Option<ObjectId>, StoreError> {
    if !previous.inline {
        return Ok(Some(previous.id));
    }
    transaction
        .prepare_cached("DELETE FROM small_body WHERE object_id = ?1")?
        .execute([previous.id.0.cast_signed()])?;
    Ok(None)
}
