//! The edge: where S3 requests arrive.
//!
//! Start reading at `service.rs`, the way of one request, and `considering.rs`, how it is decided upon; then
//! `operations/` for what is done with a permit, one file per operation. `server.rs` and
//! `connection.rs` are the way there; what the gate must know comes from the crate `directory`.
//!
//! INVARIANT: whether a request is served is decided by `countersign-gate` alone. Nothing here looks
//! at a signature, a policy or a guardrail to that end.

mod admin;
mod answer;
mod client_address;
mod connection;
mod considering;
mod country;
mod cross_origin;
mod edge;
mod guests;
mod head;
mod keeper;
mod lingering;
mod metrics;
mod operations;
mod pace;
mod proxy_protocol;
mod reading;
mod redeeming;
mod request_id;
mod response_body;
mod server;
mod service;
mod serving;
mod settings;
mod settling;
mod stalling;
mod tls;
mod transfer;
mod watched_body;

pub use guests::Guests;
pub use server::{Server, ServerError};
pub use settings::{Limits, Settings, TlsSource};
pub use tls::TlsError;
