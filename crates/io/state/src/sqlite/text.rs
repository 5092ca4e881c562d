//! How the words of the state are spelled in the database, and nowhere else.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};

use crate::{KeyOrigin, KeyStatus, UnixMillis, UserKind};

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
