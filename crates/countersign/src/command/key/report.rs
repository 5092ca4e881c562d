//! What the `key` commands say.

mod rotation;

pub(super) use self::rotation::{Finished, Rotated, Rotations};

use std::io::{self, Write};

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use countersign_state::{AccessKey, AccessKeyListing, KeyOrigin, KeyStatus, UnixMillis, UserName};
use serde::{Serialize, Serializer};

use crate::render::{Report, date, terminal};

/// A key that was created, with its secret. This is the one place that shows it.
#[derive(Serialize)]
pub(super) struct Created {
    user: String,
    new_user: bool,
    access_key_id: String,
    #[serde(serialize_with = "revealed")]
    secret_access_key: SecretAccessKey,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

impl Created {
    pub(super) fn new(key: AccessKey, new_user: bool, expires_at: Option<UnixMillis>) -> Self {
        Self {
            user: key.user.name.as_str().to_owned(),
            new_user,
            access_key_id: key.id.to_string(),
            secret_access_key: key.secret,
            expires_at: expires_at.map(|at| date(at).iso8601()),
        }
    }
}

impl Report for Created {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let new = if self.new_user { "new user" } else { "user" };
        writeln!(
            out,
            "Access key of {new} {}\n",
            terminal::styled(terminal::BOLD, &self.user)
        )?;
        writeln!(out, "  AWS_ACCESS_KEY_ID={}", self.access_key_id)?;
        writeln!(
            out,
            "  AWS_SECRET_ACCESS_KEY={}\n",
            self.secret_access_key.expose()
        )?;
        if let Some(at) = &self.expires_at {
            writeln!(out, "  It expires {at}.\n")?;
        }
        writeln!(
            out,
            "{}",
            terminal::styled(terminal::DIM, "The secret is not shown again.")
        )
    }
}

/// A key whose status changed.
#[derive(Serialize)]
pub(super) struct Changed {
    access_key_id: String,
    change: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
    /// What ends that which was begun with the key and is not signed with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    sessions_end_with: Option<String>,
}

impl Changed {
    pub(super) fn new(id: &AccessKeyId, change: &'static str) -> Self {
        Self {
            access_key_id: id.to_string(),
            change,
            expires_at: None,
            sessions_end_with: None,
        }
    }

    /// A key of this user that signs nothing any more; its sessions, and links of the issuer, are the user's.
    pub(super) fn ended(id: &AccessKeyId, change: &'static str, user: Option<&UserName>) -> Self {
        Self {
            sessions_end_with: user.map(|user| format!("countersign session revoke user {user}")),
            ..Self::new(id, change)
        }
    }

    pub(super) fn expiry(id: &AccessKeyId, expires_at: Option<UnixMillis>) -> Self {
        let change = match expires_at {
            None => "does not expire",
            Some(_) => "expires",
        };
        Self {
            expires_at: expires_at.map(|at| date(at).iso8601()),
            ..Self::new(id, change)
        }
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            access_key_id,
            change,
            expires_at,
            sessions_end_with,
        } = self;
        match expires_at {
            None => writeln!(out, "Access key {access_key_id} {change}")?,
            Some(at) => writeln!(out, "Access key {access_key_id} {change} {at}")?,
        }
        match sessions_end_with {
            None => Ok(()),
            Some(command) => writeln!(
                out,
                "If it was stolen: sessions, shares and links of the issuer that it was used for go on; `{command}` ends them"
            ),
        }
    }
}

/// Keys without their secrets.
#[derive(Serialize)]
pub(super) struct Listed {
    access_keys: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    user: String,
    access_key_id: String,
    status: &'static str,
    origin: &'static str,
    created_at: String,
    last_used_at: Option<String>,
    expires_at: Option<String>,
    retiring_at: Option<String>,
    description: Option<String>,
}

impl Listed {
    pub(super) fn new(keys: Vec<AccessKeyListing>) -> Self {
        let row = |key: AccessKeyListing| Row {
            user: key.user.as_str().to_owned(),
            access_key_id: key.id.to_string(),
            status: match key.status {
                KeyStatus::Active => "active",
                KeyStatus::Disabled => "disabled",
            },
            origin: match key.origin {
                KeyOrigin::Declared => "configuration",
                KeyOrigin::Stored => "state",
            },
            created_at: date(key.created_at).iso8601(),
            last_used_at: key.last_used_at.map(|at| date(at).iso8601()),
            expires_at: key.expires_at.map(|at| date(at).iso8601()),
            retiring_at: key.retiring_at.map(|at| date(at).iso8601()),
            description: key.description,
        };
        Self {
            access_keys: keys.into_iter().map(row).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.access_keys.is_empty() {
            return writeln!(out, "No access keys.");
        }
        let heading = [
            "USER",
            "ACCESS KEY ID",
            "STATUS",
            "KEPT IN",
            "CREATED",
            "LAST USED",
            "EXPIRES",
        ];
        let cells = |row: &Row| {
            let status = match row.retiring_at {
                None => row.status.to_owned(),
                Some(_) => format!("{}, retiring", row.status),
            };
            let last_used = row.last_used_at.as_deref().unwrap_or("never");
            [
                &row.user,
                &row.access_key_id,
                status.as_str(),
                row.origin,
                &row.created_at,
                last_used,
                row.expires_at.as_deref().unwrap_or("never"),
            ]
            .map(str::to_owned)
        };
        let rows: Vec<[String; 7]> = std::iter::once(heading.map(str::to_owned))
            .chain(self.access_keys.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

fn revealed<S: Serializer>(secret: &SecretAccessKey, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(secret.expose())
}
