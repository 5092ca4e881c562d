//! The JSON that the API speaks: nothing here means anything yet, it only has its shape.
//!
//! Members are in snake case; one that is not known is refused with its name, since a restriction that is
//! misspelled and passed over would be a link without it. Sizes are bytes, spans are seconds, instants are RFC 3339
//! in UTC.

mod link_answer;
mod link_request;
mod record;
mod revocation;
mod who;

pub(crate) use link_answer::{
    BatchAnswer, BatchItem, LimitedBy, LinkAnswer, NamedValue, PartAnswer, RequestToSend, Snippets,
};
pub(crate) use link_request::{BatchRequest, LinkRequest, RestrictionsRequest, Shape, Verb};
pub(crate) use record::{LinkList, LinkRecordAnswer, RevokedAnswer, UsesAnswer};
pub(crate) use revocation::{RevocationAnswer, RevocationRequest, TargetRequest};
pub(crate) use who::{WhoAnswer, WhoMay};
