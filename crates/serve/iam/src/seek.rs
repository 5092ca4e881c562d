//! Looking for what an action is about, before it is known whether the caller may.
//!
//! What is not there has the ARN that it would have with the path `/`, as for AWS.
//!
//! INVARIANT: root is no user that can be named. Only root itself, not naming anybody, means itself: else whoever may make keys
//! for users could make one for root.

use countersign_aws_query::Fault;
use countersign_gate::PrincipalKind;
use countersign_state::{
    Boundary, Group, GroupName, ManagedPolicy, OidcProvider, PolicyArn, PolicyOwner, PrincipalName,
    Role, RoleName, StateStore, User, UserKind, UserName,
};

use crate::arns;
use crate::call::{Call, Sought};
use crate::refused::Refused;
use crate::target::{Tags, Target};

/// A user, with what belongs to it.
#[derive(Debug)]
pub(crate) struct FoundUser {
    pub(crate) user: User,
    pub(crate) tags: Tags,
    pub(crate) boundary_arn: Option<String>,
}

/// A role, with the ARN of its boundary.
#[derive(Debug)]
pub(crate) struct FoundRole {
    pub(crate) role: Role,
    pub(crate) boundary_arn: Option<String>,
}

/// Who can have policies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Holder {
    Group,
    Role,
    User,
}

impl Holder {
    /// The parameter that names it.
    pub(crate) const fn parameter(self) -> &'static str {
        match self {
            Self::Group => "GroupName",
            Self::Role => "RoleName",
            Self::User => "UserName",
        }
    }

    /// What messages call it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Group => "group",
            Self::Role => "role",
            Self::User => "user",
        }
    }
}

impl Call<'_> {
    /// Looks for a user by name.
    pub(crate) async fn user<'t>(&self, name: &str) -> Result<Sought<'t, FoundUser>, Refused> {
        let found = match UserName::parse(name) {
            Ok(name) => self.state.find_user(&name).await?,
            Err(_) => None,
        };
        let found = found.filter(|user| user.kind == UserKind::Ordinary);
        let Some(user) = found else {
            return Ok(Sought {
                target: Target::of(arns::entity("user", "/", name)),
                found: Err(Refused::no_such_entity(format!(
                    "The user with name {name} cannot be found."
                ))),
            });
        };
        self.user_with_all(user).await
    }

    /// Looks for a user by name, or for the caller itself if none is named.
    pub(crate) async fn user_or_self<'t>(
        &self,
        name: Option<&str>,
    ) -> Result<Sought<'t, FoundUser>, Refused> {
        let identity = self.identity();
        match (name, identity.kind) {
            (Some(name), _) => self.user(name).await,
            (None, PrincipalKind::User) => self.user(&identity.name).await,
            (None, PrincipalKind::Root) => {
                let name = UserName::parse(&identity.name).map_err(Refused::internal)?;
                let user = self.state.find_user(&name).await?;
                let user = user.ok_or_else(|| Refused::internal("root calls and is not there"))?;
                self.user_with_all(user).await
            }
            (None, PrincipalKind::Role) => Err(Fault::validation(
                "Must specify userName when calling with non-User credentials",
            )
            .into()),
        }
    }

    async fn user_with_all<'t>(&self, user: User) -> Result<Sought<'t, FoundUser>, Refused> {
        let authority = self.state.find_authority(&user.name).await?;
        let tags = authority.unwrap_or_default().tags;
        let principal = PrincipalName::User(user.name.clone());
        let boundary = self.state.find_permissions_boundary(&principal).await?;
        let arn = user.arn();
        let boundary_arn = boundary_arn(self.state, &arn, boundary.as_ref()).await?;
        Ok(Sought {
            target: Target::of(arn).tagged(&tags).bounded(boundary_arn.clone()),
            found: Ok(FoundUser {
                user,
                tags,
                boundary_arn,
            }),
        })
    }

    /// Looks for a role by name.
    pub(crate) async fn role<'t>(&self, name: &str) -> Result<Sought<'t, FoundRole>, Refused> {
        let found = match RoleName::parse(name) {
            Ok(name) => self.state.find_role(&name).await?,
            Err(_) => None,
        };
        let Some(role) = found else {
            return Ok(Sought {
                target: Target::of(arns::entity("role", "/", name)),
                found: Err(Refused::no_such_entity(format!(
                    "The role with name {name} cannot be found."
                ))),
            });
        };
        let arn = role.arn();
        let boundary_arn = boundary_arn(self.state, &arn, role.boundary.as_ref()).await?;
        Ok(Sought {
            target: Target::of(arn)
                .tagged(&role.tags)
                .bounded(boundary_arn.clone()),
            found: Ok(FoundRole { role, boundary_arn }),
        })
    }

    /// Looks for a group by name.
    pub(crate) async fn group<'t>(&self, name: &str) -> Result<Sought<'t, Group>, Refused> {
        let groups = self.state.list_groups().await?;
        let found = groups
            .into_iter()
            .find(|group| group.name.as_str().eq_ignore_ascii_case(name));
        let spelled = found.as_ref().map_or(name, |group| group.name.as_str());
        Ok(Sought {
            target: Target::of(arns::entity("group", "/", spelled)),
            found: found.ok_or_else(|| {
                Refused::no_such_entity(format!("The group with name {name} cannot be found."))
            }),
        })
    }

    /// Looks for whoever can have policies, by name.
    pub(crate) async fn holder<'t>(
        &self,
        holder: Holder,
        name: &str,
    ) -> Result<Sought<'t, PolicyOwner>, Refused> {
        Ok(match holder {
            Holder::Group => self
                .group(name)
                .await?
                .map(|group| PolicyOwner::Group(group.name)),
            Holder::Role => {
                let role = self.role(name).await?;
                role.map(|found| PolicyOwner::Role(found.role.name))
            }
            Holder::User => {
                let user = self.user(name).await?;
                user.map(|found| PolicyOwner::User(found.user.name))
            }
        })
    }

    /// Looks for a managed policy by ARN.
    pub(crate) async fn managed_policy<'t>(
        &self,
        arn: &'t str,
    ) -> Result<Sought<'t, ManagedPolicy>, Refused> {
        let found = managed_policy(self.state, arn).await?;
        let tags = found.as_ref().map(|policy| policy.tags.as_slice());
        Ok(Sought {
            target: Target::of(arn.to_owned()).tagged(tags.unwrap_or_default()),
            found: found.ok_or_else(|| {
                Refused::no_such_entity(format!(
                    "Policy {arn} does not exist or is not attachable."
                ))
            }),
        })
    }

    /// The permissions boundary that a call names by ARN, if that is a policy.
    pub(crate) async fn boundary(&self, arn: &str) -> Result<Boundary, Refused> {
        match managed_policy(self.state, arn).await? {
            Some(policy) => Ok(Boundary::Managed(policy.name)),
            None => Err(Refused::no_such_entity(format!(
                "Scope ARN: {arn} does not exist or is not attachable."
            ))),
        }
    }

    /// Looks for a provider of tokens by ARN.
    pub(crate) async fn provider<'t>(
        &self,
        arn: &str,
    ) -> Result<Sought<'t, OidcProvider>, Refused> {
        let providers = self.state.list_oidc_providers().await?;
        let found = providers
            .into_iter()
            .find(|provider| arns::provider(&provider.issuer) == arn);
        let tags = found.as_ref().map(|provider| provider.tags.as_slice());
        Ok(Sought {
            target: Target::of(arn.to_owned()).tagged(tags.unwrap_or_default()),
            found: found.ok_or_else(|| {
                Refused::no_such_entity(format!("OpenIDConnect Provider not found for arn {arn}"))
            }),
        })
    }
}

/// The managed policy that has exactly this ARN.
pub(crate) async fn managed_policy(
    state: &dyn StateStore,
    arn: &str,
) -> Result<Option<ManagedPolicy>, Refused> {
    let Some(named) = PolicyArn::parse(arn) else {
        return Ok(None);
    };
    let found = state.find_managed_policy(&named.name).await?;
    Ok(found.filter(|policy| policy.arn().to_string() == arn))
}

/// How a permissions boundary is called: by the ARN of its policy. One that is a document of its own, which the command
/// line can set, gets a name that shows it is there.
pub(crate) async fn boundary_arn(
    state: &dyn StateStore,
    of: &str,
    boundary: Option<&Boundary>,
) -> Result<Option<String>, Refused> {
    Ok(match boundary {
        None => None,
        Some(Boundary::Document(_)) => Some(format!("{of}/inline-permissions-boundary")),
        Some(Boundary::Managed(name)) => {
            let policy = state.find_managed_policy(name).await?;
            policy.map(|policy| policy.arn().to_string())
        }
    })
}

/// A group's name, which the shape of the parameter has checked already.
pub(crate) fn group_name(name: &str) -> Result<GroupName, Refused> {
    GroupName::parse(name).map_err(|error| Refused::invalid_input(error.to_string()))
}
