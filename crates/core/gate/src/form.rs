//! Forms: what a browser may upload under a policy that somebody signed.
//!
//! The order is that of S3 (aws-semantics 4.4): the fields that must be there, then the key and its
//! signature, then the policy, its end, its conditions, and that it names every field. Guardrails
//! come last, as they do for URLs. The size is held while the file comes, by whoever has the permit.
//!
//! INVARIANT: a signature over a policy permits nothing by itself; every condition is held against
//! the form, with the key that will be stored (threat E8).

use countersign_s3::{Fault, ObjectKey, Operation, PostForm, Redirect};
use countersign_sigv4::post_policy::{Condition, PostPolicy, SizeRange};
use countersign_sigv4::{AnyClaim, ClaimError, Placement, VerifyError, is_amz};

use crate::presigned::{check_registered, check_root};
use crate::refusal::{anonymous, refuse_form, refuse_policy};
use crate::{
    ClaimPlace, Credential, FormRedirects, Guardrails, Inquiry, PermittedForm, Refusal, lifetime,
    refuse_claim, refuse_signature,
};

/// A form that has what every form must have. Nothing in it is believed yet.
pub(crate) struct SentForm<'a> {
    pub(crate) policy: &'a str,
    pub(crate) key: ObjectKey,
    form: &'a PostForm,
}

/// Refuses a form of SigV2 by name where those are not taken (threat A13), and one that lacks a field
/// that it needs. Neither depends on anything that was looked up.
pub(crate) fn check_version(claim: &AnyClaim<'_>, guardrails: &Guardrails) -> Result<(), Refusal> {
    let AnyClaim::V2Form(claim) = claim else {
        return Ok(());
    };
    let error = if !guardrails.sigv2_forms {
        ClaimError::SignatureVersion2
    } else if let Some(name) = claim.missing_field() {
        ClaimError::MissingParameter { name }
    } else {
        return Ok(());
    };
    Err(refuse_claim(&error, ClaimPlace::PostForm, None))
}

/// Finds the form of a request; none if it is no form. A claim and the operation must agree about
/// that, so that no other mechanism opens the way for a form, nor a form for anything else
/// (threat A14).
pub(crate) fn sent<'a>(
    inquiry: &Inquiry<'a>,
    claim: &AnyClaim<'_>,
) -> Result<Option<SentForm<'a>>, Refusal> {
    let is_form = inquiry.operation == Operation::PostObject;
    let form = match (is_form, claim.placement(), inquiry.form) {
        (false, Placement::Header | Placement::Query { .. }, None) => return Ok(None),
        (true, Placement::PostForm, Some(form)) => form,
        _ => {
            let error = ClaimError::SeveralMechanisms;
            return Err(refuse_claim(&error, ClaimPlace::PostForm, None));
        }
    };
    let policy = form.policy().ok_or_else(anonymous)?;
    let key = form.key().map_err(Fault::from)?;
    check_head(inquiry, claim)?;
    Ok(Some(SentForm { policy, key, form }))
}

/// No header of a form's request is signed, so none may say anything about the object (threat A1).
fn check_head(inquiry: &Inquiry<'_>, claim: &AnyClaim<'_>) -> Result<(), Refusal> {
    let names: Vec<String> = inquiry
        .head
        .headers
        .iter()
        .map(|header| header.name.to_ascii_lowercase())
        .filter(|name| is_amz(name) && name != "x-amz-content-sha256")
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let error = VerifyError::UnsignedAmzHeaders { names };
    let place = ClaimPlace::PostForm;
    Err(refuse_signature(&error, place, claim.access_key_id()))
}

/// Holds the form against its policy, and the policy against the guardrails.
pub(crate) fn check(
    inquiry: &Inquiry<'_>,
    claim: &AnyClaim<'_>,
    sent: &SentForm<'_>,
    credential: &Credential,
    guardrails: &Guardrails,
) -> Result<(PermittedForm, PostPolicy), Refusal> {
    let policy = PostPolicy::parse_base64(sent.policy).map_err(|error| refuse_policy(&error))?;
    let fields: Vec<(&str, &str)> = sent.form.fields().collect();
    let bucket = inquiry.address.bucket.as_deref().unwrap_or_default();
    let now_ms = inquiry.now.unix().saturating_mul(1_000);
    let sizes = policy
        .check(&fields, bucket, now_ms)
        .map_err(|violation| refuse_form(&violation))?;
    check_root(credential, guardrails)?;
    check_registered(credential, guardrails)?;
    let place = (bucket, sent.key.as_str());
    lifetime::check_form_life(
        claim,
        policy.expiration_ms(),
        place,
        guardrails,
        inquiry.now,
    )?;
    if !guardrails.open_forms {
        check_closed(&policy, sizes)?;
    }
    let anything = SizeRange {
        min: 0,
        max: u64::MAX,
    };
    let permitted = PermittedForm {
        sizes: sizes.unwrap_or(anything),
        redirect: redirect(sent.form, &guardrails.form_redirects),
        expires_at: lifetime::end_of_form(claim, policy.expiration_ms(), place, guardrails),
    };
    Ok((permitted, policy))
}

/// A policy must say how much may be stored, and where (threat C2).
fn check_closed(policy: &PostPolicy, sizes: Option<SizeRange>) -> Result<(), Refusal> {
    if sizes.is_none() {
        return Err(Refusal::denied(
            "This server requires a content-length-range condition in the policy of a form.",
        ));
    }
    let says_where = |condition: &Condition| match condition {
        Condition::Eq { field, .. } => field.eq_ignore_ascii_case("key"),
        Condition::StartsWith { field, prefix } => {
            field.eq_ignore_ascii_case("key") && !prefix.is_empty()
        }
        Condition::ContentLengthRange { .. } | Condition::Never { .. } => false,
    };
    if !policy.conditions().iter().any(says_where) {
        return Err(Refusal::denied(
            "This server requires a key condition in the policy of a form that does not allow any \
             key.",
        ));
    }
    Ok(())
}

/// A page that is not on the list is as if it were not asked for (threat E9).
fn redirect(form: &PostForm, allowed: &FormRedirects) -> Option<Redirect> {
    let redirect = form.redirect()?;
    let may = match allowed {
        FormRedirects::Anywhere => true,
        FormRedirects::Origins(origins) => origins.iter().any(|o| o == redirect.origin()),
    };
    may.then_some(redirect)
}

#[cfg(test)]
mod tests;
