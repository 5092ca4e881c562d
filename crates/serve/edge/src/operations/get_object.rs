//! `GetObject` and `HeadObject`: one answer, with or without its body.
//!
//! Conditions come first (RFC 9110, section 13), then the range, then the headers: what was stored,
//! what the signed `response-*` parameters replace, and what keeps a browser from harm.

use std::sync::Arc;

use countersign_gate::{Authorized, Refusal, UseOf, object_digest};
use countersign_objects::Object;
use countersign_request::Query;
use countersign_s3::{
    ByteRange, ErrorCode, Extent, Fault, Fields, Operation, ReadConditions, ReadVerdict,
    ResponseOverrides, StoredChecksum, Timestamp, asks_for_checksum, response_headers,
};
use countersign_sigv4::AmzDate;
use http::header::{ACCEPT_RANGES, CACHE_CONTROL, CONTENT_RANGE, ETAG, LAST_MODIFIED};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use http_body::Body as _;

use super::download_headers::{self, Download};
use super::versioned::{self, found_object};
use super::{Moment, Task, landing_page, refuse_store, with_fields};
use crate::answer::{self, Answer};
use crate::edge::Edge;
use crate::pace::PacedTransfer;
use crate::redeeming::Counted;
use crate::response_body::ResponseBody;
use crate::transfer::Transfer;

/// Finds the object in the index and answers.
pub(super) async fn perform(edge: &Edge, task: &Task, parts: &Parts) -> Result<Answer, Refusal> {
    let found = edge
        .objects
        .find(&task.permit)
        .await
        .map_err(|error| refuse_store(&error))?;
    let object = found_object(found, &task.permit)?;
    if task.shows_page {
        let ends_at = task.permit.expires_at().map_or(0, AmzDate::unix);
        let left_s = ends_at.saturating_sub(task.now_ms.div_euclid(1_000));
        return landing_page::answer(&task.permit, object.size(), left_s);
    }
    let answer = with_fields(parts, task.is_presigned(), |_, query, fields| {
        answer(edge, &task.permit, &object, query, fields, task.moment())
    })?;
    match task.counted {
        Some(counted) if answer.status().is_success() => {
            count(edge, counted, &task.permit, &object, answer).await
        }
        _ => Ok(answer),
    }
}

/// Takes a use for an answer that is ready, and gives it back if nothing of its body is sent.
async fn count(
    edge: &Edge,
    counted: Counted,
    permit: &Authorized,
    object: &Object,
    mut answer: Answer,
) -> Result<Answer, Refusal> {
    let bucket = permit.bucket().map(|bucket| bucket.name.as_str());
    let key = permit.key().map(|key| key.as_str());
    let what = UseOf::Download {
        bytes: answer.body().size_hint().lower(),
        object_bytes: object.size(),
        object: object_digest(
            bucket.unwrap_or_default(),
            key.unwrap_or_default(),
            &object.etag().quoted(),
        ),
        is_partial: answer.status() == StatusCode::PARTIAL_CONTENT,
    };
    let taken = counted.redeem(edge, what).await?;
    // What works so many times must not be had again from a cache (threat J3).
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    let body = std::mem::replace(answer.body_mut(), ResponseBody::Empty);
    if body.is_end_stream() {
        taken.keep();
    } else {
        *answer.body_mut() = ResponseBody::watched(body, None, Some(taken));
    }
    Ok(answer)
}

/// Answers from an object that is at hand.
pub(super) fn answer(
    edge: &Edge,
    permit: &Authorized,
    object: &Arc<Object>,
    query: &Query,
    fields: &Fields<'_>,
    moment: Moment,
) -> Result<Answer, Refusal> {
    let modified = Timestamp::from_unix_ms(u64::try_from(object.modified_ms()).unwrap_or(0));
    let conditions = ReadConditions::of(fields).map_err(Fault::from)?;
    match conditions.evaluate(object.etag(), modified) {
        ReadVerdict::Proceed => {}
        ReadVerdict::NotModified => {
            let mut answer = answer::empty(StatusCode::NOT_MODIFIED);
            describe(answer.headers_mut(), permit, object, modified);
            return Ok(answer);
        }
        ReadVerdict::PreconditionFailed(failed) => return Err(Fault::from(failed).into()),
    }
    let range = fields
        .single("range")
        .map_err(Fault::from)?
        .and_then(ByteRange::parse);
    let range = range.filter(|_| conditions.range_applies(object.etag(), modified));
    let part = asked_part(query, object)?;
    if part.is_some() && range.is_some() {
        return Err(Fault::new(ErrorCode::InvalidRequest)
            .saying("Cannot specify both Range header and partNumber query parameter")
            .into());
    }
    let extent = match &part {
        Some(part) => Some(part.extent),
        None => range
            .map(|range| range.resolve(object.size()))
            .transpose()
            .map_err(Fault::from)?,
    };

    let mut answer = answer::empty(StatusCode::OK);
    let headers = answer.headers_mut();
    headers.reserve(24);
    describe(headers, permit, object, modified);
    headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    for (name, value) in response_headers(object.attributes()) {
        insert(headers, &name, value.as_bytes());
    }
    let overrides = ResponseOverrides::of(query).map_err(Fault::from)?;
    if !overrides.is_empty() {
        for (name, value) in overrides.headers() {
            insert(headers, name, &value);
        }
    }
    if asks_for_checksum(fields).map_err(Fault::from)? {
        let checksum = match (&part, extent) {
            (Some(part), _) => part.checksum.as_ref(),
            (None, None) => object.attributes().checksum.as_ref(),
            // There is no checksum of an arbitrary range.
            (None, Some(_)) => None,
        };
        for (name, value) in checksum.iter().flat_map(|c| c.headers()) {
            insert(headers, name, value.as_bytes());
        }
    }
    if let Some(presigned) = permit
        .presigned()
        .filter(|_| edge.settings.guardrails.download_headers)
    {
        let left_s = presigned
            .expires_at
            .unix()
            .saturating_sub(moment.now_ms.div_euclid(1_000));
        let key = permit.key().map(|key| key.as_str()).unwrap_or_default();
        let beginning = object.beginning();
        let download = Download {
            beginning,
            key,
            left_s,
        };
        download_headers::add(headers, &download);
    }
    let sent = extent.unwrap_or(Extent {
        first: 0,
        length: object.size(),
    });
    if extent.is_some() {
        *answer.status_mut() = StatusCode::PARTIAL_CONTENT;
        // An empty object has no range to tell of; only its one part can be asked for.
        if sent.length > 0 {
            let content_range = sent.content_range(object.size());
            insert(
                answer.headers_mut(),
                CONTENT_RANGE.as_str(),
                content_range.as_bytes(),
            );
        }
    }
    if part.is_some() && !object.parts().is_empty() {
        let count = object.parts().len().to_string();
        insert(
            answer.headers_mut(),
            "x-amz-mp-parts-count",
            count.as_bytes(),
        );
    }
    answer::set_length(&mut answer, sent.length);
    if permit.operation() == Operation::GetObject {
        *answer.body_mut() = body(edge, permit, object, sent, moment.endings)?;
    }
    Ok(answer)
}

fn body(
    edge: &Edge,
    permit: &Authorized,
    object: &Arc<Object>,
    sent: Extent,
    endings: u64,
) -> Result<ResponseBody, Refusal> {
    let pace = PacedTransfer::of(&edge.paces, permit)?;
    let end = sent.first.saturating_add(sent.length);
    let in_memory = object.bytes().and_then(|bytes| {
        let (from, to) = (usize::try_from(sent.first), usize::try_from(end));
        let range = from.ok()?..to.ok()?;
        (range.end <= bytes.len()).then(|| bytes.slice(range))
    });
    let body = if let Some(bytes) = in_memory {
        edge.metrics.bytes_sent.increment(sent.length);
        ResponseBody::Full(bytes)
    } else {
        let reader = edge.objects.read(object, sent.first..end);
        ResponseBody::object(reader, edge.metrics.bytes_sent.clone())
    };
    // Every small piece of a slowed body is asked for by whoever watches it, so that a revocation ends it.
    let body = match (pace, body) {
        // It leaves in one piece, which nothing can end under way.
        (None, body @ ResponseBody::Full(_)) => return Ok(body),
        (None, body) => body,
        (Some(pace), body) => body.paced(pace),
    };
    Ok(match Transfer::of(&edge.revocations, permit, endings) {
        None => body,
        transfer => ResponseBody::watched(body, transfer, None),
    })
}

/// One part of an object.
struct AskedPart {
    extent: Extent,
    checksum: Option<StoredChecksum>,
}

/// The part that `partNumber` asks for. An object put in one piece has one part.
fn asked_part(query: &Query, object: &Object) -> Result<Option<AskedPart>, Refusal> {
    let Some(text) = query.first("partNumber") else {
        return Ok(None);
    };
    let number: Option<u16> = text
        .parse()
        .ok()
        .filter(|number| (1..=10_000).contains(number));
    let Some(number) = number else {
        let sentence = "Part number must be an integer between 1 and 10000, inclusive";
        return Err(Fault::invalid_argument(sentence, "partNumber", text).into());
    };
    let parts = object.parts();
    let checksum = object.attributes().checksum.as_ref();
    if parts.is_empty() && number == 1 {
        return Ok(Some(AskedPart {
            extent: Extent {
                first: 0,
                length: object.size(),
            },
            checksum: checksum.cloned(),
        }));
    }
    let asked = parts.iter().find(|part| part.number == number);
    let asked = asked.ok_or_else(|| {
        let fault = Fault::new(ErrorCode::InvalidPartNumber)
            .with("PartNumberRequested", number.to_string())
            .with("ActualPartCount", parts.len().max(1).to_string());
        Refusal::new(fault, format!("object {} has no such part", object.id()))
    })?;
    let of_part = |whole: &StoredChecksum| {
        let value = asked.checksum.as_deref()?.to_owned();
        Some(StoredChecksum {
            value,
            ..whole.clone()
        })
    };
    Ok(Some(AskedPart {
        extent: Extent {
            first: asked.offset,
            length: asked.size,
        },
        checksum: checksum.and_then(of_part),
    }))
}

fn describe(headers: &mut HeaderMap, permit: &Authorized, object: &Object, modified: Timestamp) {
    insert(headers, ETAG.as_str(), object.etag().quoted().as_bytes());
    insert(
        headers,
        LAST_MODIFIED.as_str(),
        modified.http_date().to_string().as_bytes(),
    );
    versioned::tell(headers, permit, object.version_id());
}

/// Stored values were checked when they came; one that still cannot be sent is left out.
fn insert(headers: &mut HeaderMap, name: &str, value: &[u8]) {
    if let (Ok(name), Ok(value)) = (
        HeaderName::from_bytes(name.as_bytes()),
        HeaderValue::from_bytes(value),
    ) {
        headers.insert(name, value);
    }
}
