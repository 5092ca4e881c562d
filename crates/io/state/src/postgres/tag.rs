//! Tags of roles, managed policies and providers in PostgreSQL.

use super::failure::Failure;
use super::work::Work;

/// Makes the tags of an owner exactly these, which were checked.
pub(super) async fn replace(
    work: &Work<'_>,
    owner_id: &str,
    tags: &[(String, String)],
) -> Result<(), Failure> {
    work.change("DELETE FROM tag WHERE owner_id = $1", &[&owner_id])
        .await?;
    for (key, value) in tags {
        work.change(
            "INSERT INTO tag (owner_id, key, value) VALUES ($1, $2, $3)",
            &[&owner_id, key, value],
        )
        .await?;
    }
    Ok(())
}

/// The tags of an owner, by key.
pub(super) async fn list(
    work: &Work<'_>,
    owner_id: &str,
) -> Result<Vec<(String, String)>, Failure> {
    let sql = "SELECT key, value FROM tag WHERE owner_id = $1";
    let rows = work.rows(sql, &[&owner_id]).await?;
    let mut tags: Vec<(String, String)> = rows
        .iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect::<Result<_, Failure>>()?;
    tags.sort();
    Ok(tags)
}
