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

pub use link_answer::{
    BatchAnswer, BatchItem, LimitedBy, LinkAnswer, NamedValue, PartAnswer, RequestToSend, Snippets,
};
pub use link_request::{
    BatchRequest, ContentRequest, LinkRequest, MultipartRequest, RestrictionsRequest, Shape, Verb,
};
pub use record::{LinkList, LinkRecordAnswer, RevokedAnswer, UsesAnswer};
pub use revocation::{
    ObjectTarget, PrefixTarget, RevocationAnswer, RevocationRequest, TargetRequest,
};
pub use who::{WhoAnswer, WhoMay};
