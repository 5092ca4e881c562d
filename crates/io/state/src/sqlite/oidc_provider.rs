//! Providers of OpenID Connect tokens in SQLite.

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction};

use super::tag;
use super::text::AsWord;
use crate::authority::check_tags;
use crate::oidc_provider::{check_issuer, check_lines, namesake, read_lines, write_lines};
use crate::{
    MAX_AUDIENCES, MAX_THUMBPRINTS, NewOidcProvider, OidcProvider, Origin, StateError, UnixMillis,
};

const SELECT: &str = "SELECT issuer, audiences, thumbprints, created_at, origin FROM oidc_provider";

pub(super) fn create(
    transaction: &Transaction<'_>,
    new: &NewOidcProvider,
    origin: Origin,
    now: UnixMillis,
) -> Result<OidcProvider, StateError> {
    check_issuer(&new.issuer)?;
    check_lines("audiences", &new.audiences, MAX_AUDIENCES)?;
    check_lines("thumbprints", &new.thumbprints, MAX_THUMBPRINTS)?;
    check_tags(&new.tags)?;
    let issuer = &new.issuer;
    if find(transaction, issuer)?.is_some() {
        let issuer = issuer.clone();
        return Err(StateError::ProviderAlreadyExists { issuer });
    }
    if let Some(issuer) = namesake(issuer)
        && find(transaction, &issuer)?.is_some()
    {
        return Err(StateError::ProviderAlreadyExists { issuer });
    }
    transaction
        .prepare_cached("INSERT INTO oidc_provider VALUES (?1, ?2, ?3, ?4, ?5)")?
        .execute((
            issuer,
            write_lines(&new.audiences),
            write_lines(&new.thumbprints),
            now,
            AsWord(origin),
        ))?;
    tag::replace(transaction, issuer, &new.tags)?;
    require(transaction, issuer)
}

pub(super) fn find(
    connection: &Connection,
    issuer: &str,
) -> Result<Option<OidcProvider>, StateError> {
    let sql = format!("{SELECT} WHERE issuer = ?1");
    let found = connection
        .prepare_cached(&sql)?
        .query_row([issuer], |row| Ok(of_row(connection, row)))
        .optional()?;
    found.transpose()
}

pub(super) fn list(connection: &Connection) -> Result<Vec<OidcProvider>, StateError> {
    let sql = format!("{SELECT} ORDER BY issuer");
    let mut statement = connection.prepare_cached(&sql)?;
    let of_row = |row: &Row<'_>| of_row(connection, row);
    statement.query_and_then([], of_row)?.collect()
}

pub(super) fn delete(transaction: &Transaction<'_>, issuer: &str) -> Result<(), StateError> {
    require_stored(transaction, issuer)?;
    remove(transaction, issuer)
}

/// Removes a provider with its tags.
pub(super) fn remove(transaction: &Transaction<'_>, issuer: &str) -> Result<(), StateError> {
    for sql in [
        "DELETE FROM tag WHERE owner_id = ?1",
        "DELETE FROM oidc_provider WHERE issuer = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([issuer])?;
    }
    Ok(())
}

pub(super) fn set_audiences(
    transaction: &Transaction<'_>,
    issuer: &str,
    audiences: &[String],
) -> Result<(), StateError> {
    require_stored(transaction, issuer)?;
    write_audiences(transaction, issuer, audiences)
}

pub(super) fn write_audiences(
    transaction: &Transaction<'_>,
    issuer: &str,
    audiences: &[String],
) -> Result<(), StateError> {
    check_lines("audiences", audiences, MAX_AUDIENCES)?;
    transaction
        .prepare_cached("UPDATE oidc_provider SET audiences = ?2 WHERE issuer = ?1")?
        .execute((issuer, write_lines(audiences)))?;
    Ok(())
}

pub(super) fn set_thumbprints(
    transaction: &Transaction<'_>,
    issuer: &str,
    thumbprints: &[String],
) -> Result<(), StateError> {
    check_lines("thumbprints", thumbprints, MAX_THUMBPRINTS)?;
    require_stored(transaction, issuer)?;
    transaction
        .prepare_cached("UPDATE oidc_provider SET thumbprints = ?2 WHERE issuer = ?1")?
        .execute((issuer, write_lines(thumbprints)))?;
    Ok(())
}

pub(super) fn set_tags(
    transaction: &Transaction<'_>,
    issuer: &str,
    tags: &[(String, String)],
) -> Result<(), StateError> {
    check_tags(tags)?;
    require(transaction, issuer)?;
    tag::replace(transaction, issuer, tags)
}

fn require(connection: &Connection, issuer: &str) -> Result<OidcProvider, StateError> {
    find(connection, issuer)?.ok_or_else(|| StateError::NoSuchProvider {
        issuer: issuer.to_owned(),
    })
}

/// Finds a provider that may be changed at run time.
fn require_stored(connection: &Connection, issuer: &str) -> Result<OidcProvider, StateError> {
    let provider = require(connection, issuer)?;
    match provider.origin {
        Origin::Declared => Err(StateError::Declared {
            what: "OpenID Connect provider",
            name: provider.issuer,
        }),
        Origin::Aws | Origin::Stored => Ok(provider),
    }
}

fn of_row(connection: &Connection, row: &Row<'_>) -> Result<OidcProvider, StateError> {
    let issuer: String = row.get(0)?;
    let (audiences, thumbprints): (String, String) = (row.get(1)?, row.get(2)?);
    Ok(OidcProvider {
        tags: tag::list(connection, &issuer)?,
        issuer,
        audiences: read_lines(&audiences),
        thumbprints: read_lines(&thumbprints),
        created_at: row.get(3)?,
        origin: row.get::<_, AsWord<_>>(4)?.0,
    })
}
