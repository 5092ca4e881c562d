//! x
#![forbid(unsafe_code)]
mod moment;
mod redact;
pub use moment::{Moment, MomentError};
pub use redact::{REDACTED, redact};
