//! IAM JSON policies: read strictly, decided fast, every decision named.
//!
//! "IAM JSON policy element reference" and "Policy evaluation logic" of the IAM user guide, for
//! identity policies, bucket policies, trust policies of roles, session policies and permissions boundaries.
//!
//! - [`PolicyDocument::parse`] takes a document or says where it is wrong and what may have been meant.
//! - [`evaluate`] decides a [`Request`] by all [`Policies`] that apply to it; the [`Decision`] names the
//!   statement that made it.
//! - The caller tells what is true of the request by a [`Context`], which is asked only for the keys that
//!   a condition needs.
//!
//! ```
//! use countersign_policy::{
//!     evaluate, Decision, NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal, Request,
//!     Resource, Values,
//! };
//!
//! let guardrail = PolicyDocument::parse(
//!     r#"{
//!         "Version": "2012-10-17",
//!         "Statement": [
//!             {"Sid": "Read", "Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"},
//!             {"Sid": "DenyOld", "Effect": "Deny", "Action": "s3:*", "Resource": "*",
//!              "Condition": {"NumericGreaterThan": {"s3:signatureAge": "900000"}}}
//!         ]
//!     }"#,
//!     PolicyKind::Identity,
//! )?;
//! let policies = [NamedPolicy::new("guardrail", guardrail)];
//! let age_ms = |key: &str| match key {
//!     "s3:signatureage" => Values::from(900_001_i64),
//!     _ => Values::Absent,
//! };
//! let request = Request {
//!     principal: Principal::User {
//!         account: "000000000000",
//!         arn: "arn:aws:iam::000000000000:user/ann",
//!         name: "ann",
//!         id: "AIDAEXAMPLE",
//!     },
//!     action: "s3:GetObject",
//!     resource: Resource::Object { bucket: "photos", key: "cat.jpg" },
//!     account: "000000000000",
//!     context: &age_ms,
//! };
//! let decision = evaluate(&request, &Policies { identity: &policies, ..Policies::default() });
//! assert_eq!(decision.to_string(), "explicit deny by statement `DenyOld` of identity policy `guardrail`");
//! # Ok::<(), countersign_policy::PolicyParseError>(())
//! ```
//!
//! INVARIANT: no I/O, no clock; time and addresses come with the request. INVARIANT: what is not understood
//! is refused when the document is read, never passed over when it is evaluated.

mod action;
mod arn;
mod catalogue;
mod condition;
mod context;
mod decision;
mod document;
mod effort;
mod error;
mod evaluate;
mod introspection;
mod json;
mod pattern;
mod principal;
mod request;
mod resource;
mod statement;
mod suggest;
#[cfg(test)]
mod testing;
mod variable;

pub use catalogue::{Family, KeyFacts, condition_key, condition_keys, known_actions, s3_actions};
pub use context::{Context, Value, Values};
pub use decision::{Decision, Grant, Layer, StatementName};
pub use document::{NamedPolicy, PolicyDocument, PolicyKind};
pub use error::{PolicyParseError, PolicyProblem, Position};
pub use evaluate::{Policies, evaluate};
pub use request::{Principal, Request, Resource};
pub use statement::Effect;
