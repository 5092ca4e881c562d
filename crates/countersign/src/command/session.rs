//! `session`: what was issued for a while can be ended for all at once.

use std::io::{self, Write};

use countersign_gate::{Revocation, RevocationTarget};
use countersign_sigv4::AmzDate;
use serde::Serialize;

use super::link::kept_until_ms;
use super::{CommandError, Outcome, lookup, role, state, unix_millis_now};
use crate::args::{RevokedSessions, SessionArgs, SessionCommand};
use crate::render::{Form, Report};

/// Runs `session`.
pub(super) fn run(args: &SessionArgs, form: Form) -> Result<Outcome, CommandError> {
    let SessionCommand::Revoke(whose) = &args.command;
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        let (principal, principal_id, before) = match whose {
            RevokedSessions::Role { name, before } => {
                let role = role::named(store, name).await?;
                (format!("role {}", role.name), role.unique_id, *before)
            }
            RevokedSessions::User { name, before } => {
                let user = lookup::user(store, name).await?;
                (format!("user {}", user.name), user.unique_id, *before)
            }
        };
        let now = unix_millis_now();
        let until = before.unwrap_or_else(|| AmzDate::from_unix(now.0.div_euclid(1_000)));
        let revocation = Revocation {
            target: RevocationTarget::Sessions {
                principal_id: principal_id.into(),
            },
            signed_until: until,
            ends_transfers: false,
            made_at_ms: now.0,
            expires_at_ms: kept_until_ms(until, super::link::LEAST_SKEW),
        };
        let serial = store.revoke(&revocation).await?;
        form.print(&Revoked {
            sessions_of: principal,
            issued_until: until.iso8601(),
            serial,
        })?;
        Ok(Outcome::Done)
    })
}

/// Sessions that were revoked.
#[derive(Serialize)]
struct Revoked {
    sessions_of: String,
    issued_until: String,
    serial: u64,
}

impl Report for Revoked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Self {
            sessions_of,
            issued_until,
            serial,
        } = self;
        writeln!(
            out,
            "Revoked all sessions of {sessions_of} that were issued until {issued_until} (number {serial})"
        )
    }
}
