//! What the `role` commands say.

use std::io::{self, Write};

use countersign_state::{Authority, Boundary, Origin, PolicyOwner, Role};
use serde::Serialize;
use serde_json::Value;

use crate::render::terminal::{self, shown};
use crate::render::{Report, date};

/// All roles.
#[derive(Serialize)]
pub(super) struct Listed {
    roles: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    role: String,
    arn: String,
    unique_id: String,
    kept_in: &'static str,
    max_session_s: u32,
    created_at: String,
    last_used_at: Option<String>,
}

/// One role.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    row: Row,
    description: Option<String>,
    trust_policy: Value,
    policies: Vec<Policy>,
    boundary: Option<String>,
    tags: Vec<(String, String)>,
}

#[derive(Serialize)]
struct Policy {
    name: String,
    managed: Option<String>,
}

impl Row {
    fn of(role: &Role) -> Self {
        Self {
            role: role.name.to_string(),
            arn: role.arn(),
            unique_id: role.unique_id.clone(),
            kept_in: match role.origin {
                Origin::Declared => "configuration",
                Origin::Aws | Origin::Stored => "state",
            },
            max_session_s: role.max_session_s,
            created_at: date(role.created_at).iso8601(),
            last_used_at: role.last_used_at.map(|at| date(at).iso8601()),
        }
    }
}

impl Listed {
    pub(super) fn new(roles: &[Role]) -> Self {
        Self {
            roles: roles.iter().map(Row::of).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.roles.is_empty() {
            return writeln!(out, "No roles.");
        }
        let heading = ["ROLE", "KEPT IN", "SESSIONS UP TO", "CREATED", "LAST USED"];
        let cells = |row: &Row| {
            [
                row.role.clone(),
                row.kept_in.to_owned(),
                format!("{} s", row.max_session_s),
                row.created_at.clone(),
                row.last_used_at
                    .clone()
                    .unwrap_or_else(|| "never".to_owned()),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading.map(str::to_owned))
            .chain(self.roles.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

impl Shown {
    pub(super) fn new(role: &Role, owner: &PolicyOwner, authority: &Authority) -> Self {
        let own = authority.policies.iter().filter(|one| one.owner == *owner);
        let trust = serde_json::from_str(&role.trust_policy);
        Self {
            row: Row::of(role),
            description: role.description.clone(),
            trust_policy: trust.unwrap_or_else(|_| Value::String(role.trust_policy.clone())),
            policies: own
                .map(|policy| Policy {
                    name: policy.name.to_string(),
                    managed: policy.managed.as_ref().map(ToString::to_string),
                })
                .collect(),
            boundary: role.boundary.as_ref().map(|boundary| match boundary {
                Boundary::Document(_) => "a document of its own".to_owned(),
                Boundary::Managed(name) => name.to_string(),
            }),
            tags: role.tags.clone(),
        }
    }
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let row = &self.row;
        writeln!(out, "Role {}", terminal::styled(terminal::BOLD, &row.role))?;
        writeln!(out, "  ARN            {}", row.arn)?;
        writeln!(out, "  unique id      {}", row.unique_id)?;
        if let Some(description) = &self.description {
            writeln!(out, "  description    {}", shown(description))?;
        }
        writeln!(out, "  kept in        {}", row.kept_in)?;
        writeln!(out, "  sessions up to {} s", row.max_session_s)?;
        writeln!(out, "  created        {}", row.created_at)?;
        let used = row.last_used_at.as_deref().unwrap_or("never");
        writeln!(out, "  last used      {used}")?;
        for policy in &self.policies {
            match &policy.managed {
                None => writeln!(out, "  policy         {}", policy.name)?,
                Some(arn) => writeln!(out, "  policy         {arn}")?,
            }
        }
        if self.policies.is_empty() {
            writeln!(out, "  policy         none: it may do nothing")?;
        }
        if let Some(boundary) = &self.boundary {
            writeln!(out, "  boundary       {boundary}")?;
        }
        for (key, value) in &self.tags {
            writeln!(out, "  tag            {}={}", shown(key), shown(value))?;
        }
        let trust = serde_json::to_string_pretty(&self.trust_policy)?;
        writeln!(out, "  trust policy:")?;
        trust
            .lines()
            .try_for_each(|line| writeln!(out, "    {}", shown(line)))
    }
}
