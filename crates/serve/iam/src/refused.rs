//! Why a call was not carried out: what the caller is told, and what the log.
//!
//! Codes and sentences are AWS's where AWS has them ("Errors" of each action, and observed answers). What the state calls
//! trouble of its own is `InternalFailure` outside, and its reason stands in the log alone.

use countersign_aws_query::{Answer, Fault};
use countersign_policy::{PolicyParseError, PolicyProblem};
use countersign_state::StateError;

/// How an action ends.
pub(crate) type Outcome = Result<Answer, Refused>;

/// A refusal, and its private reason if it has one.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Refused {
    /// What the caller is told.
    pub(crate) fault: Fault,
    /// What the log says besides.
    pub(crate) reason: Option<String>,
}

impl Refused {
    /// 404 `NoSuchEntity`.
    pub(crate) fn no_such_entity(message: impl Into<String>) -> Self {
        Fault::sender(404, "NoSuchEntity", message.into()).into()
    }

    /// 409 `DeleteConflict`.
    pub(crate) fn delete_conflict(message: impl Into<String>) -> Self {
        Fault::sender(409, "DeleteConflict", message.into()).into()
    }

    /// 400 `InvalidInput`.
    pub(crate) fn invalid_input(message: impl Into<String>) -> Self {
        Fault::sender(400, "InvalidInput", message.into()).into()
    }

    /// Trouble of our own.
    pub(crate) fn internal(reason: impl ToString) -> Self {
        Self {
            fault: Fault::internal(),
            reason: Some(reason.to_string()),
        }
    }

    /// The same, with what the log is to say.
    pub(crate) fn because(mut self, reason: impl ToString) -> Self {
        self.reason = Some(reason.to_string());
        self
    }
}

impl From<Fault> for Refused {
    fn from(fault: Fault) -> Self {
        Self {
            fault,
            reason: None,
        }
    }
}

/// A policy that is not taken, with its place and what may have been meant.
impl From<PolicyParseError> for Refused {
    fn from(error: PolicyParseError) -> Self {
        let fault = match error.problem {
            PolicyProblem::TooLong { limit, .. } => Fault::sender(
                409,
                "LimitExceeded",
                format!("Cannot exceed quota for PolicySize: {limit}"),
            ),
            _ => Fault::sender(400, "MalformedPolicyDocument", error.to_string()),
        };
        fault.into()
    }
}

impl From<StateError> for Refused {
    fn from(error: StateError) -> Self {
        let sender = |status, code, message: String| Fault::sender(status, code, message).into();
        let missing = |message: String| sender(404, "NoSuchEntity", message);
        let exists = |message: String| sender(409, "EntityAlreadyExists", message);
        let conflict = |message: String| sender(409, "DeleteConflict", message);
        let limit = |message: String| sender(409, "LimitExceeded", message);
        let fixed = |message: String| sender(400, "UnmodifiableEntity", message);
        let quota =
            |what: &str, most: usize| limit(format!("Cannot exceed quota for {what}: {most}"));
        match &error {
            StateError::NoSuchUser { name } => {
                missing(format!("The user with name {name} cannot be found."))
            }
            StateError::NoSuchRole { name } => {
                missing(format!("The role with name {name} cannot be found."))
            }
            StateError::NoSuchGroup { name } => {
                missing(format!("The group with name {name} cannot be found."))
            }
            StateError::NoSuchAccessKey { id } => {
                missing(format!("The Access Key with id {id} cannot be found."))
            }
            StateError::NoSuchPolicy { name } => {
                missing(format!("The policy with name {name} cannot be found."))
            }
            StateError::NoSuchManagedPolicy { name } => missing(format!(
                "Policy {name} does not exist or is not attachable."
            )),
            StateError::NotAttached { name } => missing(format!("Policy {name} was not found.")),
            StateError::NoSuchPolicyVersion { name, number } => missing(format!(
                "Policy {name} version v{number} does not exist or is not attachable."
            )),
            StateError::NoSuchProvider { issuer } => {
                missing(format!("OpenIDConnect Provider not found for url {issuer}"))
            }
            StateError::NotInGroup { user, group } => missing(format!(
                "The user with name {user} is not in the group with name {group}."
            )),
            StateError::UserAlreadyExists { name } => {
                exists(format!("User with name {name} already exists."))
            }
            StateError::RoleAlreadyExists { name } => {
                exists(format!("Role with name {name} already exists."))
            }
            StateError::GroupAlreadyExists { name } => {
                exists(format!("Group with name {name} already exists."))
            }
            StateError::PolicyAlreadyExists { name } => exists(format!(
                "A policy called {name} already exists. Duplicate names are not allowed."
            )),
            StateError::ProviderAlreadyExists { issuer } => {
                exists(format!("Provider with url {issuer} already exists."))
            }
            StateError::UserNotEmpty { holds, .. } | StateError::RoleNotEmpty { holds, .. } => {
                conflict(format!(
                    "Cannot delete entity, must remove what it has first: {holds}."
                ))
            }
            StateError::GroupNotEmpty { .. } => {
                conflict("Cannot delete entity, must remove users from group first.".to_owned())
            }
            StateError::PolicyInUse { .. } => {
                conflict("Cannot delete a policy attached to entities.".to_owned())
            }
            StateError::DefaultVersionKept { .. } => {
                conflict("Cannot delete the default version of a policy.".to_owned())
            }
            StateError::TooManyVersions { limit: most, .. } => limit(format!(
                "A managed policy can have up to {most} versions. Before you create a new version, you must delete an \
                 existing version."
            )),
            StateError::TooManyAccessKeys { limit, .. } => quota("AccessKeysPerUser", *limit),
            StateError::TooManyGroups { limit, .. } => quota("GroupsPerUser", *limit),
            StateError::TooManyPolicies { limit } => quota("PoliciesPerEntity", *limit),
            StateError::TooManyTags { limit } => quota("TagsPerEntity", *limit),
            StateError::PolicyTooLong { limit, .. } => quota("PolicySize", *limit),
            StateError::TooMany { what, limit: most } => limit(format!(
                "Cannot exceed quota: {most} are the most of {what}"
            )),
            StateError::TagRepeated { .. } => Self::invalid_input(
                "Duplicate tag keys found. Please note that Tag keys are case insensitive.",
            ),
            StateError::TagLength { .. }
            | StateError::TooLong { .. }
            | StateError::NulByte { .. }
            | StateError::RootNameReserved
            | StateError::SessionLength { .. } => Self::invalid_input(error.to_string()),
            StateError::Declared { .. }
            | StateError::DeclaredKey { .. }
            | StateError::PolicyBuiltIn { .. }
            | StateError::RootKept
            | StateError::RootUnbound => fixed(error.to_string()),
            StateError::Busy | StateError::Unreachable { .. } => Self {
                fault: Fault::unavailable(),
                reason: Some(error.to_string()),
            },
            _ => Self::internal(&error),
        }
    }
}

#[cfg(test)]
mod tests;
