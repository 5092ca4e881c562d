//! What the `link` commands say.

mod entry;
mod signed;
mod uses;

use std::io::{self, Write};

use countersign_gate::{LinkId, Revocation};
use countersign_state::{LinkUse, RevocationEntry};
use serde::Serialize;

use self::entry::Entry;
use self::signed::Signed;
use self::uses::Uses;
use super::target::{Described, UserNames};
use super::which::Link;
use crate::render::Report;
use crate::render::terminal::{self, field};

/// A revocation that was written.
#[derive(Serialize)]
pub(super) struct Revoked(Entry);

/// A link whose uses were given back.
#[derive(Serialize)]
pub(super) struct Rearmed {
    link: String,
    revoked: bool,
}

/// What is known of a link.
#[derive(Serialize)]
pub(super) struct Shown {
    link: String,
    #[serde(flatten)]
    signed: Option<Signed>,
    revoked: bool,
    revocations: Vec<Entry>,
    uses: Option<Uses>,
}

/// Counted links.
#[derive(Serialize)]
pub(super) struct ListedLinks {
    links: Vec<Row>,
    /// What to give to `--after` for the next page.
    next: Option<String>,
}

/// A counted link.
#[derive(Serialize)]
struct Row {
    link: String,
    revoked: bool,
    #[serde(flatten)]
    uses: Uses,
}

/// What is revoked.
#[derive(Serialize)]
pub(super) struct ListedRevocations {
    revocations: Vec<Entry>,
    /// What to give to `--before` for the next page.
    next: Option<u64>,
}

impl Revoked {
    pub(super) fn new(serial: u64, target: Described, revocation: &Revocation) -> Self {
        Self(Entry::new(serial, target, revocation))
    }
}

impl Report for Revoked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self(entry) = self;
        let head = format!("Revoked {}", entry.concerned());
        writeln!(out, "{}\n", terminal::styled(terminal::BOLD, head))?;
        let transfers = if entry.ends_transfers {
            "those under way end as well"
        } else {
            "those under way go on; --end-transfers ends them"
        };
        field(out, "Transfers", transfers)?;
        field(out, "Entry", entry.serial)?;
        field(out, "Kept until", &entry.kept_until)?;
        let later = match entry.signed_until {
            Some(_) => "A link that is signed later is not concerned.",
            None => "Do not give its name to another link before that.",
        };
        let note = format!("\nServers follow within a second. {later}");
        writeln!(out, "{}", terminal::styled(terminal::DIM, note))
    }
}

impl Rearmed {
    pub(super) fn new(link: &Link, revoked: bool) -> Self {
        Self {
            link: link.id.to_string(),
            revoked,
        }
    }
}

impl Report for Rearmed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        writeln!(
            out,
            "Link {} has all its uses again and belongs to no network.",
            self.link
        )?;
        if self.revoked {
            let note = "It is revoked all the same.";
            writeln!(out, "{}", terminal::styled(terminal::WARN, note))?;
        }
        Ok(())
    }
}

impl Shown {
    pub(super) fn new(
        link: &Link,
        revocations: &[RevocationEntry],
        used: Option<LinkUse>,
        users: &UserNames,
    ) -> Self {
        let entry = |entry| Entry::of(entry, users);
        Self {
            link: link.id.to_string(),
            signed: link.url.as_ref().map(Signed::of),
            revoked: !revocations.is_empty(),
            revocations: revocations.iter().map(entry).collect(),
            uses: used.map(|used| Uses::of(&used)),
        }
    }
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = format!("Link {}", self.link);
        writeln!(out, "{}\n", terminal::styled(terminal::BOLD, head))?;
        if let Some(signed) = &self.signed {
            signed.write_text(out)?;
        }
        if !self.revoked {
            let what = match self.signed {
                Some(_) => "no",
                None => "not by itself; its URL shows whether its key, subject or object is",
            };
            field(out, "Revoked", what)?;
        }
        for entry in &self.revocations {
            let revoked = format!("{} as {}", entry.revoked_at, entry.concerned());
            field(out, "Revoked", terminal::styled(terminal::BAD, revoked))?;
        }
        match &self.uses {
            Some(uses) => uses.write_text(out),
            None => field(out, "Uses", "none was counted"),
        }
    }
}

impl ListedLinks {
    pub(super) fn new(links: Vec<(LinkUse, bool)>, last: Option<LinkId>) -> Self {
        let row = |(used, revoked): (LinkUse, bool)| Row {
            link: used.link.to_string(),
            revoked,
            uses: Uses::of(&used),
        };
        Self {
            links: links.into_iter().map(row).collect(),
            next: last.map(|link| link.to_string()),
        }
    }
}

impl Report for ListedLinks {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.links.is_empty() {
            return writeln!(out, "No counted links.");
        }
        let heading = [
            "LINK",
            "USED",
            "NETWORK",
            "FIRST USE",
            "LAST USE",
            "REVOKED",
        ];
        let cells = |row: &Row| {
            let network = row.uses.network.as_deref().unwrap_or("any");
            let revoked = if row.revoked { "yes" } else { "" };
            [
                row.link.clone(),
                row.uses.of_limit(),
                network.to_owned(),
                row.uses.first_at.clone(),
                row.uses.last_at.clone(),
                revoked.to_owned(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading.map(str::to_owned))
            .chain(self.links.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)?;
        more(out, "--after", self.next.as_deref())
    }
}

impl ListedRevocations {
    pub(super) fn new(entries: &[RevocationEntry], next: Option<u64>, users: &UserNames) -> Self {
        let entry = |entry| Entry::of(entry, users);
        Self {
            revocations: entries.iter().map(entry).collect(),
            next,
        }
    }
}

impl Report for ListedRevocations {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.revocations.is_empty() {
            writeln!(out, "No revocations.")?;
        } else {
            let heading = ["ENTRY", "REVOKED", "TRANSFERS", "KEPT UNTIL", "WHAT"];
            let cells = |entry: &Entry| {
                let transfers = if entry.ends_transfers { "end" } else { "go on" };
                [
                    entry.serial.to_string(),
                    entry.revoked_at.clone(),
                    transfers.to_owned(),
                    entry.kept_until.clone(),
                    entry.concerned(),
                ]
            };
            let rows: Vec<_> = std::iter::once(heading.map(str::to_owned))
                .chain(self.revocations.iter().map(cells))
                .collect();
            terminal::columns(out, &rows)?;
        }
        let next = self.next.map(|serial| serial.to_string());
        more(out, "--before", next.as_deref())
    }
}

/// Says how the next page is asked for, if there is one.
fn more(out: &mut dyn Write, option: &str, next: Option<&str>) -> io::Result<()> {
    next.map_or(Ok(()), |next| {
        let note = format!("\nThere may be more: {option} {next}");
        writeln!(out, "{}", terminal::styled(terminal::DIM, note))
    })
}
