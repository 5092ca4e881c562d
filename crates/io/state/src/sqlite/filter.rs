//! Which links and shares are asked for, as a condition in SQLite.

use rusqlite::types::Value;

use crate::{LinkFilter, LinkPosition};

/// A condition with `?` for each of the parameters. `id` is the column of the id.
pub(super) fn condition(
    filter: &LinkFilter,
    after: Option<LinkPosition>,
    id: &str,
) -> (String, Vec<Value>) {
    let mut condition = "1 = 1".to_owned();
    let mut parameters = Vec::new();
    let texts = [
        ("principal_id", &filter.principal_id),
        ("subject", &filter.subject),
        ("bucket", &filter.bucket),
    ];
    for (column, wanted) in texts {
        if let Some(wanted) = wanted {
            condition.push_str(&format!(" AND {column} = ?"));
            parameters.push(Value::from(wanted.clone()));
        }
    }
    if let Some(prefix) = &filter.key_prefix {
        condition.push_str(" AND substr(key, 1, length(?)) = ?");
        parameters.extend([Value::from(prefix.clone()), Value::from(prefix.clone())]);
    }
    if let Some(at) = filter.live_at {
        condition.push_str(" AND expires_at > ?");
        parameters.push(Value::from(at.0));
    }
    if let Some(after) = after {
        condition.push_str(&format!(
            " AND (created_at < ? OR (created_at = ? AND {id} > ?))"
        ));
        let at = after.created_at.0;
        let id = after.link.as_bytes().to_vec();
        parameters.extend([Value::from(at), Value::from(at), Value::from(id)]);
    }
    (condition, parameters)
}
