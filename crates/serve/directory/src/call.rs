//! Calls to the services beside S3, signed with SigV4: from the request to its caller.
//!
//! The rules are those of AWS's query services (aws-semantics 7.1, 7.5): the signature covers the body's hash and
//! every `x-amz-*` header, dates may be 15 minutes off, a presigned call lives 15 minutes at most.
//!
//! INVARIANT: a [`Caller`] exists only for a signature that matched, of credentials that are good now.
//! INVARIANT: credentials that sign links call nothing.

use std::borrow::Cow;

use countersign_gate::{CallOrigin, RevocationFacts, Stranger};
use countersign_request::{Header, Query, RequestHead};
use countersign_sigv4::canonical_request::PathRule;
use countersign_sigv4::verify::{PayloadRule, Rules, VerificationKey, Workspace, verify};
use countersign_sigv4::{
    Algorithm, AmzDate, AnyClaim, Claim, Placement, SessionToken, VerifyError, sha256_hex,
};
use countersign_state::StateError;
use subtle::ConstantTimeEq as _;

use crate::{Caller, Directory, KnownKey, Sought};

/// How far a signing date may be from our clock, and how long a presigned call may live, in seconds.
const SKEW_S: i64 = 15 * 60;

/// A call to a service, as it came.
#[derive(Clone, Copy, Debug)]
pub struct ServiceCall<'a> {
    /// Method, target and headers, as the listener handed them over: not those of a nested router, which cuts
    /// the path.
    pub parts: &'a http::request::Parts,
    /// All of the body.
    pub body: &'a [u8],
    /// Where it comes from; its authority is the host that was signed.
    pub origin: &'a CallOrigin,
    /// The service that its scope must name, such as `sts`.
    pub service: &'a str,
    /// The regions that its scope may name.
    pub regions: &'a [&'a str],
}

/// Why a call has no caller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CallRefusal {
    /// What the client is told.
    pub error: CallError,
    /// What the logs are told.
    pub reason: Cow<'static, str>,
}

/// What a client is told whose call has no caller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum CallError {
    /// These credentials may not be used for this.
    AccessDenied(Cow<'static, str>),
    /// The session is over.
    ExpiredToken,
    /// The signature cannot be understood.
    IncompleteSignature(Cow<'static, str>),
    /// The access key or the session token is not known or not good.
    InvalidClientTokenId,
    /// The call is not signed.
    MissingAuthenticationToken,
    /// The signing date is too far from now, or the presigned call is over.
    RequestExpired(Cow<'static, str>),
    /// The signature does not match, or was made for another service or region.
    SignatureDoesNotMatch(Cow<'static, str>),
    /// The state cannot answer.
    Unavailable,
}

impl CallError {
    /// AWS's code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::AccessDenied(_) => "AccessDenied",
            Self::ExpiredToken => "ExpiredToken",
            Self::IncompleteSignature(_) => "IncompleteSignature",
            Self::InvalidClientTokenId => "InvalidClientTokenId",
            Self::MissingAuthenticationToken => "MissingAuthenticationToken",
            Self::RequestExpired(_) => "RequestExpired",
            Self::SignatureDoesNotMatch(_) => "SignatureDoesNotMatch",
            Self::Unavailable => "ServiceUnavailable",
        }
    }

    /// The HTTP status.
    #[must_use]
    pub fn status(&self) -> u16 {
        match self {
            Self::IncompleteSignature(_) | Self::RequestExpired(_) => 400,
            Self::Unavailable => 503,
            _ => 403,
        }
    }

    /// The sentence, in AWS's words where it has any.
    #[must_use]
    pub fn sentence(&self) -> &str {
        match self {
            Self::AccessDenied(sentence)
            | Self::IncompleteSignature(sentence)
            | Self::RequestExpired(sentence)
            | Self::SignatureDoesNotMatch(sentence) => sentence,
            Self::ExpiredToken => "The security token included in the request is expired",
            Self::InvalidClientTokenId => "The security token included in the request is invalid.",
            Self::MissingAuthenticationToken => "Request is missing Authentication Token",
            Self::Unavailable => "The service is unable to handle your request.",
        }
    }

    fn because(self, reason: impl Into<Cow<'static, str>>) -> CallRefusal {
        CallRefusal {
            error: self,
            reason: reason.into(),
        }
    }
}

impl From<StateError> for CallRefusal {
    fn from(error: StateError) -> Self {
        CallError::Unavailable.because(error.to_string())
    }
}

impl Directory {
    /// Tells who signed a call, from the request alone and what is known.
    ///
    /// # Errors
    /// [`CallRefusal`], if nobody did whose credentials are good.
    pub async fn authenticate_call(&self, call: &ServiceCall<'_>) -> Result<Caller, CallRefusal> {
        let headers = headers_of(call);
        let head = RequestHead {
            method: call.parts.method.as_str(),
            path: call.parts.uri.path(),
            query: call.parts.uri.query().unwrap_or_default(),
            headers: &headers,
        };
        let incomplete =
            |reason: String| CallError::IncompleteSignature(reason.clone().into()).because(reason);
        let query = Query::of(head.query).map_err(|error| incomplete(error.to_string()))?;
        let claim = Claim::find(&head, &query).map_err(|error| incomplete(error.to_string()))?;
        let Some(claim) = claim else {
            return Err(CallError::MissingAuthenticationToken.because("call is not signed"));
        };
        if claim.algorithm != Algorithm::HmacSha256 {
            return Err(incomplete(
                "calls are signed with AWS4-HMAC-SHA256".to_owned(),
            ));
        }
        let now = AmzDate::from_unix(self.clock().unix_ms().div_euclid(1_000));
        check_window(&claim, now)?;
        let sought = Sought {
            access_key_id: Some(claim.access_key_id),
            session_token: claim.session_token,
            ..Sought::default()
        };
        let found = match self.in_memory(&sought) {
            Some(found) => found,
            None => self.fetch(sought).await?,
        };
        let region = claim.scope.region.unwrap_or_default();
        let region = call.regions.iter().find(|known| **known == region);
        let region = *region.or(call.regions.first()).unwrap_or(&"");
        let signed = Signed {
            head: &head,
            query: &query,
            claim: &claim,
            service: call.service,
            region,
            body: call.body,
        };
        let known = match found.key {
            Ok(known) => known,
            Err(stranger) => {
                // As much work as for a wrong signature (threat A12).
                let _ = signed.check(self.decoy(Some(&AnyClaim::V4(claim))));
                return Err(refuse_stranger(stranger));
            }
        };
        check_good(&known, &claim, now)?;
        let key = known.call_key(claim.scope.day, region, call.service);
        signed.check(VerificationKey::Hmac(&key))?;
        self.check_call_allowed(&known)?;
        if known.session().is_none() {
            let now_ms = now.unix().saturating_mul(1_000);
            known.note_use(now_ms);
            let agent = head.header_text("user-agent");
            self.note_caller(&known, call.origin.address, agent, None, now_ms);
        }
        Ok(Caller {
            credential: known.credential().clone(),
            session: known.session().cloned(),
            origin: call.origin.clone(),
            region: region.into(),
            user_agent: head.header_text("user-agent").map(Box::from),
            is_presigned: claim.is_presigned(),
            signed_at: claim.date,
            now,
        })
    }

    /// Refuses what is revoked, and credentials that are for links alone. Told only to holders of a good
    /// signature.
    fn check_call_allowed(&self, known: &KnownKey) -> Result<(), CallRefusal> {
        let identity = &known.credential().identity;
        if identity.is_registered() {
            let sentence = "These credentials sign links, and no requests of their own.";
            return Err(CallError::AccessDenied(sentence.into()).because(sentence));
        }
        if identity.session.is_none() {
            return Ok(());
        }
        let Some(revoked) = self.revocations().known() else {
            return Err(CallError::Unavailable.because("nobody can tell what was revoked"));
        };
        match revoked.find(&RevocationFacts::of_session(identity)) {
            None => Ok(()),
            Some(by) => {
                let sentence = "The session has been revoked.";
                let reason = format!("session is revoked, by {by}");
                Err(CallError::AccessDenied(sentence.into()).because(reason))
            }
        }
    }
}

/// What a signature is held against.
struct Signed<'a> {
    head: &'a RequestHead<'a>,
    query: &'a Query,
    claim: &'a Claim<'a>,
    service: &'a str,
    region: &'a str,
    body: &'a [u8],
}

impl Signed<'_> {
    fn check(&self, key: VerificationKey<'_>) -> Result<(), CallRefusal> {
        let hash = sha256_hex(self.body);
        let rules = Rules {
            service: self.service,
            region: self.region,
            path_rule: PathRule::Generic { normalize: true },
            payload_rule: PayloadRule::Given(hash.as_str()),
            token_after_signing: false,
            amz_headers_signed: true,
        };
        let mut workspace = Workspace::default();
        let verified = verify(
            self.head,
            self.query,
            self.claim,
            key,
            &rules,
            &mut workspace,
        );
        verified.map(|_| ()).map_err(|error| refuse(&error))
    }
}

/// The headers as they were signed: the host is the one that the listener settled upon.
fn headers_of<'a>(call: &ServiceCall<'a>) -> Vec<Header<'a>> {
    let sent = call.parts.headers.iter();
    let sent = sent.filter(|(name, _)| *name != http::header::HOST);
    let host = Header {
        name: "host",
        value: call.origin.authority.as_bytes(),
    };
    sent.map(|(name, value)| Header {
        name: name.as_str(),
        value: value.as_bytes(),
    })
    .chain([host])
    .collect()
}

fn check_window(claim: &Claim<'_>, now: AmzDate) -> Result<(), CallRefusal> {
    let ahead = claim.date.seconds_since(now);
    let (earliest, latest) = match claim.placement {
        Placement::Query { expires_s } => {
            if i64::from(expires_s) > SKEW_S {
                let sentence = "A presigned call lives 900 seconds at most.";
                return Err(CallError::RequestExpired(sentence.into()).because(sentence));
            }
            // A life of zero is over before it begins.
            (i64::from(expires_s), SKEW_S)
        }
        Placement::Header | Placement::PostForm => (SKEW_S, SKEW_S),
    };
    let dates = || {
        let (date, now) = (claim.date.format(), now.format());
        (date.as_str().to_owned(), now.as_str().to_owned())
    };
    if ahead > latest {
        let (date, now) = dates();
        let sentence = format!("Signature not yet current: {date} is still later than {now}");
        return Err(CallError::RequestExpired(sentence.into())
            .because(format!("signing date is {ahead} s ahead")));
    }
    if ahead < earliest.saturating_neg() || earliest == 0 {
        let (date, now) = dates();
        let sentence = format!("Signature expired: {date} is now earlier than {now}");
        return Err(CallError::RequestExpired(sentence.into())
            .because(format!("signing date is {} s ago", ahead.saturating_neg())));
    }
    Ok(())
}

/// Refuses a key or session that is not good now, and a token that is not this key's (threat H2).
fn check_good(known: &KnownKey, claim: &Claim<'_>, now: AmzDate) -> Result<(), CallRefusal> {
    let credential = known.credential();
    let invalid = |reason: &'static str| Err(CallError::InvalidClientTokenId.because(reason));
    if !credential.active {
        return invalid("access key is disabled");
    }
    if claim.access_key_id != credential.identity.access_key_id.as_str() {
        return invalid("session token does not belong to this access key");
    }
    let expected = credential.session_token.as_ref().map(SessionToken::expose);
    match (claim.session_token, expected) {
        (None, None) => {}
        (Some(sent), Some(expected)) if sent.as_bytes().ct_eq(expected.as_bytes()).into() => {}
        _ => return invalid("session token does not belong to this access key"),
    }
    if credential.expires_at.is_some_and(|end| now > end) {
        return invalid("access key has expired");
    }
    let session = credential.identity.session.as_ref();
    if session.is_some_and(|session| now > session.expires_at) {
        return Err(CallError::ExpiredToken.because("session has expired"));
    }
    Ok(())
}

fn refuse_stranger(stranger: Stranger) -> CallRefusal {
    CallError::InvalidClientTokenId.because(match stranger {
        Stranger::Key => "access key id is not known",
        Stranger::Principal => "user or role of the session is gone",
        Stranger::Token(reason) => reason,
    })
}

fn refuse(error: &VerifyError) -> CallRefusal {
    let reason = error.to_string();
    let sentence: Cow<'static, str> = match error {
        VerifyError::AlgorithmMismatch | VerifyError::MalformedTarget => {
            return CallError::IncompleteSignature(reason.clone().into()).because(reason);
        }
        VerifyError::HostNotSigned => {
            "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.".into()
        }
        VerifyError::MalformedPayloadHash { .. } | VerifyError::SignatureMismatch { .. } => {
            "The request signature we calculated does not match the signature you provided. Check your \
             AWS Secret Access Key and signing method. Consult the service documentation for details."
                .into()
        }
        VerifyError::UnsignedAmzHeaders { names } => {
            format!("These headers must be signed: {}", names.join(", ")).into()
        }
        VerifyError::WrongRegion { .. } => "Credential should be scoped to a valid region.".into(),
        VerifyError::WrongService { expected, .. } => {
            format!("Credential should be scoped to correct service: '{expected}'.").into()
        }
    };
    CallError::SignatureDoesNotMatch(sentence).because(reason)
}
