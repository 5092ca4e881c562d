//! The principals of a statement in a bucket's or a role's policy.
//!
//! "AWS JSON policy elements: Principal" and "NotPrincipal". A principal is named whole; the only wildcard
//! is a lone `*`. How a principal was named decides how far an Allow reaches (see [`Named`]).

use std::borrow::Cow;

use crate::PolicyKind;
use crate::arn;
use crate::error::{Fault, PolicyProblem, shown};
use crate::json::{Node, Value};
use crate::request::Principal;
use crate::suggest;

const TYPES: [&str; 4] = ["AWS", "CanonicalUser", "Federated", "Service"];

/// The principals that a statement lists.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct PrincipalSet {
    everyone: bool,
    accounts: Vec<Box<str>>,
    arns: Vec<Box<str>>,
    /// Identity providers, by their ARNs where a role trusts them.
    providers: Vec<Box<str>>,
    /// Services and canonical users: nobody here is one.
    strangers: Vec<Box<str>>,
}

/// How a statement names a principal, from the least to the most that an Allow then gives.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Named {
    /// By its account: the account may pass the right on by identity policies, which it still has to.
    ByAccount,
    /// With everybody, or by its role: as if an identity policy said so.
    Broadly,
    /// By its own ARN: no boundary and no session policy needs to say so too.
    ByItself,
}

impl PrincipalSet {
    /// Reads the value of `Principal` or `NotPrincipal` in a policy of this kind.
    pub(crate) fn read(
        node: &Node<'_>,
        element: &'static str,
        kind: PolicyKind,
    ) -> Result<Self, Fault> {
        let mut set = Self::default();
        match &node.value {
            Value::String(text) if text == "*" => set.everyone = true,
            Value::String(text) => {
                return Err(malformed(text, node.at).hint(
                    "a principal is `\"*\"` or `{\"AWS\": \"arn:aws:iam::ACCOUNT:user/NAME\"}`",
                ));
            }
            Value::Object(members) => {
                for member in members {
                    if !TYPES.contains(&&*member.name) {
                        return Err(Fault::new(
                            member.at,
                            PolicyProblem::ElementUnknown {
                                element: shown(&member.name),
                                place: "a principal",
                            },
                        )
                        .did_you_mean(suggest::nearest(&member.name, TYPES)));
                    }
                    for (text, at) in texts(&member.node, &member.name)? {
                        set.add(&member.name, &text, at, kind)?;
                    }
                }
            }
            _ => {
                return Err(Fault::new(
                    node.at,
                    PolicyProblem::TypeMismatch {
                        element: element.into(),
                        expected: "`\"*\"` or an object",
                    },
                ));
            }
        }
        if set == Self::default() {
            return Err(Fault::new(
                node.at,
                PolicyProblem::Empty {
                    element: element.into(),
                },
            ));
        }
        Ok(set)
    }

    fn add(&mut self, of: &str, text: &str, at: usize, kind: PolicyKind) -> Result<(), Fault> {
        match of {
            "AWS" if text == "*" => self.everyone = true,
            "AWS" if is_account(text) => self.accounts.push(text.into()),
            "AWS" => match account_of_root(text) {
                Some(account) => self.accounts.push(account.into()),
                None => {
                    check_arn(text, at)?;
                    self.arns.push(text.into());
                }
            },
            "CanonicalUser" if is_canonical(text) => self.strangers.push(text.into()),
            "Federated" if kind == PolicyKind::Trust && !is_provider(text) => {
                return Err(malformed(text, at).hint(
                    "an identity provider is `arn:aws:iam::ACCOUNT:oidc-provider/HOST/PATH`",
                ));
            }
            "Federated" if is_stranger(text) => self.providers.push(text.into()),
            "Service" if is_stranger(text) => self.strangers.push(text.into()),
            _ => return Err(malformed(text, at)),
        }
        Ok(())
    }

    /// How the principal is named here, if it is.
    pub(crate) fn names(&self, principal: Principal<'_>) -> Option<Named> {
        let lists = |arn: &str| self.arns.iter().any(|listed| &**listed == arn);
        let by_itself = match principal {
            Principal::Anonymous => false,
            Principal::AssumedRole { session_arn, .. } => lists(session_arn),
            Principal::FederatedUser { arn, .. } | Principal::User { arn, .. } => lists(arn),
            Principal::Root { account, .. } => self.lists_account(account),
            Principal::WebIdentity { provider_arn } => self.lists_provider(provider_arn),
        };
        if by_itself {
            return Some(Named::ByItself);
        }
        let by_role =
            matches!(principal, Principal::AssumedRole { role_arn, .. } if lists(role_arn));
        if by_role || self.everyone {
            return Some(Named::Broadly);
        }
        let account = principal.account()?;
        self.lists_account(account).then_some(Named::ByAccount)
    }

    /// Whether the principal is excepted by `NotPrincipal`: only if every name it goes by is listed, its
    /// account too if it has one.
    pub(crate) fn excepts(&self, principal: Principal<'_>) -> bool {
        let lists = |arn: &str| self.arns.iter().any(|listed| &**listed == arn);
        let itself = match principal {
            Principal::Anonymous => false,
            Principal::AssumedRole {
                role_arn,
                session_arn,
                ..
            } => lists(role_arn) && lists(session_arn),
            Principal::FederatedUser { arn, .. } | Principal::User { arn, .. } => lists(arn),
            Principal::Root { .. } => true,
            Principal::WebIdentity { provider_arn } => return self.lists_provider(provider_arn),
        };
        itself
            && principal
                .account()
                .is_some_and(|account| self.lists_account(account))
    }

    fn lists_account(&self, account: &str) -> bool {
        self.accounts.iter().any(|listed| &**listed == account)
    }

    fn lists_provider(&self, arn: &str) -> bool {
        self.providers.iter().any(|listed| &**listed == arn)
    }

    pub(crate) fn has_everyone(&self) -> bool {
        self.everyone
    }

    /// Whether an identity provider is named, whose users may be anybody, or a service of nobody knows whom.
    pub(crate) fn has_provider(&self) -> bool {
        !self.providers.is_empty()
            || self
                .strangers
                .iter()
                .any(|name| !name.ends_with(".amazonaws.com") && !is_canonical(name))
    }

    /// Every account, as its root's ARN would name it, and every ARN.
    pub(crate) fn references(&self) -> impl Iterator<Item = &str> {
        self.accounts.iter().chain(&self.arns).map(|text| &**text)
    }
}

/// The strings of a value that is a string or an array of them.
pub(crate) fn texts<'n>(
    node: &'n Node<'_>,
    element: &str,
) -> Result<Vec<(Cow<'n, str>, usize)>, Fault> {
    let mismatch = |at| {
        Fault::new(
            at,
            PolicyProblem::TypeMismatch {
                element: shown(element),
                expected: "a string or an array of strings",
            },
        )
    };
    let text = |node: &'n Node<'_>| match &node.value {
        Value::String(text) => Ok((Cow::Borrowed(&**text), node.at)),
        _ => Err(mismatch(node.at)),
    };
    match &node.value {
        Value::Array(nodes) if nodes.is_empty() => Err(Fault::new(
            node.at,
            PolicyProblem::Empty {
                element: shown(element),
            },
        )),
        Value::Array(nodes) => nodes.iter().map(text).collect(),
        _ => Ok(vec![text(node)?]),
    }
}

fn malformed(text: &str, at: usize) -> Fault {
    Fault::new(
        at,
        PolicyProblem::PrincipalMalformed {
            principal: shown(text),
        },
    )
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit())
}

fn account_of_root(text: &str) -> Option<&str> {
    let account = text.strip_prefix("arn:aws:iam::")?.strip_suffix(":root")?;
    is_account(account).then_some(account)
}

fn is_canonical(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit())
}

/// A service (`logs.example.com`) or a provider (an ARN or a host).
fn is_stranger(text: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._:/+=,@".contains(&b);
    !text.is_empty() && text.bytes().all(allowed)
}

/// The ARN of an identity provider; one of SAML is taken, though nobody here comes from it.
fn is_provider(text: &str) -> bool {
    let Some(["arn", "aws", "iam", "", account, name]) = arn::sections(text) else {
        return false;
    };
    let rest = name
        .strip_prefix("oidc-provider/")
        .or_else(|| name.strip_prefix("saml-provider/"));
    is_account(account) && rest.is_some_and(|rest| !rest.is_empty()) && is_stranger(text)
}

/// Takes the ARN of a user, a role, a session of a role or a federated user.
fn check_arn(text: &str, at: usize) -> Result<(), Fault> {
    let [arn, partition, service, region, account, name] =
        arn::sections(text).ok_or_else(|| {
            malformed(text, at)
                .hint("it is an account's number, or the ARN of a user, role or session")
        })?;
    if text.contains(['*', '?']) {
        return Err(malformed(text, at).hint(
            "a principal has no wildcards; compare `aws:PrincipalArn` in a condition instead",
        ));
    }
    if arn != "arn" || partition != "aws" || !region.is_empty() || !is_account(account) {
        return Err(malformed(text, at).hint(
            "a user's ARN is `arn:aws:iam::ACCOUNT:user/NAME` with an account of 12 digits",
        ));
    }
    let kinds: &[&str] = match service {
        "iam" => &["role", "user"],
        "sts" => &["assumed-role", "federated-user"],
        _ => &[],
    };
    let known = name
        .split_once('/')
        .is_some_and(|(kind, rest)| kinds.contains(&kind) && !rest.is_empty());
    match known {
        true => Ok(()),
        false if name.starts_with("group/") => {
            Err(malformed(text, at).hint("a group cannot be a principal"))
        }
        false => Err(malformed(text, at)),
    }
}

#[cfg(test)]
mod tests;
