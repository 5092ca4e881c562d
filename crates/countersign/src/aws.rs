//! What the AWS tools on a machine are configured to: credentials, region, endpoint.
//!
//! Follows the "AWS SDKs and Tools Reference Guide": environment variables, the shared `config` and
//! `credentials` files, named profiles, session tokens, `credential_process`, service-specific
//! endpoints. Whatever needs a network (IAM Identity Center, roles, instance metadata) is not done
//! here: those profiles are refused with the command that makes plain credentials of them.
//!
//! INVARIANT: the environment is passed in as [`Environment`], so that tests own it.

mod credential_process;
mod credentials;
mod error;
mod profile;
mod settings;
mod shared_files;

use std::ffi::OsString;

pub(crate) use credentials::{Credentials, find_credentials};
pub(crate) use error::AwsError;
pub(crate) use profile::ProfileChoice;
pub(crate) use settings::{Settings, find_settings};
pub(crate) use shared_files::SharedFiles;

/// Looks up environment variables. Empty ones count as unset, as in the AWS tools.
#[derive(Clone, Copy)]
pub(crate) struct Environment<'a>(&'a dyn Fn(&str) -> Option<OsString>);

impl<'a> Environment<'a> {
    /// An environment with these contents.
    pub(crate) fn new(lookup: &'a dyn Fn(&str) -> Option<OsString>) -> Self {
        Self(lookup)
    }

    /// The value of a variable, if it is set, not empty and text.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        (self.0)(name)?
            .into_string()
            .ok()
            .filter(|value| !value.is_empty())
    }

    /// The first of these variables that has a value.
    fn first(&self, names: &[&str]) -> Option<String> {
        names.iter().find_map(|name| self.text(name))
    }

    /// Whether a variable says `true`.
    fn says_true(&self, name: &str) -> bool {
        self.text(name)
            .is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }
}

#[cfg(test)]
mod tests;
