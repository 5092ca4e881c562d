//! An answer on its way out: what every response carries, whatever it says.

use std::fmt::Write as _;

use countersign_gate::Refusal;
use countersign_s3::cors::CorsAnswer;
use countersign_s3::{ERROR_CONTENT_TYPE, Fault, error_document};
use countersign_state::StateError;
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, SERVER};
use http::{HeaderName, HeaderValue, Method, Response, StatusCode};

use crate::edge::Edge;
use crate::request_id::RequestId;
use crate::response_body::ResponseBody;

/// A response with one of our bodies.
pub(crate) type Answer = Response<ResponseBody>;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-amz-request-id");
const HOST_ID: HeaderName = HeaderName::from_static("x-amz-id-2");

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Answer {
    let mut answer = Response::new(ResponseBody::Empty);
    *answer.status_mut() = status;
    answer
}

/// An XML document.
pub(crate) fn document(xml: String) -> Answer {
    let mut answer = Response::new(ResponseBody::from(xml));
    let kind = HeaderValue::from_static(ERROR_CONTENT_TYPE);
    answer.headers_mut().insert(CONTENT_TYPE, kind);
    answer
}

/// Writes a refusal: the error document, or for HEAD the status alone.
pub(crate) fn refuse(edge: &Edge, id: RequestId, method: &Method, refusal: &Refusal) -> Answer {
    let fault = refusal.fault();
    let status =
        StatusCode::from_u16(fault.code().status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut answer = if *method == Method::HEAD || status == StatusCode::NOT_MODIFIED {
        empty(status)
    } else {
        let mut answer = document(error_document(fault, id.as_str(), edge.host_id.as_str()));
        *answer.status_mut() = status;
        answer
    };
    let headers = answer.headers_mut();
    // An error must never be kept in place of what it refused (threat J4).
    headers.insert(
        http::header::CACHE_CONTROL,
        HeaderValue::from_static("no-store"),
    );
    for (name, value) in fault.headers() {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    answer
}

/// The fault of a server in trouble: nothing of the reason is told.
pub(crate) fn internal(reason: impl std::fmt::Display) -> Refusal {
    let fault = Fault::new(countersign_s3::ErrorCode::InternalError);
    Refusal::new(fault, reason.to_string())
}

/// What a client hears if the state did not answer: to ask again, if that may help.
pub(crate) fn without_state(error: &StateError) -> Refusal {
    if !error.is_passing() {
        return internal(error);
    }
    let fault = Fault::new(countersign_s3::ErrorCode::ServiceUnavailable);
    Refusal::new(fault, error.to_string())
}

/// Adds what every answer carries.
pub(crate) fn seal(edge: &Edge, id: RequestId, cors: Option<CorsAnswer>, answer: &mut Answer) {
    let headers = answer.headers_mut();
    // A service beside S3 may have named its answer already.
    headers.entry(REQUEST_ID).or_insert_with(|| id.header());
    headers.insert(HOST_ID, edge.host_id.header());
    headers.insert(SERVER, HeaderValue::from_static("Countersign"));
    for (name, value) in cors.into_iter().flat_map(|answer| answer.headers) {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.insert(name, value);
        }
    }
}

/// `Content-Length`, without a detour over a string on the heap.
pub(crate) fn set_length(answer: &mut Answer, length: u64) {
    let mut digits = Digits::default();
    let written = write!(digits, "{length}");
    if let (Ok(()), Ok(value)) = (written, HeaderValue::from_bytes(digits.as_bytes())) {
        answer.headers_mut().insert(CONTENT_LENGTH, value);
    }
}

/// Up to twenty digits.
#[derive(Default)]
struct Digits {
    bytes: [u8; 20],
    length: usize,
}

impl Digits {
    fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.length).unwrap_or_default()
    }
}

impl std::fmt::Write for Digits {
    fn write_str(&mut self, text: &str) -> std::fmt::Result {
        let end = self.length + text.len();
        let place = self
            .bytes
            .get_mut(self.length..end)
            .ok_or(std::fmt::Error)?;
        place.copy_from_slice(text.as_bytes());
        self.length = end;
        Ok(())
    }
}
