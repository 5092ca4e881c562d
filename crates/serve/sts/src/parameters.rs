//! The parameters of the calls, read and held to their shapes.
//!
//! What is meant to narrow a session or to prove more, and is not served here, is refused rather than passed over:
//! a device of multi-factor authentication, contexts of other services.

use countersign_aws_query::{Fault, QueryRequest, Reader};

use crate::shape;

/// What a session is asked to be, whoever asks.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Wanted<'r> {
    /// How long it is to live, in seconds, if that was said.
    pub(crate) duration_s: Option<u32>,
    /// The text of its session policy.
    pub(crate) policy: Option<&'r str>,
    /// Managed policies that narrow it, by ARN.
    pub(crate) policy_arns: Vec<&'r str>,
    /// Its tags.
    pub(crate) tags: Vec<(&'r str, &'r str)>,
    /// Which of them later sessions are to keep.
    pub(crate) transitive_keys: Vec<&'r str>,
    /// Its source identity.
    pub(crate) source_identity: Option<&'r str>,
    /// What the caller was told to say.
    pub(crate) external_id: Option<&'r str>,
}

/// A role and the name of the session that is to be begun.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct RoleAsked<'r> {
    pub(crate) arn: &'r str,
    pub(crate) session_name: &'r str,
}

/// Reads `AssumeRole`.
pub(crate) fn assume_role(request: &QueryRequest) -> Result<(RoleAsked<'_>, Wanted<'_>), Fault> {
    let (role, wanted, contexts) = request.read(|call| {
        let role = role(call);
        let contexts = call.list("ProvidedContexts", 0..=5, |_| ());
        let tags = call.list("Tags", 0..=shape::MOST_TAGS, |tag| {
            (
                tag.required("Key", &shape::TAG_KEY),
                tag.required("Value", &shape::TAG_VALUE),
            )
        });
        let keys = call.texts("TransitiveTagKeys", 0..=shape::MOST_TAGS, &shape::TAG_KEY);
        let source_identity = call.optional("SourceIdentity", &shape::SESSION_NAME);
        if let Some(text) = source_identity.filter(|text| text.starts_with("aws:")) {
            call.violation("SourceIdentity", text, "Member must not begin with aws:");
        }
        let wanted = Wanted {
            tags: tags.unwrap_or_default(),
            transitive_keys: keys.unwrap_or_default(),
            source_identity,
            external_id: call.optional("ExternalId", &shape::EXTERNAL_ID),
            ..narrowed(call)
        };
        (role, wanted, contexts)
    })?;
    refuse_multi_factor(request)?;
    if contexts.is_some_and(|contexts| !contexts.is_empty()) {
        return Err(Fault::validation(
            "ProvidedContexts are not supported by this server",
        ));
    }
    Ok((role, wanted))
}

/// Reads `AssumeRoleWithWebIdentity`; with it, the token.
pub(crate) fn assume_role_with_web_identity(
    request: &QueryRequest,
) -> Result<(RoleAsked<'_>, &str, Wanted<'_>), Fault> {
    let read = request.read(|call| {
        let token = call.required("WebIdentityToken", &shape::WEB_IDENTITY_TOKEN);
        (role(call), token, narrowed(call))
    })?;
    if request.text("ProviderId").is_some() {
        return Err(Fault::validation(
            "ProviderId is for access tokens of OAuth 2.0, which are not supported by this server; it must be left \
             out for tokens of OpenID Connect",
        ));
    }
    Ok(read)
}

/// Reads `GetSessionToken`: how long the session is to live, in seconds, if that was said.
pub(crate) fn session_token(request: &QueryRequest) -> Result<Option<u32>, Fault> {
    let duration_s = request.read(|call| call.integer("DurationSeconds", shape::USER_SECONDS))?;
    refuse_multi_factor(request)?;
    Ok(duration_s)
}

/// Reads `GetAccessKeyInfo`.
pub(crate) fn access_key_info(request: &QueryRequest) -> Result<&str, Fault> {
    request.read(|call| call.required("AccessKeyId", &shape::ACCESS_KEY_ID))
}

fn role<'r>(call: &mut Reader<'r, '_>) -> RoleAsked<'r> {
    RoleAsked {
        arn: call.required("RoleArn", &shape::ARN),
        session_name: call.required("RoleSessionName", &shape::SESSION_NAME),
    }
}

fn narrowed<'r>(call: &mut Reader<'r, '_>) -> Wanted<'r> {
    let arns = call.list("PolicyArns", 0..=shape::MOST_POLICY_ARNS, |policy| {
        policy.required("arn", &shape::ARN)
    });
    Wanted {
        duration_s: call.integer("DurationSeconds", shape::ROLE_SECONDS),
        policy: call.optional("Policy", &shape::POLICY),
        policy_arns: arns.unwrap_or_default(),
        ..Wanted::default()
    }
}

fn refuse_multi_factor(request: &QueryRequest) -> Result<(), Fault> {
    let asked = ["SerialNumber", "TokenCode"];
    if asked.into_iter().any(|name| request.text(name).is_some()) {
        // AWS: the sentence of a device that is not known.
        return Err(Fault::access_denied(
            "MultiFactorAuthentication failed, unable to validate MFA code.  Please verify your MFA serial number is \
             valid and associated with this user.",
        ));
    }
    Ok(())
}
