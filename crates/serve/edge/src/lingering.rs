//! What is done with the body of a request that was refused before it was read.
//!
//! To close with bytes unread resets the connection, and then the client may never see why it was
//! refused (RFC 9112, section 9.6). So some more is taken and thrown away while the answer is on its way.

use std::time::Duration;

use bytes::Bytes;
use http::request::Parts;
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use crate::settling::Settled;

/// How much of a refused body is still taken, and for how long, so that the client gets to read why.
pub(crate) const MOST_AFTER_REFUSAL: usize = 1024 * 1024;
pub(crate) const TIME_AFTER_REFUSAL: Duration = Duration::from_secs(2);

/// Goes on taking the body of a refused request, within bounds.
pub(crate) fn linger_after(settled: &Settled, parts: &Parts, mut body: Incoming) {
    if settled.outcome.is_ok() || !leaves_a_body(parts) || parts.version > http::Version::HTTP_11 {
        return;
    }
    tokio::spawn(tokio::time::timeout(TIME_AFTER_REFUSAL, async move {
        let mut left = MOST_AFTER_REFUSAL;
        while let Some(Ok(frame)) = body.frame().await {
            let taken = frame.data_ref().map_or(0, Bytes::len);
            match left.checked_sub(taken) {
                Some(less) => left = less,
                None => break,
            }
        }
    }));
}

/// Whether the body of a refused request may be left unread. The connection then ends, and a client
/// that is not told would send its next request into nothing.
pub(crate) fn leaves_a_body(parts: &Parts) -> bool {
    let length = parts.headers.get(http::header::CONTENT_LENGTH);
    length.is_some_and(|length| length != "0")
        || parts.headers.contains_key(http::header::TRANSFER_ENCODING)
}
