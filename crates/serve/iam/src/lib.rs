//! AWS's IAM query API: users, keys, groups, roles and policies.
//!
//! "AWS Identity and Access Management API Reference" (2010-05-08), as far as operators' tools need it: the aws CLI, the SDKs,
//! Terraform. A call is a signed form; who may do what is decided by the same policies as everything else, on the ARN of
//! what it is about. Root may do everything.
//!
//! - `router` takes a call in: transport, size, signature, form; and writes its answer;
//! - `call` is the one way from an authenticated call to the state;
//! - `actions` has one file for each kind of thing, and the one table of actions.
//!
//! INVARIANT: an action that is not in the table is refused, and so is everything that an action here could only seem to do.
//! INVARIANT: no secret and no document is written to a log.

mod actions;
mod arns;
mod call;
mod documents;
mod pages;
mod refused;
mod router;
mod seek;
mod shapes;
mod target;
mod written;

pub use router::Iam;
