//! What configuration files declare.
//!
//! Declared things carry that origin. A declaration makes them exactly what it says, touches nothing that was made
//! at run time, and removes what was declared once and is no more. What is already so is not written again, so a
//! restart with the same files moves no change token.

use countersign_sigv4::{AccessKeyId, SecretAccessKey};

use crate::{IamPath, PolicyName, PolicyOwner, RoleName, UserName};

/// All that configuration files declare.
#[derive(Clone, Debug, Default)]
pub struct Declaration {
    /// Users with a key each; one user may be there with two keys.
    pub users: Vec<DeclaredUser>,
    /// Roles.
    pub roles: Vec<DeclaredRole>,
    /// Managed policies.
    pub policies: Vec<DeclaredPolicy>,
    /// Providers of OpenID Connect tokens.
    pub providers: Vec<DeclaredProvider>,
}

/// An access key of a user, as the configuration declares it.
#[derive(Clone, Debug)]
pub struct DeclaredUser {
    /// The user's name.
    pub name: UserName,
    /// The id of the declared key.
    pub access_key_id: AccessKeyId,
    /// Its secret.
    pub secret: SecretAccessKey,
    /// The managed policies that are attached to the user. A new user for whom nothing is said here begins with
    /// full access to objects; one for whom something is said, be it an empty list, begins without, and one whom a declaration has made
    /// loses what it began with.
    pub policies: Option<Vec<PolicyName>>,
}

/// A declared role.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeclaredRole {
    /// The name.
    pub name: RoleName,
    /// The path. A role whose path changes becomes another role.
    pub path: IamPath,
    /// Who may become it.
    pub trust_policy: String,
    /// The managed policies that are attached to it.
    pub policies: Vec<PolicyName>,
    /// How long a session may last, in seconds.
    pub max_session_s: u32,
    /// What it is for.
    pub description: Option<String>,
}

/// A declared managed policy. Its document is its only version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeclaredPolicy {
    /// The name.
    pub name: PolicyName,
    /// The document.
    pub document: String,
}

/// A declared provider of OpenID Connect tokens.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DeclaredProvider {
    /// Its URL without a slash at the end.
    pub issuer: String,
    /// Which audiences its tokens may be for.
    pub audiences: Vec<String>,
}

/// Which managed policies are attached to whom by a declaration.
pub(crate) fn attachments(declaration: &Declaration) -> Vec<(PolicyOwner, PolicyName)> {
    let of_users = declaration.users.iter().flat_map(|user| {
        let policies = user.policies.iter().flatten();
        policies.map(|policy| (PolicyOwner::User(user.name.clone()), policy.clone()))
    });
    let of_roles = declaration.roles.iter().flat_map(|role| {
        let policies = role.policies.iter();
        policies.map(|policy| (PolicyOwner::Role(role.name.clone()), policy.clone()))
    });
    of_users.chain(of_roles).collect()
}

/// Which of the names is there already, perhaps in another case; `None` if there is none.
pub(crate) fn repeated<'a>(names: impl Iterator<Item = &'a str>) -> Option<usize> {
    let mut seen = std::collections::HashSet::new();
    let mut names = names.map(str::to_ascii_lowercase);
    names.position(|name| !seen.insert(name))
}
