//! What a request says about its signature: in its query, or else in its cookies.
//!
//! "How CloudFront processes the different policy parameters": a signed URL comes before signed cookies. Here
//! one parameter of a signature makes the URL a signed one, and cookies are not looked at any more.
//!
//! INVARIANT: a signature is taken from one place and never put together from two (threat K3). INVARIANT: each part has
//! one value or the request is refused.

use countersign_request::{Query, RequestHead};

use crate::error::CloudFrontError;
use crate::hash_algorithm::HashAlgorithm;
use crate::parameter::Parameter;
use crate::policy::PolicyKind;

/// Where a signature was found.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Carrier {
    /// In the cookies.
    Cookies,
    /// In the query.
    Url,
}

/// A signature and what it says of itself. Nothing of it is verified.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Claim<'a> {
    pub(crate) carrier: Carrier,
    pub(crate) key_pair_id: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) policy: ClaimedPolicy<'a>,
    pub(crate) hash: HashAlgorithm,
}

/// The policy that is said to be signed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum ClaimedPolicy<'a> {
    /// A canned one, by the digits of its end.
    Canned { expires: &'a str },
    /// A custom one, encoded.
    Custom { encoded: &'a str },
}

impl<'a> Claim<'a> {
    /// Finds the signature of a request.
    ///
    /// ```
    /// use countersign_cloudfront::{Carrier, Claim};
    /// use countersign_request::{Header, Query, RequestHead};
    /// let headers = [Header { name: "cookie", value: b"a=b; CloudFront-Key-Pair-Id=K2; CloudFront-Expires=9; CloudFront-Signature=AAAA" }];
    /// let head = RequestHead { method: "GET", path: "/film", query: "t=1", headers: &headers };
    /// let query = Query::of(head.query)?;
    /// let claim = Claim::find(&head, &query)?;
    /// assert_eq!((claim.carrier(), claim.key_pair_id()), (Carrier::Cookies, "K2"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    /// [`CloudFrontError`] if there is none, or what is there is incomplete, repeated, or of two kinds.
    pub fn find(head: &RequestHead<'a>, query: &'a Query) -> Result<Self, CloudFrontError> {
        if let Some(claim) = Self::in_query(query)? {
            return Ok(claim);
        }
        Self::in_cookies(head.values("cookie"))?.ok_or(CloudFrontError::NotSigned)
    }

    /// Finds the signature of a signed URL in its query; `None` if the URL is not signed.
    ///
    /// # Errors
    /// As [`Claim::find`].
    pub fn in_query(query: &'a Query) -> Result<Option<Self>, CloudFrontError> {
        let mut parts = Parts::default();
        for (name, value) in query.pairs() {
            if let Some(parameter) = Parameter::of_query(name) {
                parts.put(parameter, Some(value))?;
            }
        }
        parts.claim(Carrier::Url)
    }

    /// Finds the signature in the values of `Cookie` headers; `None` if the cookies have none.
    ///
    /// # Errors
    /// As [`Claim::find`].
    pub fn in_cookies(
        headers: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<Option<Self>, CloudFrontError> {
        let mut parts = Parts::default();
        for header in headers {
            for cookie in header.split(|byte| *byte == b';') {
                let cookie = cookie.trim_ascii();
                let Some(equals) = cookie.iter().position(|byte| *byte == b'=') else {
                    continue;
                };
                let (name, value) = cookie.split_at(equals);
                if let Some(parameter) = Parameter::of_cookie(name) {
                    let value = value.get(1..).unwrap_or_default();
                    parts.put(parameter, std::str::from_utf8(value).ok())?;
                }
            }
        }
        parts.claim(Carrier::Cookies)
    }

    /// Where it was found.
    #[must_use]
    pub fn carrier(&self) -> Carrier {
        self.carrier
    }

    /// Whose key is said to have signed.
    #[must_use]
    pub fn key_pair_id(&self) -> &'a str {
        self.key_pair_id
    }

    /// Which hash is said to be signed.
    #[must_use]
    pub fn hash(&self) -> HashAlgorithm {
        self.hash
    }

    /// Which kind of policy is said to be signed.
    #[must_use]
    pub fn policy_kind(&self) -> PolicyKind {
        match self.policy {
            ClaimedPolicy::Canned { .. } => PolicyKind::Canned,
            ClaimedPolicy::Custom { .. } => PolicyKind::Custom,
        }
    }
}

/// What has been found so far.
#[derive(Default)]
struct Parts<'a> {
    expires: Option<&'a str>,
    hash: Option<&'a str>,
    key_pair_id: Option<&'a str>,
    policy: Option<&'a str>,
    signature: Option<&'a str>,
}

impl<'a> Parts<'a> {
    /// Takes a part; one that is not text is taken as empty, which no part is.
    fn put(&mut self, parameter: Parameter, value: Option<&'a str>) -> Result<(), CloudFrontError> {
        let place = match parameter {
            Parameter::Expires => &mut self.expires,
            Parameter::HashAlgorithm => &mut self.hash,
            Parameter::KeyPairId => &mut self.key_pair_id,
            Parameter::Policy => &mut self.policy,
            Parameter::Signature => &mut self.signature,
        };
        match place.replace(value.unwrap_or_default()) {
            None => Ok(()),
            Some(_) => Err(CloudFrontError::Repeated { parameter }),
        }
    }

    fn claim(self, carrier: Carrier) -> Result<Option<Claim<'a>>, CloudFrontError> {
        let parts = [
            self.expires,
            self.hash,
            self.key_pair_id,
            self.policy,
            self.signature,
        ];
        if parts.iter().all(Option::is_none) {
            return Ok(None);
        }
        let missing = |parameter| CloudFrontError::Missing { parameter };
        let key_pair_id = self.key_pair_id.ok_or(missing(Parameter::KeyPairId))?;
        let signature = self.signature.ok_or(missing(Parameter::Signature))?;
        let policy = match (self.policy, self.expires) {
            (Some(_), Some(_)) => return Err(CloudFrontError::SeveralPolicies),
            (Some(encoded), None) => ClaimedPolicy::Custom { encoded },
            (None, Some(expires)) => ClaimedPolicy::Canned { expires },
            (None, None) => return Err(missing(Parameter::Policy)),
        };
        let hash = HashAlgorithm::parse(self.hash).ok_or(CloudFrontError::HashUnknown)?;
        Ok(Some(Claim {
            carrier,
            key_pair_id,
            signature,
            policy,
            hash,
        }))
    }
}

#[cfg(test)]
mod tests;
