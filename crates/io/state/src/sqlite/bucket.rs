//! Buckets in SQLite.
//!
//! INVARIANT: a bucket's number is 63 random bits and so is never met twice, not even after the
//! bucket is gone. What was stored under an old number cannot show up in a new bucket.

use countersign_s3::{BucketId, BucketName, Versioning};
use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::text::AsWord;
use super::user;
use crate::credential::random_bucket_number;
use crate::{Bucket, BucketDocument, StateError, UnixMillis, UserName};

const COLUMNS: &str =
    "bucket.name, bucket.id, user.name, bucket.region, bucket.created_at, bucket.versioning";

pub(super) fn create(
    transaction: &Transaction<'_>,
    name: &BucketName,
    region: String,
    owner: &UserName,
    documents: Vec<(BucketDocument, String)>,
    now: UnixMillis,
) -> Result<Bucket, StateError> {
    let owner = user::require(transaction, owner)?;
    match find(transaction, name)? {
        Some(bucket) if bucket.owner == owner.name => {
            return Err(StateError::BucketAlreadyOwnedByYou { name: name.clone() });
        }
        Some(_) => return Err(StateError::BucketAlreadyExists { name: name.clone() }),
        None => {}
    }
    let id = random_bucket_number()?;
    transaction
        .prepare_cached(
            "INSERT INTO bucket (name, id, owner_id, region, created_at) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute((name.as_str(), id, &owner.unique_id, &region, now))?;
    for (kind, document) in &documents {
        transaction
            .prepare_cached("INSERT INTO bucket_document VALUES (?1, ?2, ?3)")?
            .execute((id, AsWord(*kind), document))?;
    }
    let id = BucketId(id.unsigned_abs());
    Ok(Bucket {
        name: name.clone(),
        id,
        owner: owner.name,
        region,
        created_at: now,
        versioning: Versioning::Unversioned,
        documents,
    })
}

pub(super) fn find(
    connection: &Connection,
    name: &BucketName,
) -> Result<Option<Bucket>, StateError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bucket JOIN user ON user.unique_id = bucket.owner_id \
         WHERE bucket.name = ?1"
    );
    let found = connection
        .prepare_cached(&sql)?
        .query_row([name.as_str()], |row| Ok(of_row(row)))
        .optional()?;
    let Some(mut bucket) = found.transpose()? else {
        return Ok(None);
    };
    bucket.documents = documents(connection, bucket.id)?;
    Ok(Some(bucket))
}

fn documents(
    connection: &Connection,
    id: BucketId,
) -> Result<Vec<(BucketDocument, String)>, StateError> {
    let mut statement = connection
        .prepare_cached("SELECT kind, document FROM bucket_document WHERE bucket_id = ?1")?;
    let rows = statement.query_map([id.0.cast_signed()], |row| {
        Ok((row.get::<_, AsWord<_>>(0)?.0, row.get(1)?))
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}

pub(super) fn list(
    connection: &Connection,
    owner: Option<&UserName>,
) -> Result<Vec<Bucket>, StateError> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bucket JOIN user ON user.unique_id = bucket.owner_id \
         WHERE ?1 IS NULL OR user.name = ?1 ORDER BY bucket.name"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    statement
        .query_and_then([owner.map(UserName::as_str)], of_row)?
        .collect()
}

pub(super) fn delete(
    transaction: &Transaction<'_>,
    name: &BucketName,
    id: BucketId,
) -> Result<(), StateError> {
    let no_such_bucket = || StateError::NoSuchBucket { name: name.clone() };
    let number = i64::try_from(id.0).map_err(|_| no_such_bucket())?;
    transaction
        .prepare_cached("DELETE FROM bucket_document WHERE bucket_id = ?1")?
        .execute([number])?;
    let deleted = transaction
        .prepare_cached("DELETE FROM bucket WHERE name = ?1 AND id = ?2")?
        .execute((name.as_str(), number))?;
    if deleted == 0 {
        Err(no_such_bucket())
    } else {
        Ok(())
    }
}

pub(super) fn set_versioning(
    transaction: &Transaction<'_>,
    name: &BucketName,
    id: BucketId,
    versioning: Versioning,
) -> Result<(), StateError> {
    if require(transaction, name, id)?.versioning == versioning {
        return Ok(());
    }
    if versioning == Versioning::Unversioned {
        return Err(StateError::VersioningKept { name: name.clone() });
    }
    transaction
        .prepare_cached("UPDATE bucket SET versioning = ?2 WHERE name = ?1")?
        .execute((name.as_str(), AsWord(versioning)))?;
    Ok(())
}

pub(super) fn put_document(
    transaction: &Transaction<'_>,
    name: &BucketName,
    id: BucketId,
    kind: BucketDocument,
    document: &str,
) -> Result<(), StateError> {
    require(transaction, name, id)?;
    transaction
        .prepare_cached("INSERT OR REPLACE INTO bucket_document VALUES (?1, ?2, ?3)")?
        .execute((id.0.cast_signed(), AsWord(kind), document))?;
    Ok(())
}

pub(super) fn delete_document(
    transaction: &Transaction<'_>,
    name: &BucketName,
    id: BucketId,
    kind: BucketDocument,
) -> Result<(), StateError> {
    require(transaction, name, id)?;
    transaction
        .prepare_cached("DELETE FROM bucket_document WHERE bucket_id = ?1 AND kind = ?2")?
        .execute((id.0.cast_signed(), AsWord(kind)))?;
    Ok(())
}

/// Finds the bucket that has both this name and this number.
fn require(connection: &Connection, name: &BucketName, id: BucketId) -> Result<Bucket, StateError> {
    let found = find(connection, name)?.filter(|bucket| bucket.id == id);
    found.ok_or_else(|| StateError::NoSuchBucket { name: name.clone() })
}

fn of_row(row: &Row<'_>) -> Result<Bucket, StateError> {
    let name: String = row.get(0)?;
    let id: i64 = row.get(1)?;
    Ok(Bucket {
        name: BucketName::parse(&name).map_err(|_| StateError::unexpected("bucket.name"))?,
        id: BucketId(u64::try_from(id).map_err(|_| StateError::unexpected("bucket.id"))?),
        owner: user::name_of(row, 2)?,
        region: row.get(3)?,
        created_at: row.get(4)?,
        versioning: row.get::<_, AsWord<Versioning>>(5)?.0,
        documents: Vec::new(),
    })
}
