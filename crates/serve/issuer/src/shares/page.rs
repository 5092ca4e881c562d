//! What a browser is answered at the address of a share.

use axum::response::{IntoResponse as _, Response};
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, StatusCode};

const GONE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width\"><title>Not here</title><body><h1>There is nothing here</h1><p>This link does not \
    exist, has ended, or was taken back. Ask whoever sent it for a new one.</p></body></html>\n";
const BUTTON: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" \
    content=\"width=device-width\"><title>A file for you</title><body><h1>A file was shared with you</h1><p>The link \
    works so often and not once more: press the button when you want the file.</p><form method=\"post\"><button>Download\
    </button></form></body></html>\n";
const INSECURE: &str =
    "This address is for HTTPS only. Whoever listens has seen it: ask for a new one.\n";

/// The one answer to everything that is not to be had.
pub(super) fn gone() -> Response {
    sealed(StatusCode::NOT_FOUND, "text/html; charset=utf-8", GONE)
}

/// To the URL of minutes.
pub(super) fn moved(url: &str) -> Response {
    let mut response = sealed(StatusCode::SEE_OTHER, "text/plain; charset=utf-8", "");
    match HeaderValue::from_str(url) {
        Ok(url) => {
            response.headers_mut().insert(LOCATION, url);
            response
        }
        Err(_) => gone(),
    }
}

/// It is there for whoever presses the button.
pub(super) fn button() -> Response {
    let mut response = sealed(StatusCode::OK, "text/html; charset=utf-8", BUTTON);
    let policy = HeaderValue::from_static(
        "default-src 'none'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    );
    let headers = response.headers_mut();
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    response
}

/// It is there, and nothing was taken.
pub(super) fn alive() -> Response {
    sealed(StatusCode::OK, "text/plain; charset=utf-8", "")
}

/// A browser that looks ahead shall ask when somebody wants it.
pub(super) fn not_ahead() -> Response {
    sealed(
        StatusCode::SERVICE_UNAVAILABLE,
        "text/plain; charset=utf-8",
        "",
    )
}

/// Over plain HTTP nothing is to be had.
pub(super) fn insecure() -> Response {
    sealed(StatusCode::FORBIDDEN, "text/plain; charset=utf-8", INSECURE)
}

fn sealed(status: StatusCode, kind: &'static str, body: &'static str) -> Response {
    let mut response = (status, body).into_response();
    let headers = response.headers_mut();
    for (name, value) in [
        (CACHE_CONTROL, "no-store, private"),
        (
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; frame-ancestors 'none'",
        ),
        (CONTENT_TYPE, kind),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.insert(
        "x-robots-tag",
        HeaderValue::from_static("noindex, nofollow"),
    );
    response
}
