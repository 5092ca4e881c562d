//! A claim of either version, for whoever decides about both.
//!
//! INVARIANT: what a version does not say is not made up here: a form of SigV2 has no date.

use super::{Claim, Placement};
use crate::AmzDate;
use crate::v2_form::V2FormClaim;

/// A claim of who signed a request, with whatever version.
#[derive(Clone, Copy, Debug)]
pub enum AnyClaim<'a> {
    /// A POST form signed with SigV2.
    V2Form(V2FormClaim<'a>),
    /// Anything signed with SigV4 or SigV4A.
    V4(Claim<'a>),
}

impl<'a> AnyClaim<'a> {
    /// Whose key is said to have signed. A form of SigV2 may leave it empty.
    #[must_use]
    pub fn access_key_id(&self) -> &'a str {
        match self {
            Self::V2Form(claim) => claim.access_key_id,
            Self::V4(claim) => claim.access_key_id,
        }
    }

    /// The signing instant, if the version says one.
    #[must_use]
    pub fn date(&self) -> Option<AmzDate> {
        self.v4().map(|claim| claim.date)
    }

    /// Whether this is a presigned URL.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        self.v4().is_some_and(Claim::is_presigned)
    }

    /// Where the claim was found.
    #[must_use]
    pub fn placement(&self) -> Placement {
        match self {
            Self::V2Form(_) => Placement::PostForm,
            Self::V4(claim) => claim.placement,
        }
    }

    /// The session token of a temporary credential.
    #[must_use]
    pub fn session_token(&self) -> Option<&'a str> {
        match self {
            Self::V2Form(claim) => claim.session_token,
            Self::V4(claim) => claim.session_token,
        }
    }

    /// The claim of SigV4, if it is one.
    #[must_use]
    pub fn v4(&self) -> Option<&Claim<'a>> {
        match self {
            Self::V2Form(_) => None,
            Self::V4(claim) => Some(claim),
        }
    }
}
