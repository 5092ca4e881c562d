//! A token of an identity provider becomes a session of a role: also for the issuer, which takes such tokens from its
//! callers.

use countersign_aws_query::Fault;
use countersign_gate::{ACCOUNT, CallContext, CallOrigin};
use countersign_oidc::{IssuerUrl, ProviderRef, Verified, issuer_of};
use countersign_policy::Values;
use countersign_session::{Federation, Session};
use countersign_sigv4::AmzDate;

use crate::begin::Beginning;
use crate::claims::{Brought, Claims};
use crate::parameters::{RoleAsked, Wanted};
use crate::refusal::Refusal;
use crate::service::{Sts, random_salt, unavailable};
use crate::trust::{self, TrustContext};
use crate::{narrowing, tags};

/// The longest subject that STS tells.
const LONGEST_SUBJECT: usize = 255;

/// The session that somebody asks for with a token.
#[derive(Clone, Copy)]
pub struct WebIdentityAsked<'a> {
    /// The token, as it was sent.
    pub token: &'a str,
    /// The role, by its ARN.
    pub role_arn: &'a str,
    /// What the session is to be called: 2 to 64 of `[\w+=,.@-]`, which whoever calls has checked.
    pub session_name: &'a str,
    /// How long it is to live, in seconds: 900 to 43,200, or the default of an hour.
    pub duration_s: Option<u32>,
    /// The text of a policy that narrows it.
    pub policy: Option<&'a str>,
    /// Managed policies that narrow it, by ARN.
    pub policy_arns: &'a [&'a str],
}

/// How somebody asks.
#[derive(Clone, Copy, Debug)]
pub struct Circumstances<'a> {
    /// Where from.
    pub origin: &'a CallOrigin,
    /// The `User-Agent` header, if there is one.
    pub user_agent: Option<&'a str>,
    /// The time.
    pub now: AmzDate,
}

/// A session that may begin. It is sealed by whoever asked for it.
#[derive(Clone, Debug)]
pub struct Begun {
    /// The session, with a random salt.
    pub session: Session,
    /// The role's ARN.
    pub role_arn: String,
    /// What the session is called, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
    pub session_arn: String,
    /// Its id, `AROA…:SESSION`.
    pub session_id: String,
    /// How full its token is with policies and tags, in per cent; none if there are none.
    pub packed_size: Option<u64>,
    /// The issuer of the token, as it names itself.
    pub provider: String,
    /// The ARN of the identity provider.
    pub provider_arn: String,
    /// Whom the token is about.
    pub subject: String,
    /// The audience that it was accepted for.
    pub audience: String,
}

impl Sts {
    /// Decides whether a token may become a session of a role: the provider must be registered and vouch for it, and
    /// the role's trust policy must name the provider and let these claims in (threat H4).
    ///
    /// # Errors
    /// [`Refusal`] as `AssumeRoleWithWebIdentity` answers it. It is `AccessDenied` also for a role that is not
    /// there.
    pub async fn begin_with_web_identity(
        &self,
        asked: &WebIdentityAsked<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Result<Begun, Refusal> {
        let address = circumstances.origin.address;
        let now_ms = circumstances.now.unix().saturating_mul(1_000);
        if self.failures.are_too_many(address, now_ms) {
            return Err(throttled());
        }
        let begun = self.begin_trusted(asked, circumstances).await;
        let is_theirs = |refusal: &Refusal| {
            refusal.fault.status() < 500 && refusal.fault.code() != "IDPCommunicationError"
        };
        if begun.as_ref().is_err_and(is_theirs) {
            self.failures.note(address, now_ms);
        }
        begun
    }

    async fn begin_trusted(
        &self,
        asked: &WebIdentityAsked<'_>,
        circumstances: &Circumstances<'_>,
    ) -> Result<Begun, Refusal> {
        let (token, provider) = self.verified(asked.token, circumstances.now).await?;
        let provider_arn = format!("arn:aws:iam::{ACCOUNT}:oidc-provider/{provider}");
        if token.subject.chars().count() > LONGEST_SUBJECT {
            return Err(Refusal::invalid_token(
                "its subject is longer than 255 characters",
            ));
        }
        let claims = Claims::of(&provider, &token)?;
        let brought = Brought::of(&token.claims)?;
        let wanted = Wanted {
            duration_s: asked.duration_s,
            policy: asked.policy,
            policy_arns: asked.policy_arns.to_vec(),
            tags: brought.tags,
            transitive_keys: brought.transitive_keys,
            source_identity: brought.source_identity,
            external_id: None,
        };
        self.check_policies(wanted.policy, &wanted.policy_arns)
            .await?;
        let tags = tags::of_session(&wanted.tags, &wanted.transitive_keys, &[])?;

        let Some(role) = self.role(asked.role_arn).await? else {
            return Err(Refusal::web_identity_not_authorized(
                "there is no such role",
            ));
        };
        let identity = wanted.source_identity;
        let context = TrustContext::new(&role, asked.session_name, &wanted, &tags, identity)
            .with_claims(&provider_arn, &claims);
        let call = CallContext {
            credential: None,
            origin: circumstances.origin,
            now: circumstances.now,
            region: self.directory.region(),
            user_agent: circumstances.user_agent,
            more: &|_: &str| Values::Absent,
        };
        trust::check_web_identity(&provider_arn, &call, &context)?;

        let session = Beginning {
            role: &role,
            asked: RoleAsked {
                arn: asked.role_arn,
                session_name: asked.session_name,
            },
            wanted: &wanted,
            tags: tags.clone(),
            source_identity: identity,
            federation: Some(Federation {
                provider: provider_arn.as_str().into(),
                subject: token.subject.as_str().into(),
            }),
            is_chained: false,
            maker_ends_at: None,
            now: circumstances.now,
            salt: random_salt(),
        };
        let session = session.session()?;
        let packed_size = narrowing::packed_size(&session)?;
        self.note_role_use(&role, circumstances.now.unix());
        Ok(Begun {
            session,
            role_arn: role.arn.clone(),
            session_arn: role.session_arn(asked.session_name),
            session_id: role.session_id(asked.session_name),
            packed_size,
            provider: token.issuer,
            provider_arn,
            subject: token.subject,
            audience: token.audience,
        })
    }

    /// What a token proves, and the name of its provider, `HOST/PATH`.
    async fn verified(&self, token: &str, now: AmzDate) -> Result<(Verified, String), Refusal> {
        let issuer = issuer_of(token).map_err(|error| Refusal::from(&error))?;
        let provider = self.known.provider(&issuer).await;
        let provider = provider.map_err(|error| unavailable(&error))?;
        let provider =
            provider.ok_or_else(|| Refusal::invalid_token("its issuer is no provider here"))?;
        let name: IssuerUrl = provider.issuer.parse().map_err(|error| {
            Refusal::invalid_token(format!("its provider is not fit for use: {error}"))
        })?;
        let known = ProviderRef {
            issuer: &issuer,
            audiences: &provider.audiences,
        };
        let verified = self.verifier.verify(token, &[known], now.unix()).await;
        let verified = verified.map_err(|error| Refusal::from(&error))?;
        Ok((verified, name.name().to_owned()))
    }
}

/// The refusal of an address that failed too often.
fn throttled() -> Refusal {
    Refusal::new(
        Fault::sender(400, "Throttling", "Rate exceeded"),
        "the address failed too often",
    )
}
