//! From claim to certainty: does this signature cover this request?
//!
//! [`verify`] checks what needs no hashing first (threat L1): scope, `host` signed, nothing of
//! `x-amz-*` unsigned. Then it builds the canonical request in buffers the caller keeps, so that a
//! warm verifier allocates nothing, and compares in constant time. Time (skew, expiry) is not
//! looked at here: whoever decides has the clock.
//!
//! INVARIANT: a [`Verified`] exists only for a signature that matched.

use countersign_request::{Query, RequestHead};

use crate::canonical_request::{CanonicalParts, CanonicalRequest, LeftOut, PathRule};
use crate::explain::Explanation;
#[cfg(feature = "sigv4a")]
use crate::sha256;
use crate::string_to_sign::StringToSign;
use crate::v2_form::V2SigningKey;
use crate::{
    Algorithm, Claim, HexDigest, PayloadMode, Placement, Signature, SigningKey, UNSIGNED_PAYLOAD,
    VerifyError, payload_hash, region_set,
};

/// The key that a claim is held against.
#[derive(Clone, Copy, Debug)]
pub enum VerificationKey<'a> {
    /// For `AWS4-ECDSA-P256-SHA256`.
    #[cfg(feature = "sigv4a")]
    Ecdsa(&'a crate::v4a::PublicKey),
    /// For `AWS4-HMAC-SHA256`.
    Hmac(&'a SigningKey),
    /// For forms of SigV2.
    V2(&'a V2SigningKey),
}

/// What a verifier insists on, and which service's canonical rules it follows.
#[derive(Clone, Copy, Debug)]
pub struct Rules<'a> {
    /// The service in the scope, such as `s3`.
    pub service: &'a str,
    /// This server's region.
    pub region: &'a str,
    /// How the path is canonicalised.
    pub path_rule: PathRule,
    /// How the payload line is found.
    pub payload_rule: PayloadRule<'a>,
    /// Whether the session token is left out of the canonical query.
    pub token_after_signing: bool,
    /// Whether every `x-amz-*` header of the request must be signed.
    pub amz_headers_signed: bool,
}

/// How the payload line of the canonical request is found.
#[derive(Clone, Copy, Debug)]
pub enum PayloadRule<'a> {
    /// This line, whatever the request says: for services that hash the body they received.
    Given(&'a str),
    /// S3's: the signed `x-amz-content-sha256`; without one, `UNSIGNED-PAYLOAD` in a presigned URL.
    S3,
}

impl<'a> Rules<'a> {
    /// The rules of S3 in `region`.
    #[must_use]
    pub fn s3(region: &'a str) -> Self {
        Self {
            service: "s3",
            region,
            path_rule: PathRule::S3,
            payload_rule: PayloadRule::S3,
            token_after_signing: false,
            amz_headers_signed: true,
        }
    }
}

/// The buffers a verifier works in; keep one per thread or per request in flight.
#[derive(Debug, Default)]
pub struct Workspace {
    canonical: CanonicalRequest,
    string_to_sign: StringToSign,
}

/// Proof that a signature matched, with what only a matched signature may be asked for.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    /// What the body must be.
    pub payload: PayloadMode,
    /// Names this signing, the same for every spelling of one URL (threat A6): the bytes of the
    /// signature, its SHA-256 (SigV2), or that of the string to sign where signatures are not unique
    /// (SigV4A).
    pub fingerprint: [u8; 32],
}

/// Checks that `claim` covers the request `head` (with `query` parsed from it) under `key`.
///
/// ```
/// use countersign_request::{Header, Query, RequestHead};
/// use countersign_sigv4::{Claim, SecretAccessKey, SigningKey};
/// use countersign_sigv4::verify::{Rules, VerificationKey, Workspace, verify};
///
/// // AWS's published example of a presigned URL, as it arrives at the server.
/// let head = RequestHead {
///     method: "GET",
///     path: "/test.txt",
///     query: "X-Amz-Algorithm=AWS4-HMAC-SHA256\
///         &X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request\
///         &X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host\
///         &X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404",
///     headers: &[Header { name: "host", value: b"examplebucket.s3.amazonaws.com" }],
/// };
/// let query = Query::of(head.query)?;
/// let claim = Claim::find(&head, &query)?.expect("the request is signed");
///
/// // Look up the secret of `claim.access_key_id`, and keep the key for the rest of the day.
/// let secret = SecretAccessKey::new("wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
/// let key = SigningKey::derive(&secret, claim.scope.day, "us-east-1", "s3");
///
/// let mut workspace = Workspace::default();
/// verify(&head, &query, &claim, VerificationKey::Hmac(&key), &Rules::s3("us-east-1"), &mut workspace)?;
/// // The signature is right. Now compare `claim.date` and the declared life with the clock.
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`VerifyError`], in the order: algorithm, service, region, `host`, unsigned headers, payload
/// value, signature.
pub fn verify(
    head: &RequestHead<'_>,
    query: &Query,
    claim: &Claim<'_>,
    key: VerificationKey<'_>,
    rules: &Rules<'_>,
    workspace: &mut Workspace,
) -> Result<Verified, VerifyError> {
    verify_as(head.method, head, query, claim, key, rules, workspace)
}

/// As [`verify`], for a signature made over another method: a GET link may answer a HEAD.
///
/// # Errors
/// As [`verify`].
pub fn verify_as(
    method: &str,
    head: &RequestHead<'_>,
    query: &Query,
    claim: &Claim<'_>,
    key: VerificationKey<'_>,
    rules: &Rules<'_>,
    workspace: &mut Workspace,
) -> Result<Verified, VerifyError> {
    check_scope(claim, rules)?;
    let signed_headers = claim.signed_headers.ok_or(VerifyError::HostNotSigned)?;
    if !signed_headers.contains("host") {
        return Err(VerifyError::HostNotSigned);
    }
    if rules.amz_headers_signed {
        let except = claim.is_presigned().then_some("x-amz-content-sha256");
        let names = signed_headers.uncovered_amz_headers(head, except);
        if !names.is_empty() {
            return Err(VerifyError::UnsignedAmzHeaders { names });
        }
    }
    let (line, payload) = payload_line(head, claim, rules)?;
    let left_out = match (claim.placement, rules.token_after_signing) {
        (Placement::Header | Placement::PostForm, _) => LeftOut::Nothing,
        (Placement::Query { .. }, false) => LeftOut::Signature,
        (Placement::Query { .. }, true) => LeftOut::SignatureAndToken,
    };
    let path_rule = rules.path_rule;
    let parts = CanonicalParts {
        head,
        method,
        query,
        left_out,
        signed_headers,
        payload: line,
        path_rule,
    };
    let Workspace {
        canonical,
        string_to_sign,
    } = workspace;
    let canonical = canonical
        .build(&parts)
        .ok_or(VerifyError::MalformedTarget)?;
    let hash = payload_hash::sha256_hex(canonical);
    string_to_sign.for_request(claim.algorithm, claim.date, claim.scope.text, &hash);

    let text = string_to_sign.as_bytes();
    let matched = match key {
        VerificationKey::Hmac(key) if claim.algorithm == Algorithm::HmacSha256 => {
            let ours = key.sign(text);
            // HMAC signatures are unique per string to sign, so they are their own fingerprint.
            Signature::parse(claim.signature)
                .is_some_and(|theirs| ours.matches(&theirs))
                .then(|| *ours.as_bytes())
        }
        #[cfg(feature = "sigv4a")]
        VerificationKey::Ecdsa(key) if claim.algorithm == Algorithm::EcdsaP256Sha256 => key
            .verifies(text, claim.signature)
            .then(|| sha256::digest(text)),
        _ => return Err(VerifyError::AlgorithmMismatch),
    };
    let Some(fingerprint) = matched else {
        let ours = Box::new(Explanation::of(canonical, string_to_sign, claim.signature));
        return Err(VerifyError::SignatureMismatch { ours });
    };
    Ok(Verified {
        payload,
        fingerprint,
    })
}

/// Checks the signature of a POST form over its base64 `policy` text, as sent. The body is whatever
/// the policy's conditions say, so nothing is promised about its hash.
///
/// # Errors
/// [`VerifyError`]: service, region, or a signature that does not match.
pub fn verify_post_policy(
    policy: &str,
    claim: &Claim<'_>,
    key: &SigningKey,
    rules: &Rules<'_>,
) -> Result<Verified, VerifyError> {
    check_scope(claim, rules)?;
    let ours = key.sign(policy.as_bytes());
    let provided = Signature::parse(claim.signature);
    if provided.is_some_and(|provided| ours.matches(&provided)) {
        return Ok(Verified {
            payload: PayloadMode::Unsigned,
            fingerprint: *ours.as_bytes(),
        });
    }
    let ours = Explanation {
        canonical_request: String::new(),
        string_to_sign: policy.to_owned(),
        signature_provided: claim.signature.to_owned(),
    };
    Err(VerifyError::SignatureMismatch {
        ours: Box::new(ours),
    })
}

fn check_scope(claim: &Claim<'_>, rules: &Rules<'_>) -> Result<(), VerifyError> {
    if claim.scope.service != rules.service {
        let found = claim.scope.service.to_owned();
        return Err(VerifyError::WrongService {
            found,
            expected: rules.service.to_owned(),
        });
    }
    let (found, covered) = match (claim.scope.region, claim.region_set) {
        (Some(region), _) => (region, region == rules.region),
        (None, Some(set)) => (set, region_set::covers(set, rules.region)),
        (None, None) => ("", false),
    };
    if !covered {
        let expected = rules.region.to_owned();
        return Err(VerifyError::WrongRegion {
            found: found.to_owned(),
            expected,
        });
    }
    Ok(())
}

/// Finds the payload line and what it means (aws-semantics 1.2.5 and 3.2).
fn payload_line<'a>(
    head: &RequestHead<'a>,
    claim: &Claim<'_>,
    rules: &Rules<'a>,
) -> Result<(&'a str, PayloadMode), VerifyError> {
    let malformed = |found: Option<&str>| {
        let found = found.map(str::to_owned);
        VerifyError::MalformedPayloadHash { found }
    };
    if let PayloadRule::Given(line) = rules.payload_rule {
        let mode = PayloadMode::parse(line).ok_or_else(|| malformed(Some(line)))?;
        return Ok((line, mode));
    }
    let signed = claim
        .signed_headers
        .is_some_and(|s| s.contains("x-amz-content-sha256"));
    if claim.is_presigned() && !signed {
        return Ok((UNSIGNED_PAYLOAD, PayloadMode::Unsigned));
    }
    let mut values = head.values("x-amz-content-sha256");
    let value = values.next().and_then(|v| std::str::from_utf8(v).ok());
    let value = value.ok_or_else(|| malformed(None))?;
    if values.next().is_some() {
        return Err(malformed(Some(value)));
    }
    let mode = PayloadMode::parse(value).ok_or_else(|| malformed(Some(value)))?;
    Ok((value, mode))
}

/// The lower-case hexadecimal form of a fingerprint, for logs and link ids.
#[must_use]
pub fn fingerprint_hex(verified: &Verified) -> HexDigest {
    HexDigest::of(&verified.fingerprint)
}

#[cfg(test)]
mod tests;
