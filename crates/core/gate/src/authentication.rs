//! From claim to identity: whose key it is, and whether the signature is that key's.
//!
//! INVARIANT: an unknown key costs as much as a wrong signature, and is told no more of (threat A12).

use countersign_s3::{ErrorCode, Fault, Operation, PostForm};
use countersign_sigv4::verify::{
    Rules, VerificationKey, Verified, Workspace, verify, verify_as, verify_post_policy,
};
use countersign_sigv4::{Claim, Placement, SessionToken, VerifyError};
use subtle::ConstantTimeEq;

use crate::refusal::{ClaimPlace, refuse_signature};
use crate::{Credential, Guardrails, Inquiry, Refusal};

/// From claim to identity: the key is known and active, its token fits, the signature matches.
pub(crate) fn authenticate<'a>(
    inquiry: &Inquiry<'a>,
    claim: &Claim<'_>,
    guardrails: &Guardrails,
    region: &str,
    workspace: &mut Workspace,
) -> Result<(&'a Credential, Verified), Refusal> {
    let place = match claim.placement {
        Placement::Header => ClaimPlace::Header,
        Placement::PostForm => ClaimPlace::PostForm,
        Placement::Query { .. } => ClaimPlace::Query,
    };
    let Some(credential) = inquiry.credential else {
        // An unknown key costs as much as a wrong signature: the caller passes a decoy (threat A12).
        let _ = verify_claim(inquiry, claim, guardrails, region, workspace);
        return Err(unknown_key(claim, "access key id is not known"));
    };
    if !credential.active {
        return Err(unknown_key(claim, "access key is disabled"));
    }
    check_token(claim, credential)?;
    let verified = verify_claim(inquiry, claim, guardrails, region, workspace)
        .map_err(|error| refuse_signature(&error, place, claim.access_key_id))?;
    Ok((credential, verified))
}

fn unknown_key(claim: &Claim<'_>, reason: &'static str) -> Refusal {
    let fault =
        Fault::new(ErrorCode::InvalidAccessKeyId).with("AWSAccessKeyId", claim.access_key_id);
    Refusal::new(fault, reason)
}

/// A temporary key needs its own token; a long-term key must come without one (threat H2).
fn check_token(claim: &Claim<'_>, credential: &Credential) -> Result<(), Refusal> {
    let expected = credential.session_token.as_ref().map(SessionToken::expose);
    match (claim.session_token, expected) {
        (None, None) => Ok(()),
        (None, Some(_)) => Err(unknown_key(
            claim,
            "temporary access key came without its token",
        )),
        (Some(sent), Some(expected)) if sent.as_bytes().ct_eq(expected.as_bytes()).into() => Ok(()),
        (Some(_), _) => {
            // AWS echoes the token in `Token-0`; it is a credential, so it is not repeated here.
            let fault = Fault::new(ErrorCode::InvalidToken);
            Err(Refusal::new(
                fault,
                "session token does not belong to this access key",
            ))
        }
    }
}

fn verify_claim(
    inquiry: &Inquiry<'_>,
    claim: &Claim<'_>,
    guardrails: &Guardrails,
    region: &str,
    workspace: &mut Workspace,
) -> Result<Verified, VerifyError> {
    let key = inquiry.key.ok_or(VerifyError::AlgorithmMismatch)?;
    let rules = Rules::s3(region);
    if let Some(policy) = inquiry.form.and_then(PostForm::policy) {
        let VerificationKey::Hmac(key) = key else {
            return Err(VerifyError::AlgorithmMismatch);
        };
        return verify_post_policy(policy, claim, key, &rules);
    }
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
