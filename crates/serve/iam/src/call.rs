//! A call that is authenticated, and the one way from it to the state.
//!
//! An action looks for what it is about, asks [`Call::admit`] whether the caller may, and only then gets at the state through
//! the [`Granted`] it is given. Whether something exists is told to those alone who may do the action to it.
//!
//! INVARIANT: nothing is changed and nothing told but through a [`Granted`], which [`Call::admit`] alone makes.

use countersign_aws_query::{Fault, QueryRequest, Reader};
use countersign_directory::Caller;
use countersign_gate::Identity;
use countersign_state::{StateStore, UnixMillis};

use crate::refused::Refused;
use crate::target::Target;

/// A call by somebody who is known.
#[derive(Clone, Copy)]
pub(crate) struct Call<'c> {
    /// The action, such as `CreateUser`.
    pub(crate) action: &'c str,
    /// Its parameters.
    pub(crate) request: &'c QueryRequest,
    /// Who calls.
    pub(crate) caller: &'c Caller,
    /// The time.
    pub(crate) now: UnixMillis,
    /// What may only be looked at before the call is admitted.
    pub(crate) state: &'c dyn StateStore,
}

/// What was looked for, be it there or not.
#[derive(Debug)]
pub(crate) struct Sought<'t, T> {
    /// What policies are asked about.
    pub(crate) target: Target<'t>,
    /// What was found, or that it was not.
    pub(crate) found: Result<T, Refused>,
}

/// The state, for an action that the caller may do.
#[derive(Clone, Copy)]
pub(crate) struct Granted<'c> {
    state: &'c dyn StateStore,
}

impl<'c> Call<'c> {
    /// Who calls.
    pub(crate) fn identity(&self) -> &'c Identity {
        self.caller.identity()
    }

    /// The region that was signed for.
    pub(crate) fn region(&self) -> &'c str {
        &self.caller.region
    }

    /// Reads the action's parameters.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&mut Reader<'c, '_>) -> T,
    ) -> Result<T, Refused> {
        self.request.read(read).map_err(Refused::from)
    }

    /// Lets the call do its action to what was sought, and only then tells whether that is there.
    pub(crate) fn admit<T>(&self, sought: Sought<'_, T>) -> Result<(Granted<'c>, T), Refused> {
        let granted = self.admit_to(&sought.target)?;
        Ok((granted, sought.found?))
    }

    /// Lets the call do its action to something that need not be there.
    pub(crate) fn admit_to(&self, target: &Target<'_>) -> Result<Granted<'c>, Refused> {
        self.demand(self.action, target)?;
        Ok(Granted { state: self.state })
    }

    /// Refuses the call unless the caller may do another action as well, as tagging what is created.
    pub(crate) fn demand(&self, action: &str, target: &Target<'_>) -> Result<(), Refused> {
        let action = format!("iam:{action}");
        let decided = self
            .caller
            .authorize(&action, target.resource(), None, target);
        decided.map_err(|denied| {
            let fault = Fault::access_denied(denied.sentence);
            Refused::from(fault).because(denied.reason)
        })
    }
}

impl<'c> Granted<'c> {
    /// The state.
    pub(crate) fn state(self) -> &'c dyn StateStore {
        self.state
    }
}

impl<'t, T> Sought<'t, T> {
    /// The same, with more said of the target.
    pub(crate) fn with<'u>(self, more: impl FnOnce(Target<'t>) -> Target<'u>) -> Sought<'u, T> {
        Sought {
            target: more(self.target),
            found: self.found,
        }
    }

    /// The same, of what was found another view.
    pub(crate) fn map<U>(self, view: impl FnOnce(T) -> U) -> Sought<'t, U> {
        Sought {
            target: self.target,
            found: self.found.map(view),
        }
    }
}
