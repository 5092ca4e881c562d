//! One compiled statement, and whether it applies to a request.

use std::fmt;

use crate::action::ActionPattern;
use crate::condition::Condition;
use crate::effort::Metered;
use crate::principal::{Named, PrincipalSet};
use crate::resource::ResourcePattern;

/// What a statement does where it applies.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Effect {
    /// It allows.
    Allow,
    /// It denies, whatever else allows.
    Deny,
}

/// A compiled statement.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Statement {
    pub(crate) sid: Option<Box<str>>,
    pub(crate) effect: Effect,
    /// `None` where the policy's owner is the principal.
    pub(crate) principals: Option<Scope<PrincipalSet>>,
    pub(crate) actions: Scope<Box<[ActionPattern]>>,
    pub(crate) resources: Scope<Box<[ResourcePattern]>>,
    pub(crate) conditions: Box<[Condition]>,
}

/// What an element lists, or everything but that.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Scope<T> {
    AllBut(T),
    Only(T),
}

impl<T> Scope<T> {
    pub(crate) fn listed(&self) -> &T {
        match self {
            Self::AllBut(listed) | Self::Only(listed) => listed,
        }
    }

    fn covers(&self, is_listed: impl FnOnce(&T) -> bool) -> bool {
        match self {
            Self::AllBut(listed) => !is_listed(listed),
            Self::Only(listed) => is_listed(listed),
        }
    }
}

impl Statement {
    /// Whether the statement applies, and how it names the principal if it names one.
    pub(crate) fn applies(&self, request: &Metered<'_>) -> Option<Named> {
        // In the order of cost: most statements are about something else.
        if !self.covers_action(request) || !self.covers_resource(request) {
            return None;
        }
        let named = match &self.principals {
            None => Some(Named::ByItself),
            Some(Scope::Only(set)) => set.names(request.principal),
            Some(Scope::AllBut(set)) => (!set.excepts(request.principal)).then_some(Named::Broadly),
        }?;
        let holds = self.conditions.iter().all(|one| one.holds(request));
        holds.then_some(named)
    }

    fn covers_action(&self, request: &Metered<'_>) -> bool {
        self.actions.covers(|listed| {
            let mut listed = listed.iter();
            listed.any(|pattern| pattern.matches(request.action, |steps| request.spend(steps)))
        })
    }

    fn covers_resource(&self, request: &Metered<'_>) -> bool {
        if let Scope::AllBut(excepted) = &self.resources {
            // INVARIANT: an exception that cannot be told, because a variable has no value, never makes
            // an Allow wider.
            if self.effect == Effect::Allow && !excepted.iter().all(|r| r.is_resolved(request)) {
                return false;
            }
        }
        self.resources
            .covers(|listed| listed.iter().any(|pattern| pattern.matches(request)))
    }

    /// Every condition key that may be asked for, those of variables too.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let of_resources = self.resources.listed().iter();
        let of_conditions = self.conditions.iter();
        of_resources.flat_map(ResourcePattern::keys).chain(
            of_conditions.flat_map(|one| std::iter::once(one.key()).chain(one.variable_keys())),
        )
    }
}

impl fmt::Display for Effect {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allow => "Allow",
            Self::Deny => "Deny",
        })
    }
}
