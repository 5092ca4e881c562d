//! `GET /v1/links`: the links of a principal, or of all where a policy allows that, the latest first.
//!
//! Links and shares are kept apart in the state and listed together, in the order in which they were made.

use countersign_policy::Resource;
use countersign_request::Query;
use countersign_state::{LinkFilter, LinkPosition, UnixMillis};

use super::inspect::{of_record, of_share};
use crate::authorizing;
use crate::call::Call;
use crate::issuer::Shared;
use crate::problem::Problem;
use crate::refused;
use crate::wire::{LinkList, LinkRecordAnswer};

const MOST: usize = 1_000;
const USUAL: usize = 100;

/// What the query asks for.
struct Asked {
    filter: LinkFilter,
    /// Whether it is about links of others.
    of_others: bool,
    limit: usize,
    after: Option<LinkPosition>,
}

/// Answers a page of links.
///
/// # Errors
/// 400 for a query that makes no sense, 403 for links of others.
pub(crate) async fn page(issuer: &Shared, call: &Call) -> Result<LinkList, Problem> {
    let asked = asked(issuer, call)?;
    let resource = match &asked.filter.bucket {
        Some(bucket) if !asked.of_others => Resource::Bucket { bucket },
        _ => Resource::Service,
    };
    authorizing::authorize(
        call,
        "countersign:ListLinks",
        resource,
        &authorizing::nothing,
    )?;
    let state = issuer.directory.state();
    let failed = |error| refused::by_state(&error, &call.request_id);
    // One more than wanted tells whether there is another page.
    let limit = asked.limit + 1;
    let links = state
        .list_links(&asked.filter, limit, asked.after)
        .await
        .map_err(failed)?;
    let shares = state
        .list_shares(&asked.filter, limit, asked.after)
        .await
        .map_err(failed)?;
    let mut rows: Vec<(LinkPosition, LinkRecordAnswer)> = links
        .iter()
        .map(|record| (record.position(), of_record(record)))
        .chain(
            shares
                .iter()
                .map(|share| (share.position(), of_share(share))),
        )
        .collect();
    rows.sort_by_key(|(at, _)| (std::cmp::Reverse(at.created_at.0), at.link));
    let has_more = rows.len() > asked.limit;
    rows.truncate(asked.limit);
    let last = rows.last().map(|(at, _)| *at);
    Ok(LinkList {
        next_cursor: last.filter(|_| has_more).map(write_cursor),
        links: rows.into_iter().map(|(_, row)| row).collect(),
    })
}

fn asked(issuer: &Shared, call: &Call) -> Result<Asked, Problem> {
    let text = call.parts.uri.query().unwrap_or_default();
    let query =
        Query::of(text).map_err(|error| Problem::malformed(format!("the query: {error}")))?;
    let own = call.caller.identity().principal_id.to_string();
    let mut asked = Asked {
        filter: LinkFilter {
            principal_id: Some(own.clone()),
            ..LinkFilter::default()
        },
        of_others: false,
        limit: USUAL,
        after: None,
    };
    let mut seen = Vec::new();
    for (name, value) in query.pairs() {
        if seen.contains(&name) {
            return Err(Problem::invalid(name, "this may stand once"));
        }
        seen.push(name);
        let filter = &mut asked.filter;
        match name {
            "principal" => {
                filter.principal_id = match value {
                    "me" => Some(own.clone()),
                    "*" => None,
                    other => Some(other.to_owned()),
                };
                asked.of_others = filter.principal_id.as_deref() != Some(&own);
            }
            "subject" => filter.subject = Some(value.to_owned()),
            "bucket" => filter.bucket = Some(value.to_owned()),
            "prefix" => filter.key_prefix = Some(value.to_owned()),
            "live" => {
                filter.live_at = match value {
                    "true" => Some(UnixMillis(issuer.now_ms())),
                    "false" => None,
                    _ => return Err(Problem::invalid(name, "write true or false")),
                };
            }
            "limit" => asked.limit = limit(value)?,
            "cursor" => asked.after = Some(read_cursor(value)?),
            _ => return Err(Problem::invalid(name, "there is no such parameter")),
        }
        let is_plain = !value.chars().any(char::is_control);
        if !is_plain || value.chars().count() > longest(name) {
            return Err(Problem::invalid(
                name,
                "this is too long, or has control characters",
            ));
        }
    }
    Ok(asked)
}

/// The most characters of a parameter, as the description of the API has it.
fn longest(name: &str) -> usize {
    match name {
        "bucket" => 63,
        "prefix" => 1_024,
        _ => 128,
    }
}

fn limit(text: &str) -> Result<usize, Problem> {
    let is_number = text.bytes().all(|byte| byte.is_ascii_digit());
    let number = text.parse().ok().filter(|_| is_number);
    number
        .filter(|limit| (1..=MOST).contains(limit))
        .ok_or_else(|| Problem::invalid("limit", format!("write 1 to {MOST}")))
}

fn write_cursor(at: LinkPosition) -> String {
    format!("{}.{}", at.created_at.0, at.link)
}

fn read_cursor(text: &str) -> Result<LinkPosition, Problem> {
    let read = || {
        let (created_at, link) = text.split_once('.')?;
        Some(LinkPosition {
            created_at: UnixMillis(created_at.parse().ok()?),
            link: link.parse().ok()?,
        })
    };
    read().ok_or_else(|| Problem::invalid("cursor", "take it from `next_cursor` as it is"))
}
