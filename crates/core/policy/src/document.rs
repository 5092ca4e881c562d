//! A policy document, read and compiled.

mod limits;
mod read;

use std::fmt;

use crate::decision::Judgement;
use crate::effort::Metered;
use crate::error::{Fault, PolicyParseError, PolicyProblem, Position, shown};
use crate::resource::ResourcePattern;
use crate::statement::{Effect, Statement};

/// What a policy belongs to; it decides which elements it has and how long it may be.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PolicyKind {
    /// The permissions boundary of a user.
    Boundary,
    /// A policy of a user or group.
    Identity,
    /// The policy of a bucket.
    Resource,
    /// A policy that goes with a session.
    Session,
    /// The trust policy of a role: who may assume it.
    Trust,
}

/// A policy document that was taken; what is in it is fit to decide by.
#[derive(Clone, Debug, PartialEq)]
pub struct PolicyDocument {
    kind: PolicyKind,
    statements: Box<[Statement]>,
    /// The resources as they were written, where a bucket's policy must answer for them.
    resources: Box<[WrittenResource]>,
}

/// A policy and the name by which decisions call it.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPolicy {
    /// The name; empty if it has none, as the policy that was given to a session.
    pub name: Box<str>,
    /// The document.
    pub document: PolicyDocument,
}

#[derive(Clone, Debug, PartialEq)]
struct WrittenResource {
    position: Position,
    text: Box<str>,
    pattern: ResourcePattern,
}

impl PolicyDocument {
    /// Reads a document strictly: nothing in it that is not understood, and nothing twice.
    ///
    /// ```
    /// use countersign_policy::{PolicyDocument, PolicyKind};
    /// let text = "{\"Statement\": [{\n  \"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\",\n  \
    ///             \"Condition\": {\"StringEqual\": {\"s3:authType\": \"POST\"}}}]}";
    /// let error = PolicyDocument::parse(text, PolicyKind::Identity).unwrap_err();
    /// assert_eq!(
    ///     error.to_string(),
    ///     "line 3, column 17: `StringEqual` is no condition operator; did you mean `StringEquals`?"
    /// );
    /// ```
    ///
    /// # Errors
    /// [`PolicyParseError`] with the place, the fact and, where there is one, a hint.
    pub fn parse(text: &str, kind: PolicyKind) -> Result<Self, PolicyParseError> {
        read::document(text, kind).map_err(|fault| fault.in_text(text))
    }

    /// What the policy belongs to.
    #[must_use]
    pub fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// Holds a bucket's policy to its own bucket.
    ///
    /// # Errors
    /// [`PolicyParseError`] with the first resource that may lie elsewhere.
    pub fn check_resources(&self, bucket: &str) -> Result<(), PolicyParseError> {
        let outside = self
            .resources
            .iter()
            .find(|one| !one.pattern.lies_in(bucket));
        match outside {
            None => Ok(()),
            Some(one) => Err(PolicyParseError {
                position: one.position,
                problem: PolicyProblem::OutsideBucket {
                    arn: one.text.clone(),
                    bucket: bucket.into(),
                },
                hint: Some(
                    format!("write `arn:aws:s3:::{bucket}` or `arn:aws:s3:::{bucket}/*`").into(),
                ),
            }),
        }
    }

    /// Goes through the statements: the first Deny that applies, else the Allow that gives most. What is
    /// found once the request has no steps left means nothing.
    pub(crate) fn judge(&self, request: &Metered<'_>) -> Judgement {
        let mut allowed = Judgement::Silent;
        for (index, statement) in self.statements.iter().enumerate() {
            if request.is_exhausted() {
                break;
            }
            match statement.effect {
                Effect::Deny => {
                    if statement.applies(request).is_some() {
                        return Judgement::Denied { index };
                    }
                }
                Effect::Allow => {
                    // Only a policy that names principals can allow more or less.
                    let decided = !self.kind.names_principals()
                        && matches!(allowed, Judgement::Allowed { .. });
                    if decided {
                        continue;
                    }
                    if let Some(named) = statement.applies(request) {
                        allowed = allowed.or_allowed(index, named);
                    }
                }
            }
        }
        allowed
    }

    pub(crate) fn statements(&self) -> &[Statement] {
        &self.statements
    }

    /// The statement's id, if it has one.
    pub(crate) fn sid(&self, index: usize) -> Option<&str> {
        self.statements.get(index)?.sid.as_deref()
    }
}

impl NamedPolicy {
    /// Names a document.
    pub fn new(name: impl Into<Box<str>>, document: PolicyDocument) -> Self {
        Self {
            name: name.into(),
            document,
        }
    }
}

impl PolicyKind {
    /// Whether it belongs to what is asked for, and so says who may ask.
    pub(crate) fn names_principals(self) -> bool {
        matches!(self, Self::Resource | Self::Trust)
    }

    /// What is wrong with an element that this kind of policy does not have.
    fn forbids(self, element: &'static str, at: usize) -> Fault {
        Fault::new(
            at,
            PolicyProblem::ElementForbidden {
                element,
                kind: self,
            },
        )
    }
}

impl WrittenResource {
    fn new(position: Position, text: &str, pattern: ResourcePattern) -> Self {
        Self {
            position,
            text: shown(text),
            pattern,
        }
    }
}

impl fmt::Display for PolicyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Boundary => "a permissions boundary",
            Self::Identity => "an identity policy",
            Self::Resource => "a bucket policy",
            Self::Session => "a session policy",
            Self::Trust => "a trust policy",
        })
    }
}

#[cfg(test)]
mod tests;
