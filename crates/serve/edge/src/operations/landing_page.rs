//! The landing page of a link with `x-cs-page`: what a person sees, and what a preview may see.
//!
//! Every GET answers this page and spends nothing: mail scanners, chat previews and prefetching browsers
//! fetch what they find (threat D3). Its one button sends a POST to the same URL, and only that is the
//! download. The page has no script and loads nothing, so there is nobody it could tell the URL to (threat F2).

use std::num::NonZeroU32;

use countersign_gate::{Authorized, Refusal, RestrictionName, Restrictions};
use countersign_request::{Query, RequestHead};
use countersign_s3::{ErrorCode, Fault, Operation};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use http::{HeaderName, HeaderValue};

use super::download_headers::file_name_of;
use crate::answer::{self, Answer};
use crate::response_body::ResponseBody;

/// SHA-256 of `STYLE`, so that no other style applies, whatever got into the page.
const POLICY: &str = "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; \
    frame-ancestors 'none'; base-uri 'none'";
const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;margin:15vh auto;max-width:32em;padding:0 1em;\
    color:#1b1f24;background:#fff}h1{font-size:1.25em;overflow-wrap:anywhere}button{font:inherit;padding:.6em 1.4em;\
    border:0;border-radius:.4em;color:#fff;background:#0b5cad;cursor:pointer}button:focus-visible{outline:3px solid \
    #7db4ea;outline-offset:2px}p{color:#57606a}@media(prefers-color-scheme:dark){body{color:#e6edf3;\
    background:#0d1117}p{color:#9198a1}}";
const ROBOTS: HeaderName = HeaderName::from_static("x-robots-tag");

/// Whether a request is what the button of a page sends: a POST to a URL that was signed for GET.
pub(crate) fn is_pressed(head: &RequestHead<'_>, query: &Query) -> bool {
    head.method == "POST"
        && query.first(RestrictionName::Page.as_str()) == Some("true")
        && query.has("X-Amz-Signature")
}

/// Whether the page comes first.
pub(crate) fn is_due(permit: &Authorized) -> bool {
    permit.operation() == Operation::GetObject
        && permit.restrictions().is_some_and(Restrictions::has_page)
}

/// Whether somebody's browser only looks ahead, or another site's page pressed the button.
///
/// # Errors
/// The refusal.
pub(crate) fn check_pressed(head: &RequestHead<'_>) -> Result<(), Refusal> {
    let says = |name: &str, word: &str| {
        let value = head.header_text(name);
        value.is_some_and(|value| value.to_ascii_lowercase().contains(word))
    };
    let ahead = says("sec-purpose", "prefetch") || says("purpose", "prefetch");
    let elsewhere = says("sec-fetch-site", "cross-site") || says("sec-fetch-site", "same-site");
    if ahead || elsewhere {
        return Err(Refusal::denied(
            "This link has a page: only its own button downloads the file.",
        ));
    }
    Ok(())
}

/// The page.
pub(super) fn answer(permit: &Authorized, size: u64, left_s: i64) -> Result<Answer, Refusal> {
    let key = permit.key().map(|key| key.as_str());
    let key = key.ok_or_else(|| Refusal::from(Fault::new(ErrorCode::NoSuchKey)))?;
    let uses = permit.restrictions().and_then(Restrictions::uses);
    let page = page(file_name_of(key), size, left_s, uses.map(NonZeroU32::get));
    let length = page.len() as u64;
    let mut answer = answer::empty(http::StatusCode::OK);
    let headers = answer.headers_mut();
    let mut say = |name: HeaderName, value: &'static str| {
        headers.insert(name, HeaderValue::from_static(value));
    };
    say(CONTENT_TYPE, "text/html; charset=utf-8");
    say(CACHE_CONTROL, "no-store");
    say(REFERRER_POLICY, "no-referrer");
    say(X_CONTENT_TYPE_OPTIONS, "nosniff");
    say(X_FRAME_OPTIONS, "DENY");
    say(ROBOTS, "noindex");
    let policy = POLICY.replace("{style}", &style_hash());
    let policy = HeaderValue::try_from(policy).map_err(answer::internal)?;
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    answer::set_length(&mut answer, length);
    *answer.body_mut() = ResponseBody::from(page);
    Ok(answer)
}

fn page(name: &str, size: u64, left_s: i64, uses: Option<u32>) -> String {
    let name = escaped(name);
    let often = match uses {
        None => String::new(),
        Some(1) => " The link works once.".to_owned(),
        Some(uses) => format!(" The link works {uses} times in all."),
    };
    let (size, left) = (readable_size(size), readable_time(left_s));
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><title>{name}</title><style>{STYLE}</style></head><body><main>\
         <h1>{name}</h1><p>{size}. Available for {left} more.{often}</p><form method=\"post\">\
         <button>Download</button></form></main></body></html>\n"
    )
}

/// Text for element content and quoted attributes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // Bidirectional controls could make `exe.txt` of `txt.exe`.
            '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' => {
                out.push('\u{fffd}');
            }
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

fn readable_size(bytes: u64) -> String {
    const UNITS: [(&str, u64); 4] = [
        ("TiB", 1 << 40),
        ("GiB", 1 << 30),
        ("MiB", 1 << 20),
        ("KiB", 1 << 10),
    ];
    for (unit, size) in UNITS {
        if bytes >= size {
            let tenths = u128::from(bytes) * 10 / u128::from(size);
            return format!("{}.{} {unit}", tenths / 10, tenths % 10);
        }
    }
    format!("{bytes} bytes")
}

fn readable_time(seconds: i64) -> String {
    let count = |n: i64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match seconds.max(0) {
        s if s >= 2 * 86_400 => count(s / 86_400, "day"),
        s if s >= 2 * 3_600 => count(s / 3_600, "hour"),
        s if s >= 60 => count(s / 60, "minute"),
        s => count(s, "second"),
    }
}

fn style_hash() -> String {
    use base64::Engine as _;
    use sha2::Digest as _;
    let digest = sha2::Sha256::digest(STYLE.as_bytes());
    base64::engine::general_purpose::STANDARD.encode(digest)
}

#[cfg(test)]
mod tests;
