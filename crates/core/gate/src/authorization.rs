//! Whether the policies allow it: those of the user, of its groups, its boundary, and the bucket's.
//!
//! A presigned URL is a request of its signer, decided when it is used: take a right from the signer and the
//! link is dead at once (aws-semantics 6.2). Every action that a request demands must be allowed.
//!
//! INVARIANT: nothing is allowed by silence; a stored policy that cannot be read any more denies.

mod context;
mod delete;
mod demand;

use std::fmt::Write as _;

use countersign_policy::{
    Decision, NamedPolicy, Policies, Principal, Request, Resource, evaluate,
};
use countersign_s3::{Fields, Operation};
use countersign_sigv4::Claim;
use countersign_sigv4::verify::Verified;

pub(crate) use self::context::RequestContext;
