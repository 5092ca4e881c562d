//! The one rule by which credentials are taken out of text.
//!
//! It looks at the text as whoever reads it would: with percent-encoding, JSON and HTML escapes undone, however
//! often they were applied, and without regard to case. Where a name of a secret stands before a value
//! (`X-Amz-Signature=…`, `"SecretAccessKey": "…"`, `Cookie: …`, `<SessionToken>…`), and where a value is a secret by
//! its look (`Bearer …`, a JSON web token, `user:password@`, a private key), the value goes and the id of the link stands in
//! its place, or `REDACTED` (docs/specs/audit.md, section 4; threats F1, I4).
//!
//! INVARIANT: what is redacted twice is as what is redacted once. INVARIANT: nothing is looked up and nothing
//! fails: any text goes in, and comes out without what the rule names.

mod find;
mod names;
mod view;

use std::borrow::Cow;

use countersign_gate::LinkId;

use self::find::secrets;
use self::view::View;
use crate::hash::hex_text;

/// What stands for a secret of no link.
pub const REDACTED: &str = "REDACTED";
/// How often a text is read again. Two are what it takes; a text that needs more is made to.
const PASSES: usize = 6;
/// What the id of a link stands behind.
const LINK: &str = "link-";

/// The text without credentials; `link`, if it is known, stands in their place and joins records of one link.
///
/// ```
/// use countersign_audit::redact;
/// assert_eq!(redact("/b/k?X-Amz-Expires=60&X%2DAMZ%2Dsignature=abc", None), "/b/k?X-Amz-Expires=60&X%2DAMZ%2Dsignature=REDACTED");
/// assert_eq!(redact("cookie: a=b; c=d", None), "cookie: REDACTED");
/// assert_eq!(redact("curl/8.9.1", None), "curl/8.9.1");
/// ```
#[must_use]
pub fn redact(text: &str, link: Option<LinkId>) -> Cow<'_, str> {
    let (mut out, mut settled) = match once(text, link) {
        None => return Cow::Borrowed(text),
        Some(outcome) => outcome,
    };
    // Where a quotation mark went with a secret, the next reader may see another quotation: so it is read
    // again, until nothing changes.
    for _ in 0..PASSES {
        if settled {
            return Cow::Owned(out);
        }
        match once(&out, link) {
            None => return Cow::Owned(out),
            Some(again) => (out, settled) = again,
        }
    }
    let nothing = once(&out, link).is_none();
    Cow::Owned(if nothing { out } else { REDACTED.to_owned() })
}

/// One pass: nothing if there is nothing to take out, else what is left, and whether that is the end of it.
fn once(text: &str, link: Option<LinkId>) -> Option<(String, bool)> {
    let view = View::of(text);
    let found = secrets(&view);
    let mut out = String::new();
    let mut done = 0;
    for secret in found.places {
        let place = view.source(secret);
        let (Some(before), Some(value)) = (text.get(done..place.start), text.get(place.clone()))
        else {
            continue;
        };
        if is_stand_in(value) {
            continue;
        }
        out.push_str(before);
        push_stand_in(link, &mut out);
        done = place.end;
    }
    if done == 0 {
        return None;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Some((out, found.is_simple && view.is_plain()))
}

fn push_stand_in(link: Option<LinkId>, out: &mut String) {
    match link {
        None => out.push_str(REDACTED),
        Some(id) => {
            out.push_str(LINK);
            out.push_str(&hex_text(id.as_bytes()));
        }
    }
}

/// Whether this was put here by [`redact`].
fn is_stand_in(value: &str) -> bool {
    let id = value.strip_prefix(LINK);
    value == REDACTED || id.is_some_and(|id| id.parse::<LinkId>().is_ok())
}

#[cfg(test)]
mod tests;
