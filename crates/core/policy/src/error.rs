//! Why a policy is not taken: the place, the fact, and what may have been meant.

use std::fmt;

use thiserror::Error;

use crate::PolicyKind;

/// The longest piece of a document that is repeated in an error.
const SHOWN: usize = 120;

/// Where in a document something stands, counted from one; columns count characters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The character in that line.
    pub column: usize,
}

/// Why a policy document is not taken.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub struct PolicyParseError {
    /// Where.
    pub position: Position,
    /// What is wrong.
    pub problem: PolicyProblem,
    /// What may have been meant, or what to write instead.
    pub hint: Option<Box<str>>,
}

impl fmt::Display for PolicyParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Position { line, column } = self.position;
        write!(f, "line {line}, column {column}: {}", self.problem)?;
        match &self.hint {
            Some(hint) => write!(f, "; {hint}"),
            None => Ok(()),
        }
    }
}

/// What is wrong with a policy document. Texts from the document are cut to a bounded length.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[non_exhaustive]
pub enum PolicyProblem {
    /// An action of another service, where only those of one can be meant.
    #[error("`{action}` is no action of {service}")]
    ActionForeign {
        /// The action.
        action: Box<str>,
        /// The service whose actions are taken.
        service: &'static str,
    },
    /// Not `service:Action`.
    #[error("`{action}` is no action: it is written `service:Name`")]
    ActionMalformed {
        /// The action.
        action: Box<str>,
    },
    /// The service has no such action, so the statement would never apply.
    #[error("{service} has no action `{action}`")]
    ActionUnknown {
        /// The action.
        action: Box<str>,
        /// The service.
        service: &'static str,
    },
    /// No resource of the statement is of the kind that the action is about.
    #[error("action `{action}` does not apply to any resource of its statement")]
    ActionWithoutResource {
        /// The action.
        action: Box<str>,
    },
    /// Neither an IP address nor a CIDR range.
    #[error("`{value}` is neither an IP address nor a CIDR range")]
    AddressMalformed {
        /// The value.
        value: Box<str>,
    },
    /// Not an ARN.
    #[error(
        "`{arn}` is no ARN: it has six sections, `arn:partition:service:region:account:resource`"
    )]
    ArnMalformed {
        /// The text.
        arn: Box<str>,
    },
    /// An ARN that can never be that of a bucket or object here.
    #[error(
        "`{arn}` is no bucket or object: they are `arn:aws:s3:::bucket` and `arn:aws:s3:::bucket/key`"
    )]
    ArnUnreachable {
        /// The text.
        arn: Box<str>,
    },
    /// Not base64.
    #[error("`{value}` is not base64")]
    BinaryMalformed {
        /// The value.
        value: Box<str>,
    },
    /// Neither `true` nor `false`.
    #[error("`{value}` is neither `true` nor `false`")]
    BoolMalformed {
        /// The value.
        value: Box<str>,
    },
    /// Neither an ISO 8601 date nor seconds since 1970.
    #[error("`{value}` is neither an ISO 8601 date in a time zone nor seconds since 1970")]
    DateMalformed {
        /// The value.
        value: Box<str>,
    },
    /// Neither `Allow` nor `Deny`.
    #[error("`{effect}` is no effect")]
    EffectUnknown {
        /// The value.
        effect: Box<str>,
    },
    /// An element that this kind of policy does not have.
    #[error("{kind} has no `{element}`")]
    ElementForbidden {
        /// The element.
        element: &'static str,
        /// The kind of policy.
        kind: PolicyKind,
    },
    /// An element is missing.
    #[error("`{element}` is missing")]
    ElementMissing {
        /// The element.
        element: &'static str,
    },
    /// An element and its opposite in one statement.
    #[error("a statement has either `{element}` or `Not{element}`, not both")]
    ElementsExclusive {
        /// The positive element.
        element: &'static str,
    },
    /// No such element.
    #[error("`{element}` is no element of {place}")]
    ElementUnknown {
        /// The name.
        element: Box<str>,
        /// Where it stands.
        place: &'static str,
    },
    /// Nothing where something must be.
    #[error("`{element}` is empty")]
    Empty {
        /// The element.
        element: Box<str>,
    },
    /// The condition key is of another kind than the operator.
    #[error("`{operator}` does not compare `{key}`")]
    KeyFamily {
        /// The operator.
        operator: Box<str>,
        /// The key.
        key: Box<str>,
    },
    /// No such condition key.
    #[error("there is no condition key `{key}`")]
    KeyUnknown {
        /// The key.
        key: Box<str>,
    },
    /// A name occurs twice.
    #[error("`{name}` occurs twice")]
    NameRepeated {
        /// The name.
        name: Box<str>,
    },
    /// Not JSON.
    #[error("this is not JSON: {expected} was expected")]
    NotJson {
        /// What was expected.
        expected: &'static str,
    },
    /// `NotPrincipal` with `Allow` gives to nearly everybody.
    #[error("`NotPrincipal` is only taken with `Deny`")]
    NotPrincipalAllows,
    /// Not a decimal number.
    #[error("`{value}` is no decimal number of at most 18 digits and 9 places")]
    NumberMalformed {
        /// The value.
        value: Box<str>,
    },
    /// No such operator.
    #[error("`{operator}` is no condition operator")]
    OperatorUnknown {
        /// The name.
        operator: Box<str>,
    },
    /// A bucket's policy speaks of something else.
    #[error("`{arn}` does not lie in bucket `{bucket}`")]
    OutsideBucket {
        /// The resource.
        arn: Box<str>,
        /// The bucket whose policy it is.
        bucket: Box<str>,
    },
    /// Not a principal.
    #[error("`{principal}` is no principal")]
    PrincipalMalformed {
        /// The value.
        principal: Box<str>,
    },
    /// A key with several values needs to be told how they count.
    #[error("`{key}` has several values: say `ForAnyValue:` or `ForAllValues:`")]
    QualifierMissing {
        /// The key.
        key: Box<str>,
    },
    /// A statement id with characters that are not taken.
    #[error("`{sid}` is no statement id")]
    SidMalformed {
        /// The id.
        sid: Box<str>,
    },
    /// Two statements of the same id.
    #[error("two statements have the id `{sid}`")]
    SidRepeated {
        /// The id.
        sid: Box<str>,
    },
    /// Nested too deeply.
    #[error("arrays and objects lie deeper in each other than {limit}")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
    /// Too long.
    #[error("{kind} has at most {limit} {unit}")]
    TooLong {
        /// The kind of policy.
        kind: PolicyKind,
        /// The bound.
        limit: usize,
        /// What is counted.
        unit: &'static str,
    },
    /// A value of the wrong JSON type.
    #[error("`{element}` is {expected}")]
    TypeMismatch {
        /// The element.
        element: Box<str>,
        /// What it is.
        expected: &'static str,
    },
    /// A value that the key never has.
    #[error("`{key}` is never `{value}`")]
    ValueUnknown {
        /// The key.
        key: Box<str>,
        /// The value.
        value: Box<str>,
    },
    /// A policy variable where none is replaced.
    #[error("no policy variable is replaced in {place}")]
    VariableForbidden {
        /// Where.
        place: &'static str,
    },
    /// Not a policy variable.
    #[error("`{variable}` is no policy variable")]
    VariableMalformed {
        /// From `${` on.
        variable: Box<str>,
    },
    /// Policy variables need the newer version of the language.
    #[error("policy variables are only replaced in version 2012-10-17")]
    VariableNeedsVersion,
    /// No such version of the language.
    #[error("`{version}` is no version of the policy language")]
    VersionUnknown {
        /// The value.
        version: Box<str>,
    },
    /// More wildcards in the document than any needs.
    #[error("a policy has at most {limit} `*` and `?`")]
    WildcardsInDocument {
        /// The bound.
        limit: usize,
    },
    /// More wildcards in one text than any needs.
    #[error("`{pattern}` has more than {limit} wildcards")]
    WildcardsInText {
        /// The text.
        pattern: Box<str>,
        /// The bound.
        limit: usize,
    },
}

/// A problem at a byte of the document; it becomes a [`PolicyParseError`] where the text is at hand.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    at: usize,
    problem: PolicyProblem,
    hint: Option<Box<str>>,
}

impl Fault {
    pub(crate) fn new(at: usize, problem: PolicyProblem) -> Self {
        Self {
            at,
            problem,
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: impl Into<Box<str>>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds the question whether `name` was meant, if there is such a name.
    pub(crate) fn did_you_mean(self, name: Option<impl fmt::Display>) -> Self {
        match name {
            Some(name) => self.hint(format!("did you mean `{name}`?")),
            None => self,
        }
    }

    pub(crate) fn in_text(self, text: &str) -> PolicyParseError {
        PolicyParseError {
            position: position(text, self.at),
            problem: self.problem,
            hint: self.hint,
        }
    }
}

/// The line and column of a byte.
pub(crate) fn position(text: &str, at: usize) -> Position {
    let before = text.get(..at).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    Position {
        line: before.matches('\n').count() + 1,
        column: before.get(line_start..).unwrap_or_default().chars().count() + 1,
    }
}

/// A text of the document, as an error repeats it.
pub(crate) fn shown(text: &str) -> Box<str> {
    match text.char_indices().nth(SHOWN) {
        None => text.into(),
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
    }
}
