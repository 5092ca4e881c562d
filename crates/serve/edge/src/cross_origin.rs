//! What pages of other origins may do: the bucket's own rules, else those of the server.
//!
//! Preflights are answered before anybody is authenticated, as browsers send them without credentials
//! (aws-semantics 2.6). An actual request gets its headers whatever becomes of it, because the page
//! must be able to read why it was refused.

use countersign_gate::Refusal;
use countersign_request::Header;
use countersign_s3::Fault;
use countersign_s3::cors::{
    self, CorsAnswer, CorsBucket, CorsConfiguration, REQUEST_HEADERS, REQUEST_METHOD,
};
use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode, header};

use crate::answer::{self, Answer};
use crate::client_address::Peer;
use crate::considering::headers_of;
use crate::edge::Edge;
use crate::head;
use crate::reading::Reading;
use countersign_directory::{KnownBucket, OwnRules};

/// The bucket whose rules count for an actual request of another origin; none for any other request.
pub(crate) fn bucket_of(edge: &Edge, peer: &Peer, parts: &Parts) -> Option<Box<str>> {
    if parts.method == Method::OPTIONS || !parts.headers.contains_key(header::ORIGIN) {
        return None;
    }
    let headers = headers_of(edge, peer, parts).ok()?;
    let head = head::request_head(parts, &headers);
    let host = head.header_text("host").unwrap_or_default();
    let address = edge.addressing.resolve(host, head.path).ok()?;
    address.bucket.map(|bucket| Box::from(&*bucket))
}

/// The headers for an actual request, after asking the state for the bucket if need be.
pub(crate) async fn answer_of(
    edge: &Edge,
    parts: &Parts,
    bucket: Option<&str>,
) -> Option<CorsAnswer> {
    if let Some(name) = bucket
        && edge.directory.bucket_in_memory(name).is_none()
        && let Err(error) = edge.directory.fetch_bucket(name).await
    {
        tracing::error!(%error, "could not look up cross-origin rules");
        return None;
    }
    answer_in_memory(edge, parts, bucket)
}

/// The headers for an actual request, from what is in memory.
pub(crate) fn answer_in_memory(
    edge: &Edge,
    parts: &Parts,
    bucket: Option<&str>,
) -> Option<CorsAnswer> {
    if parts.method == Method::OPTIONS || !parts.headers.contains_key(header::ORIGIN) {
        return None;
    }
    let known = bucket
        .and_then(|name| edge.directory.bucket_in_memory(name))
        .flatten();
    let rules = rules_of(edge, known.as_deref())?;
    let told = [header::ORIGIN.as_str(), REQUEST_METHOD, REQUEST_HEADERS];
    let headers: head::Headers<'_> = told
        .into_iter()
        .flat_map(|name| {
            let values = parts.headers.get_all(name).into_iter();
            values.map(move |value| Header {
                name,
                value: value.as_bytes(),
            })
        })
        .collect();
    cors::actual(rules, &head::request_head(parts, &headers))
}

/// Whether the answers for a bucket depend on the page that asks.
pub(crate) fn has_rules(edge: &Edge, bucket: Option<&KnownBucket>) -> bool {
    rules_of(edge, bucket).is_some()
}

/// Says that the answer depends on the page that asks, so that no cache gives one page the answer for
/// another. S3 says so only to pages that may read it; a browser that has shown an image then refuses
/// the same image to a script.
pub(crate) fn note_dependence(answer: &mut Answer) {
    let vary = HeaderValue::from_static(cors::VARY);
    answer.headers_mut().insert(header::VARY, vary);
}

fn rules_of<'a>(edge: &'a Edge, bucket: Option<&'a KnownBucket>) -> Option<&'a CorsConfiguration> {
    match bucket.map(|bucket| &bucket.cors) {
        Some(OwnRules::Damaged) => None,
        Some(OwnRules::Some(rules)) => Some(rules),
        Some(OwnRules::None) | None => edge.settings.cors.as_ref(),
    }
}

/// Answers a preflight.
///
/// # Errors
/// The refusal if no rule allows what the page wants to do.
pub(crate) fn preflight(
    edge: &Edge,
    reading: &Reading<'_>,
    bucket: Option<&KnownBucket>,
) -> Result<Answer, Refusal> {
    // A server with rules for all buckets does not tell strangers which buckets it has.
    let ruled = match rules_of(edge, bucket) {
        Some(rules) => CorsBucket::WithRules(rules),
        None if bucket.is_none() => CorsBucket::Missing,
        None => CorsBucket::WithoutRules,
    };
    let allowed = cors::preflight(ruled, reading.address.level(), reading.head)
        .map_err(|error| Refusal::from(Fault::from(error)))?;
    let mut answer = answer::empty(StatusCode::OK);
    for (name, value) in allowed.headers {
        let name = HeaderName::try_from(name).map_err(answer::internal)?;
        let value = HeaderValue::try_from(value).map_err(answer::internal)?;
        answer.headers_mut().append(name, value);
    }
    answer::set_length(&mut answer, 0);
    Ok(answer)
}
