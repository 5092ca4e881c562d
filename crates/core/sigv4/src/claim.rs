//! What a request says about who signed it: parsed, not yet believed.
//!
//! There are three places for a SigV4 claim: the query of a presigned URL, the `Authorization`
//! header, and the fields of a browser's POST form. [`Claim::find`] looks at the first two and
//! insists on exactly one mechanism (threat A14); [`AnyClaim::from_post_form`] reads the third.
//! SigV2 is recognised in query and header only to be refused by name (threat A13). In a form it
//! makes a claim of its own kind, because it says neither when nor for which region it was signed.

mod any;
mod auth_parameters;
mod authorization;
mod post_form;
mod presigned;

use countersign_request::{Query, RequestHead};

use crate::amz_date::is_on_day;
use crate::scope::Credential;
use crate::{Algorithm, AmzDate, ClaimError, CredentialScope, SignedHeaders};

use auth_parameters::{AuthParameters, QueryMechanism};

pub use any::AnyClaim;
pub use auth_parameters::AUTH_PARAMETERS;
pub use presigned::LONGEST_EXPIRES_S;

/// A claim of who signed a request with SigV4, borrowed from it.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The algorithm.
    pub algorithm: Algorithm,
    /// Whose key is said to have signed.
    pub access_key_id: &'a str,
    /// What the key was narrowed to.
    pub scope: CredentialScope<'a>,
    /// The signing instant; its day is the scope's day.
    pub date: AmzDate,
    /// The headers the signature covers; for a POST form there are none.
    pub signed_headers: Option<SignedHeaders<'a>>,
    /// The signature as sent, not yet decoded.
    pub signature: &'a str,
    /// The session token of a temporary credential.
    pub session_token: Option<&'a str>,
    /// The region set of a SigV4A signature.
    pub region_set: Option<&'a str>,
    /// Where the claim was found.
    pub placement: Placement,
}

/// Where a claim was found.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Placement {
    /// In the `Authorization` header.
    Header,
    /// In the fields of a POST form.
    PostForm,
    /// In the query: a presigned URL.
    Query {
        /// The declared life in seconds, 0 to 604800.
        expires_s: u32,
    },
}

impl<'a> Claim<'a> {
    /// Finds the claim of a request; `None` if it is anonymous.
    ///
    /// # Errors
    /// [`ClaimError`] if there is more than one mechanism, if it is SigV2, or if what is there
    /// cannot be understood.
    pub fn find(head: &RequestHead<'a>, query: &'a Query) -> Result<Option<Self>, ClaimError> {
        let parameters = AuthParameters::of(query);
        let in_query = parameters.mechanism;
        if head.has_header("authorization") {
            if in_query != QueryMechanism::None {
                return Err(ClaimError::SeveralMechanisms);
            }
            return Self::from_authorization(head, query).map(Some);
        }
        match in_query {
            QueryMechanism::None => Ok(None),
            QueryMechanism::SigV4 => Self::from_parameters(head, &parameters).map(Some),
            QueryMechanism::SigV2 { complete: true } => Err(ClaimError::SignatureVersion2),
            QueryMechanism::SigV2 { complete: false } => {
                Err(ClaimError::SignatureVersion2Incomplete)
            }
            QueryMechanism::Both => Err(ClaimError::SeveralMechanisms),
        }
    }

    /// Whether this is a presigned URL.
    #[must_use]
    pub fn is_presigned(&self) -> bool {
        matches!(self.placement, Placement::Query { .. })
    }
}

/// Builds a credential and holds its day against the signing date.
fn dated_credential<'a>(
    text: &'a str,
    algorithm: Algorithm,
    date: Option<AmzDate>,
) -> Result<(Credential<'a>, AmzDate), ClaimError> {
    let (credential, day) = Credential::parse_dated(text, algorithm)?;
    let date = date.ok_or(ClaimError::MalformedDate)?;
    if !is_on_day(date, day) {
        let written = date.format();
        return Err(ClaimError::ScopeDateMismatch {
            scope: credential.scope.day.to_owned(),
            date: written.day().to_owned(),
        });
    }
    Ok((credential, date))
}

#[cfg(test)]
mod tests;
