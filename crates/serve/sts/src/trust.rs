//! Whether a role's trust policy lets somebody become it, and what conditions can ask of that.
//!
//! Beside `sts:AssumeRole` a session with tags needs `sts:TagSession`, and one with a source identity
//! `sts:SetSourceIdentity`, also where those came along from the session that begins it.

use countersign_gate::{ACCOUNT, CallContext, CallDemand, Credential, authorize_call};
use countersign_policy::{
    Context, Decision, NamedPolicy, Policies, Principal, Request, Resource, Values, evaluate,
};
use countersign_session::SessionTag;

use crate::claims::Claims;
use crate::parameters::Wanted;
use crate::refusal::Refusal;
use crate::role::Role;

/// The condition keys of a call that assumes a role.
pub(crate) struct TrustContext<'a> {
    session_name: &'a str,
    wanted: &'a Wanted<'a>,
    source_identity: Option<&'a str>,
    tags: &'a [SessionTag],
    tag_keys: Vec<&'a str>,
    transitive_keys: Vec<&'a str>,
    role: &'a Role,
    web_identity: Option<(&'a str, &'a Claims<'a>)>,
}

impl<'a> TrustContext<'a> {
    /// The keys of a session that would have these tags and this source identity.
    pub(crate) fn new(
        role: &'a Role,
        session_name: &'a str,
        wanted: &'a Wanted<'a>,
        tags: &'a [SessionTag],
        source_identity: Option<&'a str>,
    ) -> Self {
        Self {
            session_name,
            wanted,
            source_identity,
            tags,
            tag_keys: tags.iter().map(|tag| &*tag.key).collect(),
            transitive_keys: tags
                .iter()
                .filter(|tag| tag.is_transitive)
                .map(|tag| &*tag.key)
                .collect(),
            role,
            web_identity: None,
        }
    }

    /// The same, with the claims of a token of the provider with this ARN.
    pub(crate) fn with_claims(self, provider_arn: &'a str, claims: &'a Claims<'a>) -> Self {
        Self {
            web_identity: Some((provider_arn, claims)),
            ..self
        }
    }

    /// The actions that must be allowed to begin it, the one that was called first.
    fn actions(&self, called: &'static str) -> impl Iterator<Item = &'static str> + use<> {
        let tags = (!self.tags.is_empty()).then_some("sts:TagSession");
        let identity = self.source_identity.map(|_| "sts:SetSourceIdentity");
        [Some(called), tags, identity].into_iter().flatten()
    }
}

impl Context for TrustContext<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        let several = |texts: &'_ [&'_ str]| !texts.is_empty();
        let (family, tag) = key.split_once('/').unwrap_or((key, ""));
        match (family, tag) {
            ("sts:externalid", "") => self.wanted.external_id.into(),
            ("sts:rolesessionname", "") => self.session_name.into(),
            ("sts:sourceidentity", "") => self.source_identity.into(),
            ("sts:durationseconds", "") => match self.wanted.duration_s {
                Some(seconds) => i64::from(seconds).into(),
                None => Values::Absent,
            },
            ("sts:transitivetagkeys", "") if several(&self.transitive_keys) => {
                Values::Many(&self.transitive_keys)
            }
            ("aws:tagkeys", "") if several(&self.tag_keys) => Values::Many(&self.tag_keys),
            ("aws:requesttag", tag) => {
                value_of(self.tags.iter().map(|tag| (&*tag.key, &*tag.value)), tag)
            }
            ("aws:resourcetag" | "iam:resourcetag", tag) => value_of(
                self.role.tags.iter().map(|(key, value)| (&**key, &**value)),
                tag,
            ),
            _ => match self.web_identity {
                Some((provider_arn, _)) if key == "aws:federatedprovider" => provider_arn.into(),
                Some((_, claims)) => claims.values(key),
                None => Values::Absent,
            },
        }
    }
}

/// Whether the caller may begin the session.
///
/// # Errors
/// `AccessDenied`, which says nothing of the role.
pub(crate) fn check(
    credential: &Credential,
    call: &CallContext<'_>,
    context: &TrustContext<'_>,
) -> Result<(), Refusal> {
    let call = CallContext {
        credential: Some(credential),
        more: context,
        ..*call
    };
    let role = context.role;
    let who = &credential.identity.arn;
    for action in context.actions("sts:AssumeRole") {
        let denied = |reason| Refusal::not_authorized(who, action, &role.arn, reason);
        let Some(trust) = &role.trust else {
            return Err(denied(
                "the trust policy cannot be read any more".to_owned(),
            ));
        };
        let demand = CallDemand {
            credential,
            action,
            resource: Resource::Other { arn: &role.arn },
            resource_policy: Some(trust),
            context: &call,
        };
        authorize_call(&demand).map_err(|refused| denied(refused.reason))?;
    }
    Ok(())
}

/// Whether somebody whom an identity provider vouches for may begin the session.
///
/// # Errors
/// `AccessDenied`, which says nothing of the role.
pub(crate) fn check_web_identity(
    provider_arn: &str,
    call: &CallContext<'_>,
    context: &TrustContext<'_>,
) -> Result<(), Refusal> {
    let call = CallContext {
        credential: None,
        more: context,
        ..*call
    };
    let role = context.role;
    for action in context.actions("sts:AssumeRoleWithWebIdentity") {
        let denied = |reason: String| Refusal::web_identity_not_authorized(reason);
        let Some(trust) = &role.trust else {
            return Err(denied(
                "the trust policy cannot be read any more".to_owned(),
            ));
        };
        let request = Request {
            principal: Principal::WebIdentity { provider_arn },
            action,
            resource: Resource::Other { arn: &role.arn },
            account: ACCOUNT,
            context: &call,
        };
        let policies = Policies::<NamedPolicy> {
            resource: Some(trust),
            ..Policies::default()
        };
        match evaluate(&request, &policies) {
            Decision::Allow { .. } => {}
            decision => return Err(denied(format!("{action} on {}: {decision}", role.arn))),
        }
    }
    Ok(())
}

fn value_of<'v>(mut tags: impl Iterator<Item = (&'v str, &'v str)>, key: &str) -> Values<'v> {
    tags.find(|(name, _)| name.to_lowercase() == key)
        .map(|(_, value)| value)
        .into()
}
