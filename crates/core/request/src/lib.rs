//! What a client sent, before anybody believes it: the request head, its query and percent-encoding.
//!
//! SigV4 signs the request *as it stands on the wire*, so this crate borrows and never rewrites: no
//! URL library folds a dot segment, joins two headers or reorders a query here. Everything above
//! (signature, recognition of the operation, object key) reads the same three things:
//!
//! - [`RequestHead`]: method, raw path, raw query and headers, borrowed;
//! - [`Query`]: the query's pairs, percent-decoded once, in order, duplicates kept;
//! - [`percent`]: S3's percent-encoding in both directions (RFC 3986 unreserved set).
//!
//! INVARIANT: nothing here does I/O, reads a clock or decides anything about trust.

mod error;
mod head;
pub mod percent;
mod query;
mod specials;

pub use error::{PercentError, QueryError};
pub use head::{Header, RequestHead};
pub use query::{MAX_QUERY_PARAMETERS, Query};
