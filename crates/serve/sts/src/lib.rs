//! AWS STS: temporary credentials for roles, users and tokens of identity providers.
//!
//! API version 2011-06-15, by the query protocol, signed with SigV4 for the service `sts`: `AssumeRole`,
//! `AssumeRoleWithWebIdentity` (unsigned; the token speaks), `GetSessionToken`, `GetCallerIdentity` and
//! `GetAccessKeyInfo`. Anything else is `InvalidAction`.
//!
//! - `answering.rs` is the way of a call, from the request to its answer; `actions.rs` what each call does.
//! - `parameters.rs` and `shape.rs` read what was sent; `role_arn.rs`, `tags.rs`, `narrowing.rs` and `claims.rs` what
//!   parts of it mean.
//! - `trust.rs` asks the role's trust policy, `begin.rs` makes the session.
//! - `known.rs` keeps roles and providers in memory, `failures.rs` slows down who tries too much.
//!
//! The sessions are sealed tokens of the directory's ring: nothing is written when one is given out.
//!
//! INVARIANT: nothing here gives a right. A session has what its role or user has at the moment of use, narrowed
//! by what came with it (threat H3). INVARIANT: who is not trusted learns nothing of the role, not even whether it
//! is there.

mod actions;
mod answering;
mod begin;
mod claims;
mod failures;
mod known;
mod narrowing;
mod parameters;
mod refusal;
mod role;
mod role_arn;
mod service;
mod shape;
mod tags;
mod trust;
mod web_identity;

pub use answering::router;
pub use refusal::Refusal;
pub use service::{Settings, Sts};
pub use web_identity::{Begun, Circumstances, WebIdentityAsked};
