//! Actions, `s3:GetObject`, with wildcards, in any case.
//!
//! "IAM JSON policy elements: Action". The service before the colon takes no wildcards; `*` alone is
//! every action of every service.

use crate::catalogue::{self, Service, Target};
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
    /// Compiles an action; the policies of buckets and those of roles are about `only` one service.
    pub(crate) fn compile(text: &str, only: Option<Service>, at: usize) -> Result<Self, Fault> {
        // AWS: a trust policy names actions of STS, and not everything.
        if text == "*" && only != Some(Service::Sts) {
            return Ok(Self::Any);
        }
        if text.matches(['*', '?']).count() > MOST_WILDCARDS {
            return Err(too_many_wildcards(text, at));
        }
        let malformed = || {
            let action = shown(text);
            Fault::new(at, PolicyProblem::ActionMalformed { action })
        };
        let (service, name) = text.split_once(':').ok_or_else(|| {
            let prefix = only.unwrap_or(Service::S3).prefix();
            malformed().did_you_mean(nearest(&format!("{prefix}:{text}")))
        })?;
        let is_service = |c: char| c.is_ascii_alphanumeric() || c == '-';
        let is_name = |c: char| c.is_ascii_alphanumeric() || c == '*' || c == '?';
        let well_formed = !service.is_empty()
            && service.chars().all(is_service)
            && !name.is_empty()
            && name.chars().all(is_name);
        if !well_formed {
            return Err(malformed());
        }
        let known = Service::of(service);
        let foreign = |service: Service| {
            let (action, service) = (shown(text), service.spoken());
            Fault::new(at, PolicyProblem::ActionForeign { action, service })
        };
        if let Some(only) = only.filter(|only| known != Some(*only)) {
            let meant = is_nearly(only, service).then(|| format!("{}:{name}", only.prefix()));
            return Err(foreign(only).did_you_mean(meant));
        }
        let pattern = Self::of(&text.to_ascii_lowercase());
        match known {
            None if is_nearly(Service::S3, service) => {
                Err(foreign(Service::S3).did_you_mean(Some(format!("s3:{name}"))))
            }
            Some(service) if !pattern.is_of(service) => {
                let (action, service) = (shown(text), service.spoken());
                let fault = Fault::new(at, PolicyProblem::ActionUnknown { action, service });
                Err(fault.did_you_mean(nearest(text)))
            }
            _ => Ok(pattern),
        }
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

    /// Whether any action is meant that is decided upon here.
    pub(crate) fn concerns_us(&self) -> bool {
        match self {
            Self::Any => true,
            Self::Exact(text) | Self::Glob(text) | Self::Prefix(text) => text
                .split_once(':')
                .is_some_and(|(service, _)| Service::of(service).is_some()),
        }
    }

    /// Whether the service has an action that is meant.
    fn is_of(&self, service: Service) -> bool {
        let mut actions = service.actions();
        actions.any(|name| self.matches(name, |_| true))
    }

    /// What the S3 actions that are meant are done to.
    pub(crate) fn targets(&self) -> impl Iterator<Item = Target> {
        catalogue::actions()
            .iter()
            .filter(|(name, _)| self.matches(name, |_| true))
            .map(|(_, target)| *target)
    }
}

/// The action that is most like this one.
fn nearest(action: &str) -> Option<&'static str> {
    suggest::nearest(action, catalogue::known_actions())
}

/// Whether the name of a service is a misspelt `s3` or `sts`.
fn is_nearly(service: Service, written: &str) -> bool {
    let written = written.to_ascii_lowercase();
    Service::of(&written).is_none()
        && written.len() <= 3
        && strsim::osa_distance(&written, service.prefix()) == 1
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
