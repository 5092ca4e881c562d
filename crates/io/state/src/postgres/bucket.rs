//! Buckets in PostgreSQL.
//!
//! INVARIANT: a bucket's number is 63 random bits and so is never met twice, not even after the
//! bucket is gone. What was stored under an old number cannot show up in a new bucket.

use countersign_s3::{BucketId, BucketName, Versioning};
use tokio_postgres::Row;

use super::failure::Failure;
use super::user::{self, folded};
use super::work::Work;
use crate::authority::check_text;
use crate::credential::random_bucket_number;
use crate::word::Word as _;
use crate::{Bucket, BucketDocument, StateError, UnixMillis, UserName};

const COLUMNS: &str =
    "bucket.name, bucket.id, users.name, bucket.region, bucket.created_at, bucket.versioning";

pub(super) async fn create(
    work: &Work<'_>,
    name: &BucketName,
    region: &str,
    owner: &UserName,
    documents: &[(BucketDocument, String)],
    now: UnixMillis,
) -> Result<Bucket, Failure> {
    let owner = user::require(work, owner).await?;
    match find(work, name).await? {
        Some(bucket) if bucket.owner == owner.name => {
            return Err(StateError::BucketAlreadyOwnedByYou { name: name.clone() }.into());
        }
        Some(_) => return Err(StateError::BucketAlreadyExists { name: name.clone() }.into()),
        None => {}
    }
    let id = random_bucket_number()?;
    work.change(
        "INSERT INTO bucket (name, id, owner_id, region, created_at) VALUES ($1, $2, $3, $4, $5)",
        &[&name.as_str(), &id, &owner.unique_id, &region, &now.0],
    )
    .await?;
    let bucket = Bucket {
        name: name.clone(),
        id: BucketId(id.unsigned_abs()),
        owner: owner.name,
        region: region.to_owned(),
        created_at: now,
        versioning: Versioning::Unversioned,
        documents: documents.to_vec(),
    };
    for (kind, document) in documents {
        write_document(work, bucket.id, *kind, document).await?;
    }
    Ok(bucket)
}

pub(super) async fn find(work: &Work<'_>, name: &BucketName) -> Result<Option<Bucket>, Failure> {
    let sql = format!(
        "SELECT {COLUMNS} FROM bucket JOIN users ON users.unique_id = bucket.owner_id \
         WHERE bucket.name = $1"
    );
    let Some(row) = work.row(&sql, &[&name.as_str()]).await? else {
        return Ok(None);
    };
    let mut bucket = of_row(&row)?;
    bucket.documents = documents(work, bucket.id).await?;
    Ok(Some(bucket))
}

pub(super) async fn list(
    work: &Work<'_>,
    owner: Option<&UserName>,
) -> Result<Vec<Bucket>, Failure> {
    let owner = owner.map(|name| folded(name.as_str()));
    let sql = format!(
        "SELECT {COLUMNS} FROM bucket JOIN users ON users.unique_id = bucket.owner_id \
         WHERE CAST($1 AS TEXT) IS NULL OR users.folded_name = $1"
    );
    let rows = work.rows(&sql, &[&owner]).await?;
    let mut buckets: Vec<Bucket> = rows.iter().map(of_row).collect::<Result<_, _>>()?;
    buckets.sort_by(|one, other| one.name.as_str().cmp(other.name.as_str()));
    Ok(buckets)
}

pub(super) async fn delete(
    work: &Work<'_>,
    name: &BucketName,
    id: BucketId,
) -> Result<(), Failure> {
    require(work, name, id).await?;
    let number = id.0.cast_signed();
    for sql in [
        "DELETE FROM bucket_document WHERE bucket_id = $1",
        "DELETE FROM bucket WHERE id = $1",
    ] {
        work.change(sql, &[&number]).await?;
    }
    Ok(())
}

pub(super) async fn set_versioning(
    work: &Work<'_>,
    name: &BucketName,
    id: BucketId,
    versioning: Versioning,
) -> Result<(), Failure> {
    if require(work, name, id).await?.versioning == versioning {
        return Ok(());
    }
    if versioning == Versioning::Unversioned {
        return Err(StateError::VersioningKept { name: name.clone() }.into());
    }
    work.change(
        "UPDATE bucket SET versioning = $2 WHERE name = $1",
        &[&name.as_str(), &versioning.word()],
    )
    .await?;
    Ok(())
}

pub(super) async fn put_document(
    work: &Work<'_>,
    name: &BucketName,
    id: BucketId,
    kind: BucketDocument,
    document: &str,
) -> Result<(), Failure> {
    require(work, name, id).await?;
    write_document(work, id, kind, document).await
}

pub(super) async fn delete_document(
    work: &Work<'_>,
    name: &BucketName,
    id: BucketId,
    kind: BucketDocument,
) -> Result<(), Failure> {
    require(work, name, id).await?;
    work.change(
        "DELETE FROM bucket_document WHERE bucket_id = $1 AND kind = $2",
        &[&id.0.cast_signed(), &kind.word()],
    )
    .await?;
    Ok(())
}

async fn write_document(
    work: &Work<'_>,
    id: BucketId,
    kind: BucketDocument,
    document: &str,
) -> Result<(), Failure> {
    check_text(document)?;
    work.change(
        "INSERT INTO bucket_document (bucket_id, kind, document) VALUES ($1, $2, $3) \
         ON CONFLICT (bucket_id, kind) DO UPDATE SET document = excluded.document",
        &[&id.0.cast_signed(), &kind.word(), &document],
    )
    .await?;
    Ok(())
}

async fn documents(
    work: &Work<'_>,
    id: BucketId,
) -> Result<Vec<(BucketDocument, String)>, Failure> {
    let sql = "SELECT kind, document FROM bucket_document WHERE bucket_id = $1 ORDER BY kind";
    let rows = work.rows(sql, &[&id.0.cast_signed()]).await?;
    let document = |row: &Row| {
        let kind = BucketDocument::of_word(row.try_get(0)?)
            .ok_or_else(|| StateError::unexpected("bucket_document.kind"))?;
        Ok((kind, row.try_get(1)?))
    };
    rows.iter().map(document).collect()
}

/// Finds the bucket that has both this name and this number.
async fn require(work: &Work<'_>, name: &BucketName, id: BucketId) -> Result<Bucket, Failure> {
    let found = find(work, name).await?.filter(|bucket| bucket.id == id);
    found.ok_or_else(|| StateError::NoSuchBucket { name: name.clone() }.into())
}

fn of_row(row: &Row) -> Result<Bucket, Failure> {
    let name = row.try_get(0)?;
    let id: i64 = row.try_get(1)?;
    let versioning = Versioning::of_word(row.try_get(5)?);
    Ok(Bucket {
        name: BucketName::parse(name).map_err(|_| StateError::unexpected("bucket.name"))?,
        id: BucketId(u64::try_from(id).map_err(|_| StateError::unexpected("bucket.id"))?),
        owner: user::name_of(row, 2)?,
        region: row.try_get(3)?,
        created_at: UnixMillis(row.try_get(4)?),
        versioning: versioning.ok_or_else(|| StateError::unexpected("bucket.versioning"))?,
        documents: Vec::new(),
    })
}
