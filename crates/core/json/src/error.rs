//! Why a text is not JSON as it is read here.

use thiserror::Error;

/// What is wrong, and where.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
#[error("{problem} at byte {at}")]
pub struct JsonError {
    /// The byte of the text, counted from zero.
    pub at: usize,
    /// What is wrong.
    pub problem: JsonProblem,
    /// What may have been meant.
    pub hint: Option<&'static str>,
}

/// What is wrong with a text.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub enum JsonProblem {
    /// A name occurs twice in an object.
    #[error("`{name}` occurs twice")]
    NameRepeated {
        /// The name, its escapes undone.
        name: Box<str>,
    },
    /// Not JSON.
    #[error("this is not JSON: {expected} was expected")]
    NotJson {
        /// What was expected.
        expected: &'static str,
    },
    /// Nested too deeply.
    #[error("arrays and objects lie deeper in each other than {limit}")]
    TooDeep {
        /// The bound.
        limit: usize,
    },
}

impl JsonError {
    pub(crate) fn new(at: usize, problem: JsonProblem) -> Self {
        Self {
            at,
            problem,
            hint: None,
        }
    }

    pub(crate) fn hint(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}
