//! Cross-origin rules of a bucket and what they answer.
//!
//! Source: "Elements of a CORS configuration" and recorded answers. A preflight is answered before
//! anybody is authenticated and says no more than the rules; an actual request with a foreign origin
//! is served all the same, only without the headers that let a script read it.
//!
//! INVARIANT: credentials are allowed only together with one named origin, never with `*`.

mod preflight;
mod rule;

pub use preflight::{
    CorsAnswer, CorsBucket, PreflightError, REQUEST_HEADERS, REQUEST_METHOD, VARY, actual,
    preflight,
};
pub use rule::{CorsConfiguration, CorsError, CorsRule};

#[cfg(test)]
mod tests;
