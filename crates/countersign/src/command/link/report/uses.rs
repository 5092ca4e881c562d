//! How a link was used, as reports show it.

use std::io::{self, Write};

use countersign_state::LinkUse;
use serde::Serialize;

use crate::render::date;
use crate::render::terminal::field;

/// How a link was used.
#[derive(Serialize)]
pub(super) struct Uses {
    used: u32,
    limit: Option<u32>,
    pub(super) network: Option<String>,
    pub(super) first_at: String,
    pub(super) last_at: String,
    forgotten_at: String,
    sessions: Vec<Session>,
}

/// A use that is remembered.
#[derive(Serialize)]
struct Session {
    network: String,
    began_at: String,
    requests: u32,
    bytes_left: Option<u64>,
}

impl Uses {
    pub(super) fn of(used: &LinkUse) -> Self {
        let session = |session: &countersign_state::Session| Session {
            network: session.network.to_string(),
            began_at: date(session.began_at).iso8601(),
            requests: session.requests,
            bytes_left: session.bytes_left,
        };
        Self {
            used: used.used,
            limit: used.limit,
            network: used.bound.map(|network| network.to_string()),
            first_at: date(used.first_at).iso8601(),
            last_at: date(used.last_at).iso8601(),
            forgotten_at: date(used.forget_at).iso8601(),
            sessions: used.sessions.iter().map(session).collect(),
        }
    }

    pub(super) fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        field(out, "Uses", self.of_limit())?;
        if let Some(network) = &self.network {
            field(out, "Bound to", network)?;
        }
        field(out, "First use", &self.first_at)?;
        field(out, "Last use", &self.last_at)?;
        for session in &self.sessions {
            let left = match session.bytes_left {
                Some(bytes) => format!(", {bytes} bytes left"),
                None => String::new(),
            };
            let requests = match session.requests {
                1 => "1 request".to_owned(),
                many => format!("{many} requests"),
            };
            let Session {
                network, began_at, ..
            } = session;
            let what = format!("from {network} since {began_at}, {requests}{left}");
            field(out, "Session", what)?;
        }
        Ok(())
    }

    pub(super) fn of_limit(&self) -> String {
        match self.limit {
            Some(limit) => format!("{} of {limit}", self.used),
            None => format!("{}, without a limit", self.used),
        }
    }
}
