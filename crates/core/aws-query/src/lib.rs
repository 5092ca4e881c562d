//! The AWS query protocol: form requests and XML answers, as STS and IAM speak it.
//!
//! Requests are forms ("AWS Query protocol" of Smithy): `Action=CreateUser&Version=2010-05-08&UserName=alice&Tags.member.1.Key=…`.
//! Answers are small XML documents with a request id. Services differ in their namespace and their actions alone:
//!
//! - [`QueryRequest`] is a call, understood as a form; [`Reader`] takes an action's parameters from it;
//! - [`Shape`] is what a parameter may be, with AWS's words for what it is not;
//! - [`Answer`] and [`Fault`] are the two things a call ends in; [`RequestId`] is what names it.
//!
//! INVARIANT: nothing here does I/O, reads a clock or draws a random number.
//! INVARIANT: no parameter has two values, and none that is nearly the name of one that was asked for is passed over.

mod answer;
mod fault;
mod form;
mod reader;
mod request;
mod request_id;
mod shape;
mod structure;

pub use answer::{Answer, CONTENT_TYPE, Xml};
pub use fault::{AtFault, Fault};
pub use form::{FormError, MOST_PARAMETERS};
pub use reader::Reader;
pub use request::QueryRequest;
pub use request_id::RequestId;
pub use shape::{Pattern, Shape};
pub use structure::MOST_MEMBERS;
