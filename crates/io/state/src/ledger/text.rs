//! How sessions are written in a row: one a line, so that an operator can read them.
//!
//! `number network began-at bytes-left requests object`, where `-` stands for a use that cannot be joined.

use countersign_gate::ClientNetwork;

use super::Session;
use crate::UnixMillis;

const NO_BYTES: &str = "-";

/// Writes sessions.
pub(crate) fn write(sessions: &[Session]) -> String {
    let line = |session: &Session| {
        let left = session.bytes_left;
        format!(
            "{} {} {} {} {} {:016x}\n",
            session.number,
            session.network,
            session.began_at.0,
            left.map_or_else(|| NO_BYTES.to_owned(), |left| left.to_string()),
            session.requests,
            session.object
        )
    };
    sessions.iter().map(line).collect()
}

/// Reads what [`write`] wrote; `None` for anything else.
pub(crate) fn read(text: &str) -> Option<Vec<Session>> {
    text.lines().map(read_line).collect()
}

fn read_line(line: &str) -> Option<Session> {
    let mut words = line.split(' ');
    let session = Session {
        number: words.next()?.parse().ok()?,
        network: ClientNetwork::parse(words.next()?)?,
        began_at: UnixMillis(words.next()?.parse().ok()?),
        bytes_left: match words.next()? {
            NO_BYTES => None,
            left => Some(left.parse().ok()?),
        },
        requests: words.next()?.parse().ok()?,
        object: u64::from_str_radix(words.next()?, 16).ok()?,
    };
    words.next().is_none().then_some(session)
}
