//! Providers of OpenID Connect tokens in PostgreSQL.

use tokio_postgres::Row;

use super::access_key::word;
use super::failure::Failure;
use super::tag;
use super::work::{Parameters, Work};
use crate::authority::check_tags;
use crate::oidc_provider::{check_issuer, check_lines, namesake, read_lines, write_lines};
use crate::word::Word as _;
use crate::{
    MAX_AUDIENCES, MAX_THUMBPRINTS, NewOidcProvider, OidcProvider, Origin, StateError, UnixMillis,
};

const SELECT: &str = "SELECT issuer, audiences, thumbprints, created_at, origin FROM oidc_provider";

pub(super) async fn create(
    work: &Work<'_>,
    new: &NewOidcProvider,
    origin: Origin,
    now: UnixMillis,
) -> Result<OidcProvider, Failure> {
    check_issuer(&new.issuer)?;
    check_lines("audiences", &new.audiences, MAX_AUDIENCES)?;
    check_lines("thumbprints", &new.thumbprints, MAX_THUMBPRINTS)?;
    check_tags(&new.tags)?;
    let issuer = &new.issuer;
    if find(work, issuer).await?.is_some() {
        let issuer = issuer.clone();
        return Err(StateError::ProviderAlreadyExists { issuer }.into());
    }
    if let Some(issuer) = namesake(issuer)
        && find(work, &issuer).await?.is_some()
    {
        return Err(StateError::ProviderAlreadyExists { issuer }.into());
    }
    work.change(
        "INSERT INTO oidc_provider (issuer, audiences, thumbprints, created_at, origin) \
         VALUES ($1, $2, $3, $4, $5)",
        &[
            issuer,
            &write_lines(&new.audiences),
            &write_lines(&new.thumbprints),
            &now.0,
            &origin.word(),
        ],
    )
    .await?;
    tag::replace(work, issuer, &new.tags).await?;
    require(work, issuer).await
}

pub(super) async fn find(work: &Work<'_>, issuer: &str) -> Result<Option<OidcProvider>, Failure> {
    // What no engine can keep, nobody is; and a server takes no such text.
    if issuer.contains('\0') {
        return Ok(None);
    }
    let found = select(work, &format!("{SELECT} WHERE issuer = $1"), &[&issuer]).await?;
    Ok(found.into_iter().next())
}

pub(super) async fn list(work: &Work<'_>) -> Result<Vec<OidcProvider>, Failure> {
    let mut providers = select(work, SELECT, &[]).await?;
    providers.sort_by(|one, other| one.issuer.cmp(&other.issuer));
    Ok(providers)
}

pub(super) async fn delete(work: &Work<'_>, issuer: &str) -> Result<(), Failure> {
    require_stored(work, issuer).await?;
    remove(work, issuer).await
}

/// Removes a provider with its tags.
pub(super) async fn remove(work: &Work<'_>, issuer: &str) -> Result<(), Failure> {
    for sql in [
        "DELETE FROM tag WHERE owner_id = $1",
        "DELETE FROM oidc_provider WHERE issuer = $1",
    ] {
        work.change(sql, &[&issuer]).await?;
    }
    Ok(())
}

pub(super) async fn set_audiences(
    work: &Work<'_>,
    issuer: &str,
    audiences: &[String],
) -> Result<(), Failure> {
    require_stored(work, issuer).await?;
    write_audiences(work, issuer, audiences).await
}

pub(super) async fn write_audiences(
    work: &Work<'_>,
    issuer: &str,
    audiences: &[String],
) -> Result<(), Failure> {
    check_lines("audiences", audiences, MAX_AUDIENCES)?;
    work.change(
        "UPDATE oidc_provider SET audiences = $2 WHERE issuer = $1",
        &[&issuer, &write_lines(audiences)],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_thumbprints(
    work: &Work<'_>,
    issuer: &str,
    thumbprints: &[String],
) -> Result<(), Failure> {
    check_lines("thumbprints", thumbprints, MAX_THUMBPRINTS)?;
    require_stored(work, issuer).await?;
    work.change(
        "UPDATE oidc_provider SET thumbprints = $2 WHERE issuer = $1",
        &[&issuer, &write_lines(thumbprints)],
    )
    .await?;
    Ok(())
}

pub(super) async fn set_tags(
    work: &Work<'_>,
    issuer: &str,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    check_tags(tags)?;
    require(work, issuer).await?;
    tag::replace(work, issuer, tags).await
}

async fn require(work: &Work<'_>, issuer: &str) -> Result<OidcProvider, Failure> {
    let found = find(work, issuer).await?;
    found.ok_or_else(|| {
        let issuer = issuer.to_owned();
        StateError::NoSuchProvider { issuer }.into()
    })
}

/// Finds a provider that may be changed at run time.
async fn require_stored(work: &Work<'_>, issuer: &str) -> Result<OidcProvider, Failure> {
    let provider = require(work, issuer).await?;
    match provider.origin {
        Origin::Declared => Err(StateError::Declared {
            what: "OpenID Connect provider",
            name: provider.issuer,
        }
        .into()),
        Origin::Aws | Origin::Stored => Ok(provider),
    }
}

async fn select(
    work: &Work<'_>,
    sql: &str,
    parameters: Parameters<'_>,
) -> Result<Vec<OidcProvider>, Failure> {
    let mut providers = Vec::new();
    for row in work.rows(sql, parameters).await? {
        let mut provider = of_row(&row)?;
        provider.tags = tag::list(work, &provider.issuer).await?;
        providers.push(provider);
    }
    Ok(providers)
}

/// Reads a provider without its tags.
fn of_row(row: &Row) -> Result<OidcProvider, Failure> {
    Ok(OidcProvider {
        issuer: row.try_get(0)?,
        audiences: read_lines(row.try_get(1)?),
        thumbprints: read_lines(row.try_get(2)?),
        created_at: UnixMillis(row.try_get(3)?),
        tags: Vec::new(),
        origin: word(row, 4, "oidc_provider.origin")?,
    })
}
