//! The issuer: links on demand, with the exact request to send.
//!
//! A backend authenticates its user, asks for a link and gets one that is right: the URL or form, the headers or
//! fields to send with it, how long it lives and what limits that. Start reading at `links/prepare.rs`, the way of one
//! link: planned (`plan.rs`), allowed (`authorizing.rs`), signed (`signing.rs`, `mint.rs`) and rehearsed
//! (`rehearsal.rs`) before the gate.
//!
//! INVARIANT: nothing is handed out that the edge would refuse, nor anything that its maker may not do: the gate is asked
//! with the very request (threat C5). INVARIANT: no URL, signature or token is kept or logged.

mod authorizing;
mod bearer;
mod body;
mod call;
mod drawn;
mod exchange;
mod idempotency;
mod instant;
mod issuer;
mod lifetime;
mod links;
mod mint;
mod openapi;
mod plan;
mod problem;
mod rates;
mod refused;
mod rehearsal;
mod revoking;
mod router;
mod shares;
mod signing;
mod snippets;
mod template;
mod whoami;
mod wire;

pub use exchange::{ExchangeAsked, ExchangeRefused, Exchanging, TokenExchange};
pub use issuer::{Issuer, Options, SHARE_MAX_S};
pub use mint::Endpoint;
pub use rates::Rate;
pub use router::routers;
