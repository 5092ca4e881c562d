//! How the words of the state are spelled in the database, and nowhere else.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use countersign_s3::Versioning;

use crate::{BucketDocument, KeyOrigin, KeyStatus, UnixMillis, UserKind};

impl ToSql for UserKind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Ordinary => "ordinary",
            Self::Root => "root",
        }))
    }
}

impl FromSql for UserKind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "ordinary" => Ok(Self::Ordinary),
            "root" => Ok(Self::Root),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl ToSql for KeyStatus {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Active => "active",
            Self::Disabled => "disabled",
        }))
    }
}

impl FromSql for KeyStatus {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "active" => Ok(Self::Active),
            "disabled" => Ok(Self::Disabled),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl ToSql for KeyOrigin {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Declared => "declared",
            Self::Stored => "stored",
        }))
    }
}

impl FromSql for KeyOrigin {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "declared" => Ok(Self::Declared),
            "stored" => Ok(Self::Stored),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl ToSql for UnixMillis {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        self.0.to_sql()
    }
}

impl FromSql for UnixMillis {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        i64::column_result(value).map(Self)
    }
}

/// A word of another crate, as it is spelled here.
pub(super) struct Word<T>(pub(super) T);

impl ToSql for Word<Versioning> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self.0 {
            Versioning::Unversioned => "unversioned",
            Versioning::Enabled => "enabled",
            Versioning::Suspended => "suspended",
        }))
    }
}

impl FromSql for Word<Versioning> {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "unversioned" => Ok(Self(Versioning::Unversioned)),
            "enabled" => Ok(Self(Versioning::Enabled)),
            "suspended" => Ok(Self(Versioning::Suspended)),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}

impl ToSql for BucketDocument {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::from(match self {
            Self::Cors => "cors",
            Self::OwnershipControls => "ownership-controls",
            Self::Policy => "policy",
            Self::PublicAccessBlock => "public-access-block",
            Self::Tagging => "tagging",
        }))
    }
}

impl FromSql for BucketDocument {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        match value.as_str()? {
            "cors" => Ok(Self::Cors),
            "ownership-controls" => Ok(Self::OwnershipControls),
            "policy" => Ok(Self::Policy),
            "public-access-block" => Ok(Self::PublicAccessBlock),
            "tagging" => Ok(Self::Tagging),
            _ => Err(FromSqlError::InvalidType),
        }
    }
}
