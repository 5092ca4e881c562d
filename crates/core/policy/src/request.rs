//! The request that is decided upon.

use std::fmt;

use crate::context::{Context, Value, Values};

/// Who asks for what.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Who signed.
    pub principal: Principal<'a>,
    /// The action, such as `s3:GetObject`.
    pub action: &'a str,
    /// What it is done to.
    pub resource: Resource<'a>,
    /// The account that the resource belongs to.
    pub account: &'a str,
    /// What else is true of the request.
    pub context: &'a dyn Context,
}

/// Who signed a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Principal<'a> {
    /// Nobody.
    Anonymous,
    /// A session of a role.
    AssumedRole {
        /// The account.
        account: &'a str,
        /// The role, `arn:aws:iam::ACCOUNT:role/NAME`.
        role_arn: &'a str,
        /// The session, `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`.
        session_arn: &'a str,
        /// The role's unique id, a colon, the session's name.
        id: &'a str,
    },
    /// A session that a user has handed on.
    FederatedUser {
        /// The account.
        account: &'a str,
        /// The session, `arn:aws:sts::ACCOUNT:federated-user/NAME`.
        arn: &'a str,
        /// The account, a colon, the session's name.
        id: &'a str,
    },
    /// The root of the account.
    Root {
        /// The account.
        account: &'a str,
        /// `arn:aws:iam::ACCOUNT:root`.
        arn: &'a str,
    },
    /// A user.
    User {
        /// The account.
        account: &'a str,
        /// `arn:aws:iam::ACCOUNT:user/NAME`.
        arn: &'a str,
        /// The name.
        name: &'a str,
        /// The unique id.
        id: &'a str,
    },
    /// Whoever an identity provider says it is, before a role was assumed. It has no account and no policies
    /// of its own: only a role's trust policy can allow it anything, and only by naming the provider.
    WebIdentity {
        /// The provider, `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`.
        provider_arn: &'a str,
    },
}

/// What an action is done to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resource<'a> {
    /// A bucket, `arn:aws:s3:::BUCKET`.
    Bucket {
        /// Its name.
        bucket: &'a str,
    },
    /// An object, `arn:aws:s3:::BUCKET/KEY`.
    Object {
        /// The bucket.
        bucket: &'a str,
        /// The key.
        key: &'a str,
    },
    /// Anything else that has an ARN: a role, a user, a policy, an identity provider.
    Other {
        /// The ARN.
        arn: &'a str,
    },
    /// Nothing in particular, as when buckets are listed; only `*` speaks of it.
    Service,
}

impl<'a> Request<'a> {
    /// The values of a key in lower case: from the principal if they follow from it, else from the
    /// context.
    pub(crate) fn values(&self, key: &str) -> Values<'a> {
        let principal = self.principal;
        match key {
            "aws:principalaccount" => principal.account().into(),
            "aws:principalarn" => principal.arn().into(),
            "aws:principalisawsservice" => match principal {
                Principal::Anonymous => Values::Absent,
                _ => Values::One(Value::Bool(false)),
            },
            "aws:principaltype" => principal.kind().into(),
            "aws:resourceaccount" | "s3:resourceaccount" => self.account.into(),
            "aws:userid" => principal.id().into(),
            "aws:username" => principal.name().into(),
            "aws:viaawsservice" => Values::One(Value::Bool(false)),
            _ => self.context.values(key),
        }
    }
}

impl fmt::Debug for Request<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Request")
            .field("principal", &self.principal)
            .field("action", &self.action)
            .field("resource", &self.resource)
            .finish_non_exhaustive()
    }
}

impl<'a> Principal<'a> {
    /// The account, if it belongs to one.
    #[must_use]
    pub fn account(self) -> Option<&'a str> {
        match self {
            Principal::Anonymous | Principal::WebIdentity { .. } => None,
            Principal::AssumedRole { account, .. }
            | Principal::FederatedUser { account, .. }
            | Principal::Root { account, .. }
            | Principal::User { account, .. } => Some(account),
        }
    }

    /// `aws:PrincipalArn`: for a session of a role, the role's.
    #[must_use]
    pub fn arn(self) -> Option<&'a str> {
        match self {
            Principal::Anonymous | Principal::WebIdentity { .. } => None,
            Principal::AssumedRole { role_arn: arn, .. }
            | Principal::FederatedUser { arn, .. }
            | Principal::Root { arn, .. }
            | Principal::User { arn, .. } => Some(arn),
        }
    }

    fn id(self) -> Option<&'a str> {
        match self {
            Principal::Anonymous | Principal::WebIdentity { .. } => None,
            Principal::AssumedRole { id, .. }
            | Principal::FederatedUser { id, .. }
            | Principal::User { id, .. } => Some(id),
            Principal::Root { account, .. } => Some(account),
        }
    }

    fn name(self) -> Option<&'a str> {
        match self {
            Principal::User { name, .. } => Some(name),
            _ => None,
        }
    }

    /// `aws:PrincipalType`.
    fn kind(self) -> &'static str {
        match self {
            Principal::Anonymous => "Anonymous",
            Principal::AssumedRole { .. } => "AssumedRole",
            Principal::FederatedUser { .. } => "FederatedUser",
            Principal::Root { .. } => "Account",
            Principal::User { .. } => "User",
            Principal::WebIdentity { .. } => "WebIdentityUser",
        }
    }
}
