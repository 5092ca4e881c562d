//! From claim to identity: whose key is it, and did that key sign this?
//!
//! INVARIANT: nothing here looks at what is asked for, except to know what was signed: a GET link may answer
//! a HEAD, and of a form it is the policy that is signed.

use countersign_s3::{ErrorCode, Fault, Operation, PostForm};
use countersign_sigv4::verify::{
    Rules, VerificationKey, Verified, Workspace, verify, verify_as, verify_post_policy,
};
use countersign_sigv4::{AnyClaim, Placement, SessionToken, VerifyError, v2_form};
use subtle::ConstantTimeEq;

use crate::refusal::{ClaimPlace, refuse_signature};
use crate::{Credential, Guardrails, Inquiry, Refusal, Stranger};

/// From claim to identity: the key is known and active, its token fits, the signature matches.
pub(crate) fn authenticate<'a>(
    inquiry: &Inquiry<'a>,
    claim: &AnyClaim<'_>,
    guardrails: &Guardrails,
    region: &str,
    workspace: &mut Workspace,
) -> Result<(&'a Credential, Verified), Refusal> {
    let place = match claim.placement() {
        Placement::Header => ClaimPlace::Header,
        Placement::PostForm => ClaimPlace::PostForm,
        Placement::Query { .. } => ClaimPlace::Query,
    };
    let credential = match inquiry.credential {
        Ok(credential) => credential,
        Err(stranger) => {
            // An unknown key costs as much as a wrong signature: the caller passes a decoy (threat A12).
            let _ = verify_claim(inquiry, claim, guardrails, region, workspace);
            return Err(refuse_stranger(claim, stranger));
        }
    };
    if !credential.active {
        return Err(unknown_key(claim, "access key is disabled"));
    }
    check_token(claim, credential)?;
    check_end(inquiry, claim, credential)?;
    let verified = verify_claim(inquiry, claim, guardrails, region, workspace)
        .map_err(|error| refuse_signature(&error, place, claim.access_key_id()))?;
    if place == ClaimPlace::Header && credential.identity.is_registered() {
        return Err(Refusal::denied(
            "These credentials sign links, and no requests of their own.",
        ));
    }
    Ok((credential, verified))
}

fn refuse_stranger(claim: &AnyClaim<'_>, stranger: Stranger) -> Refusal {
    match stranger {
        Stranger::Key => unknown_key(claim, "access key id is not known"),
        Stranger::Principal => unknown_key(claim, "user or role of the session is gone"),
        Stranger::Token(reason) => Refusal::new(Fault::new(ErrorCode::InvalidToken), reason),
    }
}

/// Keys and sessions end on their own, whatever a URL promises (threat B6).
fn check_end(
    inquiry: &Inquiry<'_>,
    claim: &AnyClaim<'_>,
    credential: &Credential,
) -> Result<(), Refusal> {
    if credential.expires_at.is_some_and(|end| inquiry.now > end) {
        let fault = Fault::new(ErrorCode::InvalidAccessKeyId)
            .saying("The AWS Access Key Id you provided has expired.")
            .with("AWSAccessKeyId", claim.access_key_id());
        return Err(Refusal::new(fault, "access key has expired"));
    }
    let session = credential.identity.session.as_ref();
    if session.is_some_and(|session| inquiry.now > session.expires_at) {
        let fault = Fault::new(ErrorCode::ExpiredToken);
        return Err(Refusal::new(fault, "session has expired"));
    }
    Ok(())
}

fn unknown_key(claim: &AnyClaim<'_>, reason: &'static str) -> Refusal {
    let fault =
        Fault::new(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key_id());
    Refusal::new(fault, reason)
}

/// A temporary key needs its own token; a long-term key must come without one (threat H2). With SigV2 a
/// temporary key signs nothing: its forms could outlive it by their dates alone.
fn check_token(claim: &AnyClaim<'_>, credential: &Credential) -> Result<(), Refusal> {
    let expected = credential.session_token.as_ref().map(SessionToken::expose);
    let foreign = || {
        // AWS echoes the token in `Token-0`; it is a credential, so it is not repeated here.
        let fault = Fault::new(ErrorCode::InvalidToken);
        Refusal::new(fault, "session token does not belong to this access key")
    };
    if claim.access_key_id() != credential.identity.access_key_id.as_str() {
        return Err(foreign());
    }
    match (claim.session_token(), expected) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(unknown_key(
            claim,
            "temporary access key came without its token",
        )),
        (Some(sent), Some(expected))
            if claim.v4().is_some() && sent.as_bytes().ct_eq(expected.as_bytes()).into() =>
        {
            Ok(())
        }
        (Some(_), _) => Err(foreign()),
    }
}

fn verify_claim(
    inquiry: &Inquiry<'_>,
    claim: &AnyClaim<'_>,
    guardrails: &Guardrails,
    region: &str,
    workspace: &mut Workspace,
) -> Result<Verified, VerifyError> {
    let key = inquiry.key.ok_or(VerifyError::AlgorithmMismatch)?;
    let rules = Rules::s3(region);
    let policy = inquiry.form.and_then(PostForm::policy);
    let claim = match (claim, policy, key) {
        (AnyClaim::V2Form(claim), Some(policy), VerificationKey::V2(key)) => {
            return v2_form::verify(policy, claim, key);
        }
        (AnyClaim::V4(claim), Some(policy), VerificationKey::Hmac(key)) => {
            return verify_post_policy(policy, claim, key, &rules);
        }
        (AnyClaim::V4(claim), None, _) => claim,
        (AnyClaim::V2Form(_), _, _) | (AnyClaim::V4(_), Some(_), _) => {
            return Err(VerifyError::AlgorithmMismatch);
        }
    };
    let (head, query) = (inquiry.head, inquiry.query);
    let verdict = verify(head, query, claim, key, &rules, workspace);
    // A GET link answers a HEAD: players and download managers ask first (threat A15).
    let get_may_answer = guardrails.head_with_get
        && claim.is_presigned()
        && inquiry.operation == Operation::HeadObject
        && matches!(verdict, Err(VerifyError::SignatureMismatch { .. }));
    if get_may_answer {
        return verify_as("GET", head, query, claim, key, &rules, workspace).or(verdict);
    }
    verdict
}
