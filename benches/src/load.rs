//! The load generator: one thread, non-blocking sockets, keep-alive connections.
//!
//! It speaks just enough HTTP/1.1 (RFC 9112) to be strict about what it measures: status and
//! `Content-Length` of every answer are checked, and every byte of every body is counted. Bodies
//! over plain TCP are dropped inside the kernel (`MSG_TRUNC`, tcp(7)), so that the generator stays
//! well below the cost of the server.

mod connection;
mod engine;
mod plan;
mod request;
mod response;
mod transport;

pub use engine::{Outcome, Pool};
pub use plan::{Call, Ending, Expectation, Method, Plan, Target};
pub use transport::Trust;
