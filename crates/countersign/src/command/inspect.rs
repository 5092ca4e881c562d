//! `inspect`: what a presigned URL grants, to whom, until when, and what is risky about it.
//!
//! Works on the text alone: nothing is sent, no key is needed, so whether the signature is right is
//! not known here. SigV4 and SigV4A are read in full; SigV2, CloudFront and Google URLs are named with
//! what they say about themselves.
//!
//! INVARIANT: no output holds the signature, a session token or the query of a URL that cannot be
//! read (threats F1, F9).

mod cloudfront;
mod grant;
mod inspection;
mod place;
mod redact;
mod report;
mod risk;

use self::inspection::Inspection;
use super::url::Url;
use super::{CommandError, Outcome, input, now};
use crate::args::InspectArgs;
use crate::render::Form;

/// Runs `inspect`.
pub(super) fn run(args: &InspectArgs, form: Form) -> Result<Outcome, CommandError> {
    let text = input::typed_or_piped(&args.url)?;
    let url = Url::parse(&text).ok_or(CommandError::NotAUrl)?;
    let inspection = Inspection::of(&url, args.date.unwrap_or_else(now));
    form.print(&inspection)?;
    Ok(if inspection.works() {
        Outcome::Done
    } else {
        Outcome::Negative
    })
}

#[cfg(test)]
mod tests;
