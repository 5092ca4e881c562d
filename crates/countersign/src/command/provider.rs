//! `provider`: whose OpenID Connect tokens roles may trust.

use std::io::{self, Write};

use countersign_state::{NewOidcProvider, OidcProvider, Origin};
use serde::Serialize;

use super::changed::Changed;
use super::{CommandError, Outcome, state, unix_millis_now};
use crate::args::{ProviderArgs, ProviderCommand};
use crate::render::terminal::{self, shown};
use crate::render::{Form, Report, date};

/// Runs `provider`.
pub(super) fn run(args: &ProviderArgs, form: Form) -> Result<Outcome, CommandError> {
    state::with(&args.data, async |opened| {
        let store = &*opened.store;
        match &args.command {
            ProviderCommand::Add { issuer, audiences } => {
                let new = NewOidcProvider {
                    issuer: issuer.registered().to_owned(),
                    audiences: audiences.clone(),
                    ..NewOidcProvider::default()
                };
                let made = store.create_oidc_provider(&new, unix_millis_now()).await?;
                let note = "No role trusts it yet: a trust policy has to name it.";
                let changed = Changed::new("provider", "Provider", made.issuer, "added");
                form.print(&changed.with(note))?;
            }
            ProviderCommand::List => {
                form.print(&Listed::new(store.list_oidc_providers().await?))?;
            }
            ProviderCommand::Remove { issuer } => {
                let issuer = issuer.strip_suffix('/').unwrap_or(issuer);
                store.delete_oidc_provider(issuer).await?;
                form.print(&Changed::new("provider", "Provider", issuer, "removed"))?;
            }
        }
        Ok(Outcome::Done)
    })
}

/// All providers.
#[derive(Serialize)]
struct Listed {
    providers: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    issuer: String,
    audiences: Vec<String>,
    kept_in: &'static str,
    created_at: String,
}

impl Listed {
    fn new(providers: Vec<OidcProvider>) -> Self {
        let row = |provider: OidcProvider| Row {
            issuer: provider.issuer,
            audiences: provider.audiences,
            kept_in: match provider.origin {
                Origin::Declared => "configuration",
                Origin::Aws | Origin::Stored => "state",
            },
            created_at: date(provider.created_at).iso8601(),
        };
        Self {
            providers: providers.into_iter().map(row).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.providers.is_empty() {
            return writeln!(out, "No providers.");
        }
        let heading = ["ISSUER", "AUDIENCES", "KEPT IN", "CREATED"].map(str::to_owned);
        let cells = |row: &Row| {
            [
                shown(&row.issuer),
                shown(&row.audiences.join(", ")),
                row.kept_in.to_owned(),
                row.created_at.clone(),
            ]
        };
        let rows: Vec<_> = std::iter::once(heading)
            .chain(self.providers.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}
