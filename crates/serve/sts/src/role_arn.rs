//! The ARN of a role, as a call gives it.

use countersign_gate::ACCOUNT;

use crate::refusal::Refusal;

/// A role's name, out of its ARN; whether the ARN is quite the role's, the role itself says.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum RoleArn<'a> {
    /// A role of this account might have it.
    Ours { name: &'a str },
    /// It is another account's.
    Foreign,
}

impl<'a> RoleArn<'a> {
    /// Takes an ARN apart.
    ///
    /// # Errors
    /// `ValidationError`, as AWS says it, of what is no ARN of a role.
    pub(crate) fn parse(arn: &'a str) -> Result<Self, Refusal> {
        let invalid = || Refusal::is_invalid(arn);
        let rest = arn.strip_prefix("arn:aws:iam::").ok_or_else(invalid)?;
        let (account, resource) = rest.split_once(':').ok_or_else(invalid)?;
        let is_account = account.len() == 12 && account.bytes().all(|b| b.is_ascii_digit());
        let (_, name) = resource
            .strip_prefix("role/")
            .map(|path| path.rsplit_once('/').unwrap_or(("", path)))
            .ok_or_else(invalid)?;
        if !is_account || name.is_empty() {
            return Err(invalid());
        }
        Ok(match account {
            ACCOUNT => Self::Ours { name },
            _ => Self::Foreign,
        })
    }
}
