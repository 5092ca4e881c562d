//! What the `group` commands say.

use std::io::{self, Write};

use countersign_state::{Group, GroupName, UserName};
use serde::Serialize;

use crate::render::{Report, date, terminal};

/// A group that was changed.
#[derive(Serialize)]
pub(super) struct Changed {
    group: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    change: &'static str,
}

/// All groups.
#[derive(Default, Serialize)]
pub(super) struct Listed {
    groups: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    group: String,
    unique_id: String,
    created_at: String,
    members: usize,
}

/// The members of a group.
#[derive(Serialize)]
pub(super) struct Members {
    group: String,
    members: Vec<String>,
}

impl Changed {
    pub(super) fn group(group: &GroupName, change: &'static str) -> Self {
        Self {
            group: group.to_string(),
            user: None,
            change,
        }
    }

    pub(super) fn member(group: &GroupName, user: &UserName, change: &'static str) -> Self {
        Self {
            user: Some(user.to_string()),
            ..Self::group(group, change)
        }
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self { group, change, .. } = self;
        match &self.user {
            None => writeln!(out, "Group {group} {change}"),
            Some(user) if *change == "added" => writeln!(out, "User {user} added to group {group}"),
            Some(user) => writeln!(out, "User {user} removed from group {group}"),
        }
    }
}

impl Listed {
    pub(super) fn add(&mut self, group: &Group, members: usize) {
        self.groups.push(Row {
            group: group.name.to_string(),
            unique_id: group.unique_id.clone(),
            created_at: date(group.created_at).iso8601(),
            members,
        });
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.groups.is_empty() {
            return writeln!(out, "No groups.");
        }
        let heading = ["GROUP", "MEMBERS", "UNIQUE ID", "CREATED"].map(str::to_owned);
        let cells = |row: &Row| {
            [
                row.group.clone(),
                row.members.to_string(),
                row.unique_id.clone(),
                row.created_at.clone(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading)
            .chain(self.groups.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

impl Members {
    pub(super) fn new(group: &GroupName, members: &[UserName]) -> Self {
        Self {
            group: group.to_string(),
            members: members.iter().map(ToString::to_string).collect(),
        }
    }
}

impl Report for Members {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.members.is_empty() {
            return writeln!(out, "Group {} has no members.", self.group);
        }
        self.members
            .iter()
            .try_for_each(|user| writeln!(out, "{user}"))
    }
}
