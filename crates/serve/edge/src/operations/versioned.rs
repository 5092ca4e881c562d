//! What versions add to questions and answers.
//!
//! Source: "Working with delete markers" and "Retrieving object versions". A delete marker hides the
//! object: without a version the answer is 404, and by its own id a marker can only be deleted (405).
//!
//! INVARIANT: who may not list is not told that something is missing, whatever it is that would read it
//! (threat F8).

use std::sync::Arc;

use countersign_gate::{Authorized, Refusal};
use countersign_objects::{Found, Object};
use countersign_s3::{ErrorCode, Fault, Timestamp, VersionId, Versioning};
use http::{HeaderMap, HeaderName, HeaderValue};

const DELETE_MARKER: &str = "x-amz-delete-marker";
const VERSION_ID: &str = "x-amz-version-id";

/// The object that was found, or the refusal that says what was found instead.
///
/// # Errors
/// [`Refusal`]: no such key, no such version, or a delete marker.
pub(super) fn found_object(found: Found, permit: &Authorized) -> Result<Arc<Object>, Refusal> {
    let key = permit.key().map(|key| key.as_str()).unwrap_or_default();
    refuse_missing(found, key, permit.version(), permit.may_list())
}

/// As [`found_object`], for an object of any key. `may_list` is whether it may be told that it is missing.
///
/// # Errors
/// As [`found_object`].
pub(super) fn refuse_missing(
    found: Found,
    key: &str,
    version: Option<&str>,
    may_list: bool,
) -> Result<Arc<Object>, Refusal> {
    object_or_refusal(found, key, version).map_err(|missing| hidden(missing, may_list))
}

fn hidden(missing: Refusal, may_list: bool) -> Refusal {
    let tells = matches!(
        missing.fault().code(),
        ErrorCode::NoSuchKey | ErrorCode::NoSuchVersion
    );
    if !tells || may_list {
        return missing;
    }
    let reason = format!("{}; the signer may not list", missing.reason());
    Refusal::new(Fault::new(ErrorCode::AccessDenied), reason)
}

fn object_or_refusal(
    found: Found,
    key: &str,
    version: Option<&str>,
) -> Result<Arc<Object>, Refusal> {
    match (found, version) {
        (Found::Object(object), _) => Ok(object),
        (Found::Changed, _) => Err(changed()),
        (Found::Absent, _) | (Found::NoSuchVersion, None) => Err(no_such_key(key).into()),
        (Found::NoSuchVersion, Some(version)) => Err(no_such_version(key, version).into()),
        (Found::DeleteMarker { version_id, .. }, None) => Err(no_such_key(key)
            .with_header(DELETE_MARKER, "true")
            .with_header(VERSION_ID, version_id.as_str())
            .into()),
        (
            Found::DeleteMarker {
                version_id,
                modified_ms,
                ..
            },
            Some(_),
        ) => {
            let modified = Timestamp::from_unix_ms(u64::try_from(modified_ms).unwrap_or(0));
            Err(Fault::new(ErrorCode::MethodNotAllowed)
                .with("Method", "GET")
                .with("ResourceType", "DeleteMarker")
                .with_header("allow", "DELETE")
                .with_header("last-modified", modified.http_date().to_string())
                .with_header(DELETE_MARKER, "true")
                .with_header(VERSION_ID, version_id.as_str())
                .into())
        }
    }
}

/// The object to change, or the refusal: of a delete marker nothing can be changed, named or not.
///
/// # Errors
/// [`Refusal`]: no such key, no such version, or a delete marker.
pub(super) fn object_to_change(found: Found, permit: &Authorized) -> Result<Arc<Object>, Refusal> {
    match found {
        Found::DeleteMarker { .. } => Err(unchangeable_marker()),
        other => found_object(other, permit),
    }
}

/// The refusal of an object that was replaced, or tagged anew, since it was decided upon: clients try a 503
/// again, and are then decided upon anew (threat E4).
pub(super) fn changed() -> Refusal {
    let fault = Fault::new(ErrorCode::ServiceUnavailable)
        .saying("The object has changed since this request was decided upon. Please try again.");
    Refusal::new(fault, "the object has other tags than were decided upon")
}

/// The refusal to change something of a delete marker.
pub(super) fn unchangeable_marker() -> Refusal {
    Fault::new(ErrorCode::MethodNotAllowed)
        .with("Method", "PUT")
        .with("ResourceType", "DeleteMarker")
        .with_header("allow", "DELETE")
        .into()
}

fn no_such_key(key: &str) -> Fault {
    Fault::new(ErrorCode::NoSuchKey).with("Key", key)
}

/// An id that could be one is not found; anything else is no id at all.
fn no_such_version(key: &str, version: &str) -> Fault {
    if VersionId::parse(version).is_none() {
        return Fault::invalid_argument("Invalid version id specified", "versionId", version);
    }
    Fault::new(ErrorCode::NoSuchVersion)
        .with("Key", key)
        .with("VersionId", version)
}

/// Tells the version in the answer, where the bucket keeps versions or ever did.
pub(super) fn tell(headers: &mut HeaderMap, permit: &Authorized, version: &VersionId) {
    let versioning = permit.bucket().map(|bucket| bucket.versioning);
    let told = versioning.is_some_and(|versioning| versioning != Versioning::Unversioned);
    if told && let Ok(value) = HeaderValue::from_str(version.as_str()) {
        headers.insert(HeaderName::from_static(VERSION_ID), value);
    }
}

/// Tells the version that was written, where the bucket keeps it: while versioning is suspended, what
/// is written replaces the null version, and S3 names no version for it.
pub(super) fn tell_written(headers: &mut HeaderMap, permit: &Authorized, version: &VersionId) {
    if !version.is_null() {
        tell(headers, permit, version);
    }
}

/// Tells that the version in the answer is a delete marker.
pub(super) fn tell_marker(headers: &mut HeaderMap) {
    headers.insert(
        HeaderName::from_static(DELETE_MARKER),
        HeaderValue::from_static("true"),
    );
}
