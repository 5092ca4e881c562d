//! The gate: from what is known of a request to a permit or a refusal.
//!
//! One pure place decides, before any byte of an object is read or stored. The listener asks it for
//! every request; the command line asks it whether a URL would be accepted; tests ask it with a
//! clock of their own.
//!
//! - in: [`Inquiry`] (the request and what was looked up) and [`Guardrails`] (what the operator
//!   allows);
//! - out: [`Authorized`], without which no object byte can be reached, or a [`Refusal`], which
//!   always knows why.
//!
//! INVARIANT: no I/O, no clock, no randomness; [`Authorized`] is made in one function.

mod authenticate;
mod authorization;
mod call;
mod call_origin;
mod decide;
mod form;
mod guardrails;
mod identity;
mod inquiry;
mod lifetime;
mod link;
mod permit;
mod presigned;
mod redemption;
mod refusal;
mod restriction;
mod revocation;

pub use authorization::{
    ACCOUNT, Asks, Authority, BucketPolicy, DeleteRights, Deletion, SessionRights, TaggingRights,
};
pub use call::{CallContext, CallDemand, Denied, authorize_call};
pub use call_origin::CallOrigin;
pub use decide::{Decided, decide};
pub use guardrails::{Direction, FormRedirects, Guardrails, PrefixCeiling};
pub use identity::{Credential, Identity, PrincipalKind, SessionFacts, Stranger};
pub use inquiry::{ExistingTags, Inquiry, SourceInquiry, TlsVersion, Transport};
pub use link::{LinkId, LinkIdError};
pub use permit::{
    Authorized, BucketRef, ObjectPlace, PermittedForm, PresignedUse, SourceRef, TagQuestion,
};
pub use redemption::{
    ClientNetwork, Receipt, Redeemed, Redemption, SESSION_MS, SESSION_SIZES, UseOf, object_digest,
};
pub use refusal::{ClaimPlace, Refusal, refuse_claim, refuse_signature};
pub use restriction::{
    AllowedType, AllowedTypes, ByteRange, Country, CountryCode, OutOfPlace, RestrictionError,
    RestrictionName, RestrictionNotMet, Restrictions,
};
pub use revocation::{Revocation, RevocationFacts, RevocationSet, RevocationTarget, RevokedBy};
