//! Who called one of the services beside S3.

use std::sync::Arc;

use countersign_gate::{
    CallContext, CallDemand, CallOrigin, Credential, Denied, Identity, PrincipalKind,
    authorize_call,
};
use countersign_policy::{Context, PolicyDocument, Resource};
use countersign_session::{Purpose, Salt, Session, SubjectKind};
use countersign_sigv4::AmzDate;

/// An authenticated caller: its signature matched, its key or session is good, and nothing of it is revoked.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Who it is, and what it may do.
    pub credential: Credential,
    /// The session, if it called with one: its tags, its policies' texts, whether it was chained.
    pub session: Option<Arc<Session>>,
    /// Where the call comes from.
    pub origin: CallOrigin,
    /// The region that was signed for.
    pub region: Box<str>,
    /// The `User-Agent` header, if there is one.
    pub user_agent: Option<Box<str>>,
    /// Whether it is a presigned URL, which somebody else than its signer may hold.
    pub is_presigned: bool,
    /// When it was signed.
    pub signed_at: AmzDate,
    /// The time at which it was authenticated, by which everything else about the call is decided too.
    pub now: AmzDate,
}

impl Caller {
    /// Who it is.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.credential.identity
    }

    /// Whether it is root.
    #[must_use]
    pub fn is_root(&self) -> bool {
        self.identity().kind == PrincipalKind::Root
    }

    /// The condition keys of the call; `more` answers the service's own, each in lower case.
    #[must_use]
    pub fn context<'a>(&'a self, more: &'a dyn Context) -> CallContext<'a> {
        CallContext {
            credential: Some(&self.credential),
            origin: &self.origin,
            now: self.now,
            region: &self.region,
            user_agent: self.user_agent.as_deref(),
            more,
        }
    }

    /// Decides whether it may do this. `resource_policy` is that of the resource, such as a role's trust policy.
    ///
    /// # Errors
    /// [`Denied`], with AWS's sentence.
    pub fn authorize(
        &self,
        action: &str,
        resource: Resource<'_>,
        resource_policy: Option<&PolicyDocument>,
        more: &dyn Context,
    ) -> Result<(), Denied> {
        let context = self.context(more);
        let demand = CallDemand {
            credential: &self.credential,
            action,
            resource,
            resource_policy,
            context: &context,
        };
        authorize_call(&demand).map(|_| ())
    }

    /// The session to sign links of this caller with: it has the caller's rights and no more, and is over when
    /// the caller's credentials are. `begun_at_s` counts for a caller with a long-term key; a session's links
    /// began when it did. `None` for root, which signs no links (threat H6).
    #[must_use]
    pub fn session_for_links(
        &self,
        begun_at_s: i64,
        expires_at_s: i64,
        salt: Salt,
    ) -> Option<Session> {
        let identity = self.identity();
        let kind = match identity.kind {
            PrincipalKind::Role => SubjectKind::Role,
            PrincipalKind::Root => return None,
            PrincipalKind::User => SubjectKind::User,
        };
        if let Some(session) = &self.session {
            return Some(session.for_links(expires_at_s, salt));
        }
        let last = self.credential.ends_at().map_or(i64::MAX, AmzDate::unix);
        Some(Session::new(
            kind,
            &*identity.principal_id,
            Purpose::Issuer,
            (begun_at_s, expires_at_s.min(last)),
            salt,
        ))
    }
}
