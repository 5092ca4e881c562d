//! What is said while a key is rotated.

use std::io::{self, Write};
use std::time::Duration;

use countersign_sigv4::{AccessKeyId, SecretAccessKey};
use countersign_state::{AccessKey, KeyCaller, KeyStatus, UnixMillis};
use serde::Serialize;

use super::super::rotation::Retiring;
use super::revealed;
use crate::render::terminal::{self, shown};
use crate::render::{Report, date};

/// A second key, and the one that retires. The secret is shown here and never again.
#[derive(Serialize)]
pub(in crate::command::key) struct Rotated {
    user: String,
    access_key_id: String,
    #[serde(serialize_with = "revealed")]
    secret_access_key: SecretAccessKey,
    retiring_access_key_id: String,
}

impl Rotated {
    pub(in crate::command::key) fn new(old: &AccessKeyId, new: AccessKey) -> Self {
        Self {
            user: new.user.name.to_string(),
            access_key_id: new.id.to_string(),
            secret_access_key: new.secret,
            retiring_access_key_id: old.to_string(),
        }
    }
}

impl Report for Rotated {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let old = &self.retiring_access_key_id;
        writeln!(out, "New access key of user {}\n", self.user)?;
        writeln!(out, "  AWS_ACCESS_KEY_ID={}", self.access_key_id)?;
        writeln!(
            out,
            "  AWS_SECRET_ACCESS_KEY={}\n",
            self.secret_access_key.expose()
        )?;
        writeln!(out, "The secret is not shown again. Both keys work.")?;
        writeln!(out, "1. Give the new key to everything that uses {old}.")?;
        writeln!(
            out,
            "2. `countersign key rotation {old}` shows who still uses the old one."
        )?;
        writeln!(
            out,
            "3. `countersign key rotate --finish {old}` disables it when it is quiet, and then deletes it."
        )
    }
}

/// Keys that retire.
#[derive(Serialize)]
pub(in crate::command::key) struct Rotations {
    retiring: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    user: String,
    access_key_id: String,
    status: &'static str,
    retiring_since: String,
    used_since: bool,
    quiet_since: String,
    quiet_for_s: i64,
    callers: Vec<Caller>,
    other_keys: Vec<Other>,
}

#[derive(Serialize)]
struct Caller {
    network: String,
    agent: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    link: Option<String>,
    noted: u64,
    first_at: String,
    last_at: String,
}

#[derive(Serialize)]
struct Other {
    access_key_id: String,
    last_used_at: Option<String>,
}

impl Row {
    fn of(retiring: &Retiring, now: UnixMillis) -> Self {
        let quiet_since = retiring.quiet_since();
        let quiet_ms = now.0.saturating_sub(quiet_since.0).max(0);
        let caller = |caller: &KeyCaller| Caller {
            network: caller.network.to_string(),
            agent: caller.agent.clone(),
            link: caller.link.map(|link| link.to_string()),
            noted: caller.uses,
            first_at: date(caller.first_at).iso8601(),
            last_at: date(caller.last_at).iso8601(),
        };
        Self {
            user: retiring.key.user.to_string(),
            access_key_id: retiring.key.id.to_string(),
            status: match retiring.key.status {
                KeyStatus::Active => "active",
                KeyStatus::Disabled => "disabled",
            },
            retiring_since: date(retiring.since).iso8601(),
            used_since: retiring.was_used(),
            quiet_since: date(quiet_since).iso8601(),
            quiet_for_s: quiet_ms.div_euclid(1_000),
            callers: retiring.callers.iter().map(caller).collect(),
            other_keys: retiring
                .others
                .iter()
                .map(|key| Other {
                    access_key_id: key.id.to_string(),
                    last_used_at: key.last_used_at.map(|at| date(at).iso8601()),
                })
                .collect(),
        }
    }

    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            user,
            access_key_id,
            status,
            retiring_since,
            ..
        } = self;
        writeln!(
            out,
            "Access key {access_key_id} of user {user}: {status}, retiring since {retiring_since}"
        )?;
        let quiet = format!("quiet since {} ({} s)", self.quiet_since, self.quiet_for_s);
        if self.used_since {
            writeln!(out, "  used since then, {quiet}")?;
        } else {
            writeln!(out, "  not used since then, {quiet}")?;
        }
        for other in &self.other_keys {
            let used = other.last_used_at.as_deref().unwrap_or("never");
            writeln!(out, "  beside it {}, last used {used}", other.access_key_id)?;
        }
        if self.callers.is_empty() {
            return Ok(());
        }
        let heading = ["  NETWORK", "AGENT", "LINK", "LAST", "FIRST"].map(str::to_owned);
        let cells = |caller: &Caller| {
            [
                format!("  {}", caller.network),
                shown(&caller.agent),
                caller.link.clone().unwrap_or_else(|| "-".to_owned()),
                caller.last_at.clone(),
                caller.first_at.clone(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading)
            .chain(self.callers.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

impl Rotations {
    pub(in crate::command::key) fn new(found: &[Retiring], now: UnixMillis) -> Self {
        Self {
            retiring: found.iter().map(|one| Row::of(one, now)).collect(),
        }
    }
}

impl Report for Rotations {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.retiring.is_empty() {
            return writeln!(out, "No access key is retiring.");
        }
        self.retiring.iter().try_for_each(|row| row.write_text(out))
    }
}

/// What became of a retiring key.
#[derive(Serialize)]
pub(in crate::command::key) struct Finished {
    change: &'static str,
    wanted_quiet_for_s: u64,
    #[serde(flatten)]
    row: Row,
}

impl Finished {
    pub(in crate::command::key) fn new(
        retiring: &Retiring,
        change: &'static str,
        now: UnixMillis,
        quiet_for: Duration,
    ) -> Self {
        Self {
            change,
            wanted_quiet_for_s: quiet_for.as_secs(),
            row: Row::of(retiring, now),
        }
    }
}

impl Report for Finished {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let id = &self.row.access_key_id;
        match self.change {
            "kept" => {
                self.row.write_text(out)?;
                let wanted = self.wanted_quiet_for_s;
                writeln!(
                    out,
                    "It is kept: it has to be quiet for {wanted} s (--quiet-for), or you insist (--force)."
                )
            }
            "disabled" => {
                writeln!(
                    out,
                    "Access key {id} disabled: what it signed stops working."
                )?;
                writeln!(
                    out,
                    "`countersign key enable {id}` takes that back; `countersign key rotate --finish {id}` deletes it."
                )
            }
            change => writeln!(out, "Access key {id} {change}"),
        }
    }
}
