//! What the `user` commands say.

use std::collections::BTreeMap;
use std::io::{self, Write};

use countersign_state::{
    AccessKeyListing, Authority, KeyStatus, PolicyOwner, StoredPolicy, User, UserKind,
};
use serde::Serialize;

use crate::command::principal;
use crate::render::terminal::{self, field, shown};
use crate::render::{Report, date};

/// Who a user is.
#[derive(Serialize)]
struct Who {
    user: String,
    kind: &'static str,
    unique_id: String,
    arn: String,
    created_at: String,
}

/// A user who was created.
#[derive(Serialize)]
pub(super) struct Created {
    #[serde(flatten)]
    who: Who,
    policies: Vec<String>,
}

/// All users.
#[derive(Serialize)]
pub(super) struct Listed {
    users: Vec<Who>,
}

/// All that is known of a user.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(flatten)]
    who: Who,
    access_keys: Vec<Key>,
    groups: Vec<String>,
    policies: Vec<Policy>,
    has_boundary: bool,
    tags: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Key {
    access_key_id: String,
    status: &'static str,
    last_used_at: Option<String>,
}

#[derive(Serialize)]
struct Policy {
    name: String,
    /// The group it comes from; none for the user's own.
    group: Option<String>,
}

/// A user whose tags were changed.
#[derive(Serialize)]
pub(super) struct Tagged {
    user: String,
    tags: BTreeMap<String, String>,
}

impl Who {
    fn of(user: &User) -> Self {
        Self {
            user: user.name.to_string(),
            kind: match user.kind {
                UserKind::Ordinary => "ordinary",
                UserKind::Root => "root",
            },
            unique_id: user.unique_id.clone(),
            arn: principal::arn(user),
            created_at: date(user.created_at).iso8601(),
        }
    }
}

impl Created {
    pub(super) fn new(user: &User, policies: &[StoredPolicy]) -> Self {
        Self {
            who: Who::of(user),
            policies: policies.iter().map(|one| one.name.to_string()).collect(),
        }
    }
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Who { user, arn, .. } = &self.who;
        let head = format!("User {user} created");
        writeln!(out, "{}\n", terminal::styled(terminal::BOLD, head))?;
        field(out, "ARN", arn)?;
        field(out, "Policies", self.policies.join(", "))?;
        let note = format!(
            "\nIt has no access key yet: key create --user {user}. FullAccess allows everything; put another \
             policy and delete it to allow less."
        );
        writeln!(out, "{}", terminal::styled(terminal::DIM, note))
    }
}

impl Listed {
    pub(super) fn new(users: &[User]) -> Self {
        Self {
            users: users.iter().map(Who::of).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.users.is_empty() {
            return writeln!(out, "No users.");
        }
        let heading = ["USER", "KIND", "UNIQUE ID", "CREATED"].map(str::to_owned);
        let cells = |who: &Who| {
            [
                who.user.clone(),
                who.kind.to_owned(),
                who.unique_id.clone(),
                who.created_at.clone(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading)
            .chain(self.users.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

impl Shown {
    pub(super) fn new(user: &User, keys: &[AccessKeyListing], authority: Authority) -> Self {
        let key = |key: &AccessKeyListing| Key {
            access_key_id: key.id.to_string(),
            status: match key.status {
                KeyStatus::Active => "active",
                KeyStatus::Disabled => "disabled",
            },
            last_used_at: key.last_used_at.map(|at| date(at).iso8601()),
        };
        let policy = |policy: StoredPolicy| Policy {
            name: policy.name.to_string(),
            group: match policy.owner {
                PolicyOwner::Group(group) => Some(group.to_string()),
                PolicyOwner::Role(_) | PolicyOwner::User(_) => None,
            },
        };
        Self {
            who: Who::of(user),
            access_keys: keys.iter().map(key).collect(),
            groups: authority.groups.iter().map(ToString::to_string).collect(),
            policies: authority.policies.into_iter().map(policy).collect(),
            has_boundary: authority.boundary.is_some(),
            tags: authority.tags.into_iter().collect(),
        }
    }
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("User {}", self.who.user);
        writeln!(out, "{}\n", terminal::styled(terminal::BOLD, head))?;
        field(out, "Kind", self.who.kind)?;
        field(out, "Unique id", &self.who.unique_id)?;
        field(out, "ARN", &self.who.arn)?;
        field(out, "Created", &self.who.created_at)?;
        for key in &self.access_keys {
            let used = match &key.last_used_at {
                Some(at) => format!("last used {at}"),
                None => "never used".to_owned(),
            };
            let what = format!("{} {}, {used}", key.access_key_id, key.status);
            field(out, "Access key", what)?;
        }
        for group in &self.groups {
            field(out, "Group", group)?;
        }
        for policy in &self.policies {
            let from = match &policy.group {
                Some(group) => format!(" of group {group}"),
                None => String::new(),
            };
            field(out, "Policy", format!("{}{from}", policy.name))?;
        }
        if self.has_boundary {
            field(out, "Boundary", "yes; policy boundary show")?;
        }
        write_tags(out, &self.tags)
    }
}

impl Tagged {
    pub(super) fn new(user: &User, tags: Vec<(String, String)>) -> Self {
        Self {
            user: user.name.to_string(),
            tags: tags.into_iter().collect(),
        }
    }
}

impl Report for Tagged {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("Tags of user {}", self.user);
        writeln!(out, "{}\n", terminal::styled(terminal::BOLD, head))?;
        if self.tags.is_empty() {
            return writeln!(out, "None.");
        }
        write_tags(out, &self.tags)
    }
}

fn write_tags(out: &mut dyn Write, tags: &BTreeMap<String, String>) -> io::Result<()> {
    tags.iter()
        .try_for_each(|(key, value)| field(out, "Tag", format!("{}={}", shown(key), shown(value))))
}
