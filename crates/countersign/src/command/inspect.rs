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

use std::io::{self, Read as _};

use self::inspection::Inspection;
use super::url::Url;
use super::{CommandError, Outcome, now};
use crate::args::InspectArgs;
use crate::render::Form;

/// The most that is read from standard input; no server takes a longer URL.
const LONGEST_INPUT: u64 = 1 << 20;

/// Runs `inspect`.
pub(super) fn run(args: &InspectArgs, form: Form) -> Result<Outcome, CommandError> {
    let text = match args.url.as_str() {
        "-" => from_standard_input()?,
        url => url.to_owned(),
    };
    let url = Url::parse(&text).ok_or(CommandError::NotAUrl)?;
    let inspection = Inspection::of(&url, args.date.unwrap_or_else(now));
    form.print(&inspection)?;
    Ok(if inspection.works() {
        Outcome::Done
    } else {
        Outcome::Negative
    })
}

fn from_standard_input() -> Result<String, CommandError> {
    let mut text = String::new();
    io::stdin().take(LONGEST_INPUT).read_to_string(&mut text)?;
    Ok(text)
}

#[cfg(test)]
mod tests;
