//! Policies' door to the strict reader of JSON: its errors become problems of a policy.

use countersign_json::{JsonError, JsonProblem};
pub(crate) use countersign_json::{Member, Node, Value};

use crate::error::{Fault, PolicyProblem};

/// Reads one JSON value that is all of `text`.
pub(crate) fn read(text: &str) -> Result<Node<'_>, Fault> {
    countersign_json::read(text).map_err(Fault::from)
}

impl From<JsonError> for Fault {
    fn from(error: JsonError) -> Self {
        let problem = match error.problem {
            JsonProblem::NameRepeated { name } => PolicyProblem::NameRepeated { name },
            JsonProblem::NotJson { expected } => PolicyProblem::NotJson { expected },
            JsonProblem::TooDeep { limit } => PolicyProblem::TooDeep { limit },
        };
        let fault = Self::new(error.at, problem);
        match error.hint {
            Some(hint) => fault.hint(hint),
            None => fault,
        }
    }
}

#[cfg(test)]
mod tests;
