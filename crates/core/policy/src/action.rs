//! Actions, `s3:GetObject`, with wildcards, in any case.
//!
//! "IAM JSON policy elements: Action". The service before the colon takes no wildcards; `*` alone is
//! every action of every service.

use crate::catalogue::{self, Target};
use crate::error::{Fault, PolicyProblem, shown};
use crate::pattern::{MOST_WILDCARDS, too_many_wildcards};
use crate::suggest;

/// A compiled action of a statement, in lower case.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ActionPattern {
    Any,
    Exact(Box<str>),
    /// Text with `*` or `?` before its end.
    Glob(Box<str>),
    /// What stands before a `*` at the end.
    Prefix(Box<str>),
}

impl ActionPattern {
    /// Compiles an action; `only_s3` is for the policies of buckets.
    pub(crate) fn compile(text: &str, only_s3: bool, at: usize) -> Result<Self, Fault> {
        if text == "*" {
            return Ok(Self::Any);
        }
        if text.matches(['*', '?']).count() > MOST_WILDCARDS {
            return Err(too_many_wildcards(text, at));
        }
        let malformed = || {
            let action = shown(text);
            Fault::new(at, PolicyProblem::ActionMalformed { action })
        };
        let (service, name) = text
            .split_once(':')
            .ok_or_else(|| malformed().did_you_mean(nearest(&format!("s3:{text}"))))?;
        let is_service = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '*' || c == '?';
        let well_formed = !service.is_empty()
            && service.chars().all(is_service)
            && !name.is_empty()
            && name.chars().all(is_name);
        if !well_formed {
            return Err(malformed());
        }
        if !service.eq_ignore_ascii_case("s3") && (only_s3 || is_nearly_s3(service)) {
            let action = shown(text);
            let fault = Fault::new(at, PolicyProblem::ActionForeign { action });
            return Err(match is_nearly_s3(service) {
                true => fault.did_you_mean(Some(format!("s3:{name}"))),
                false => fault,
            });
        }
        let pattern = Self::of(&text.to_ascii_lowercase());
        if service.eq_ignore_ascii_case("s3") && pattern.targets().next().is_none() {
            let action = shown(text);
            let fault = Fault::new(at, PolicyProblem::ActionUnknown { action });
            return Err(fault.did_you_mean(nearest(text)));
        }
        Ok(pattern)
    }

    fn of(lower: &str) -> Self {
        let wildcard = |c| c == '*' || c == '?';
        match lower.strip_suffix('*') {
            Some(prefix) if !prefix.contains(wildcard) => Self::Prefix(prefix.into()),
            None if !lower.contains(wildcard) => Self::Exact(lower.into()),
            _ => Self::Glob(lower.into()),
        }
    }

    /// Whether the action is meant. Each step is paid for; what cannot be paid for matches nothing.
    pub(crate) fn matches(&self, action: &str, spend: impl Fn(usize) -> bool) -> bool {
        if !spend(1) {
            return false;
        }
        match self {
            Self::Any => true,
            Self::Exact(text) => text.eq_ignore_ascii_case(action),
            Self::Prefix(prefix) => action
                .get(..prefix.len())
                .is_some_and(|start| start.eq_ignore_ascii_case(prefix)),
            Self::Glob(pattern) => glob(pattern.as_bytes(), action.as_bytes(), spend),
        }
    }

    /// Whether any action of S3 is meant.
    pub(crate) fn concerns_s3(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(text) | Self::Glob(text) | Self::Prefix(text) => text.starts_with("s3:"),
        }
    }

    /// What the S3 actions that are meant are done to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Target> {
        catalogue::actions()
            .iter()
            .filter(|(name, _)| self.matches(name, |_| true))
            .map(|(_, target)| *target)
    }
}

/// The action of S3 that is most like this one.
fn nearest(action: &str) -> Option<&'static str> {
    suggest::nearest(action, catalogue::s3_actions())
}

/// Whether the name of a service is a misspelt `s3`.
fn is_nearly_s3(service: &str) -> bool {
    let service = service.to_ascii_lowercase();
    service != "s3" && service.len() <= 3 && strsim::osa_distance(&service, "s3") == 1
}

/// Matches ASCII with wildcards, ignoring case.
fn glob(pattern: &[u8], text: &[u8], spend: impl Fn(usize) -> bool) -> bool {
    let (mut p, mut t) = (0, 0);
    let mut retry: Option<(usize, usize)> = None;
    loop {
        if !spend(1) {
            return false;
        }
        match (pattern.get(p), text.get(t)) {
            (None, None) => return true,
            (Some(b'*'), _) => {
                p += 1;
                retry = Some((p, t));
                continue;
            }
            (Some(b'?'), Some(_)) => {}
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(b) => {}
            _ => {
                let Some((after_star, from)) = &mut retry else {
                    return false;
                };
                if *from >= text.len() {
                    return false;
                }
                *from += 1;
                (p, t) = (*after_star, *from);
                continue;
            }
        }
        (p, t) = (p + 1, t + 1);
    }
}

#[cfg(test)]
mod tests;
