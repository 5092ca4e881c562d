//! Policy variables: `${aws:username}`, `${aws:PrincipalTag/team, 'none'}`.
//!
//! "IAM policy elements: variables and tags". What is put in is literal text: a `*` in a user's name
//! is a star, not a wildcard, so nobody widens a policy by being called something.

use std::borrow::Cow;

use crate::catalogue;
use crate::error::{Fault, PolicyProblem, shown};
use crate::request::Request;

/// A variable in a pattern.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Variable {
    /// The condition key, lower case.
    pub(crate) key: Box<str>,
    /// What stands for it if the request does not have the key.
    default: Option<Box<str>>,
}

/// What `${…}` turned out to be.
pub(crate) enum Placeholder {
    /// `${*}`, `${?}` or `${$}`: the character itself.
    Character(char),
    Variable(Variable),
}

impl Placeholder {
    /// Reads what stands between `${` and `}`; `at` is where the text it is in begins.
    pub(crate) fn read(inner: &str, at: usize) -> Result<Self, Fault> {
        match inner {
            "*" => return Ok(Self::Character('*')),
            "?" => return Ok(Self::Character('?')),
            "$" => return Ok(Self::Character('$')),
            _ => {}
        }
        let malformed = || {
            let variable = format!("${{{inner}}}");
            Fault::new(
                at,
                PolicyProblem::VariableMalformed {
                    variable: shown(&variable),
                },
            )
        };
        let (key, default) = match inner.split_once(',') {
            None => (inner.trim(), None),
            Some((key, default)) => {
                let quoted = default
                    .trim()
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix('\''))
                    .filter(|text| !text.contains('\''))
                    .ok_or_else(|| malformed().hint("a default is written `${key, 'text'}`"))?;
                (key.trim(), Some(quoted))
            }
        };
        let facts = catalogue::find(key)
            .ok_or_else(|| malformed().did_you_mean(catalogue::nearest_key(key)))?;
        if facts.several {
            return Err(malformed().hint("a key with several values cannot be put in"));
        }
        Ok(Self::Variable(Variable {
            key: key.to_lowercase().into(),
            default: default.map(Into::into),
        }))
    }
}

impl Variable {
    /// What stands for the variable in this request; `None` if nothing does.
    pub(crate) fn resolve<'a>(&'a self, request: &Request<'a>) -> Option<Cow<'a, str>> {
        match request.values(&self.key).single() {
            Some(value) => Some(value.to_text()),
            None => self.default.as_deref().map(Cow::Borrowed),
        }
    }
}
