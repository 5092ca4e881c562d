//! What the operator forbids to holders of presigned URLs.
//!
//! Explained only to holders of a good signature: all of it is asked after the signature was verified.

use countersign_s3::{ErrorCode, Fault, Operation, ResponseOverrides};
use countersign_sigv4::{Claim, PayloadMode};

use crate::{Credential, Direction, Guardrails, Inquiry, PrincipalKind, Refusal, lifetime};

/// Root keys are for administration: what is handed out is signed by others (threat H6).
pub(crate) fn check_root(credential: &Credential, guardrails: &Guardrails) -> Result<(), Refusal> {
    if credential.identity.kind == PrincipalKind::Root && !guardrails.root_presign {
        return Err(Refusal::denied(
            "Root keys cannot presign on this server. Use the key of an ordinary user.",
        ));
    }
    Ok(())
}

/// Where only links of the issuer are served, what somebody else has signed is refused: nobody knows of it
/// (threat C8).
pub(crate) fn check_registered(
    credential: &Credential,
    guardrails: &Guardrails,
) -> Result<(), Refusal> {
    if guardrails.registered_only && !credential.identity.is_registered() {
        return Err(Refusal::denied(
            "This server serves only links that its issuer has made. Ask the issuer for one.",
        ));
    }
    Ok(())
}

/// What the operator forbids to holders of presigned URLs.
pub(crate) fn check_presigned(
    inquiry: &Inquiry<'_>,
    claim: &Claim<'_>,
    expires_s: u32,
    credential: &Credential,
    payload: PayloadMode,
    guardrails: &Guardrails,
) -> Result<(), Refusal> {
    let operation = inquiry.operation;
    check_root(credential, guardrails)?;
    check_registered(credential, guardrails)?;
    let deletes = operation == Operation::DeleteObject;
    if deletes && !guardrails.presigned_delete {
        return Err(Refusal::denied(
            "This server does not accept presigned deletes.",
        ));
    }
    if !deletes && !operation.is_object_data() && !guardrails.presigned_sub_resources {
        return Err(Refusal::denied(format!(
            "Presigned requests reach object data only on this server, not {}.",
            operation.name()
        )));
    }
    let direction = match (operation.is_object_data(), operation.is_read_only()) {
        (true, true) => Direction::Download,
        (true, false) => Direction::Upload,
        (false, _) => Direction::Other,
    };
    let bucket = inquiry.address.bucket.as_deref().unwrap_or_default();
    let key = inquiry
        .address
        .key
        .as_ref()
        .map(|k| k.as_str())
        .unwrap_or_default();
    lifetime::check_ceiling(
        claim,
        expires_s,
        direction,
        (bucket, key),
        guardrails,
        inquiry.now,
    )?;
    let overrides = ResponseOverrides::of(inquiry.query).map_err(Fault::from)?;
    if overrides.asks_for_active_content() && !guardrails.active_content {
        return Err(Refusal::denied(
            "This server does not let a presigned URL turn an object into a page that browsers run.",
        ));
    }
    // AWS: aws-chunked framing is not decoded under query authentication; S3 hashes the raw body,
    // which can never equal the literal (aws-semantics 1.2.5).
    if payload.is_streaming() {
        let literal = inquiry
            .head
            .header_text("x-amz-content-sha256")
            .unwrap_or_default();
        let fault = Fault::new(ErrorCode::XAmzContentSHA256Mismatch)
            .with("ClientComputedContentSHA256", literal);
        return Err(Refusal::new(fault, "streaming payload in a presigned url"));
    }
    Ok(())
}
