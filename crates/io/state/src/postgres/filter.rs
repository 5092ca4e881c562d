//! Which links and shares are asked for, as a condition in PostgreSQL.

use tokio_postgres::types::ToSql;

use crate::{LinkFilter, LinkPosition};

/// A condition that grows, with its parameters.
pub(super) struct Condition {
    pub(super) sql: String,
    parameters: Vec<Box<dyn ToSql + Sync>>,
}

impl Condition {
    /// The condition of a filter. `id` is the column of the id.
    pub(super) fn of(filter: &LinkFilter, after: Option<LinkPosition>, id: &str) -> Self {
        let mut condition = Self {
            sql: "1 = 1".to_owned(),
            parameters: Vec::new(),
        };
        let texts = [
            ("principal_id", &filter.principal_id),
            ("subject", &filter.subject),
            ("bucket", &filter.bucket),
        ];
        for (column, wanted) in texts {
            if let Some(wanted) = wanted {
                let place = condition.place(wanted.clone());
                condition.and(&format!("{column} = {place}"));
            }
        }
        if let Some(prefix) = &filter.key_prefix {
            let place = condition.place(prefix.clone());
            condition.and(&format!(
                "SUBSTR(key, 1, LENGTH(CAST({place} AS TEXT))) = CAST({place} AS TEXT)"
            ));
        }
        if let Some(at) = filter.live_at {
            let place = condition.place(at.0);
            condition.and(&format!("expires_at > {place}"));
        }
        if let Some(after) = after {
            let at = condition.place(after.created_at.0);
            let link = condition.place(after.link.as_bytes().to_vec());
            condition.and(&format!(
                "(created_at < {at} OR (created_at = {at} AND {id} > {link}))"
            ));
        }
        condition
    }

    /// Adds a condition.
    pub(super) fn and(&mut self, condition: &str) {
        self.sql = format!("{} AND {condition}", self.sql);
    }

    /// Takes a parameter, and says by what it stands in the text.
    pub(super) fn place(&mut self, parameter: impl ToSql + Sync + 'static) -> String {
        self.parameters.push(Box::new(parameter));
        format!("${}", self.parameters.len())
    }

    /// The parameters, in their order.
    pub(super) fn parameters(&self) -> Vec<&(dyn ToSql + Sync)> {
        self.parameters.iter().map(AsRef::as_ref).collect()
    }
}
