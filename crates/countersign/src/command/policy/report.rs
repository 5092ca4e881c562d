//! What the `policy` commands say.

use std::io::{self, Write};

use countersign_state::{FULL_ACCESS_NAME, PolicyName, PolicyOwner, StoredPolicy, UserName};
use serde::{Serialize, Serializer};
use serde_json::Value;

use super::document::{Excerpt, RefusedDocument, Written};
use super::lint::Warning;
use crate::render::Report;
use crate::render::terminal::{self, shown};

/// A policy that was changed.
#[derive(Serialize)]
pub(super) struct Changed {
    #[serde(flatten)]
    owner: Owner,
    policy: Option<String>,
    change: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<Warning>,
    /// Whether the policy that allows everything is still beside it.
    #[serde(skip)]
    is_moot: bool,
}

/// Whose a policy is.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum Owner {
    Group(String),
    Role(String),
    User(String),
}

/// Policies by name.
#[derive(Serialize)]
pub(super) struct Listed {
    policies: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    name: String,
    #[serde(flatten)]
    owner: Owner,
    bytes: usize,
}

/// A document, as it was put.
#[derive(Serialize)]
pub(super) struct Shown {
    #[serde(serialize_with = "as_json")]
    document: Option<String>,
}

/// What was found out about a document.
#[derive(Serialize)]
pub(super) struct Checked {
    file: String,
    taken: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<Problem>,
    warnings: Vec<Warning>,
}

#[derive(Serialize)]
struct Problem {
    line: usize,
    column: usize,
    problem: String,
    hint: Option<String>,
    #[serde(skip)]
    excerpt: Excerpt,
}

impl Owner {
    fn of(owner: &PolicyOwner) -> Self {
        match owner {
            PolicyOwner::Group(name) => Self::Group(name.to_string()),
            PolicyOwner::Role(name) => Self::Role(name.to_string()),
            PolicyOwner::User(name) => Self::User(name.to_string()),
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Group(name) => format!("group {name}"),
            Self::Role(name) => format!("role {name}"),
            Self::User(name) => format!("user {name}"),
        }
    }
}

impl Changed {
    pub(super) fn policy(owner: &PolicyOwner, name: &PolicyName, change: &'static str) -> Self {
        Self {
            owner: Owner::of(owner),
            policy: Some(name.to_string()),
            change,
            warnings: Vec::new(),
            is_moot: false,
        }
    }

    pub(super) fn boundary(user: &UserName, change: &'static str) -> Self {
        Self {
            owner: Owner::User(user.to_string()),
            policy: None,
            change,
            warnings: Vec::new(),
            is_moot: false,
        }
    }

    /// With what is unwise about it, and what is beside it.
    pub(super) fn with(self, warnings: Vec<Warning>, beside: &[StoredPolicy]) -> Self {
        let is_full = |policy: &StoredPolicy| policy.name.as_str() == FULL_ACCESS_NAME;
        let is_itself = self.policy.as_deref() == Some(FULL_ACCESS_NAME);
        Self {
            warnings,
            is_moot: !is_itself && beside.iter().any(is_full),
            ..self
        }
    }
}

impl Report for Changed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let (owner, change) = (self.owner.words(), self.change);
        match &self.policy {
            Some(policy) => writeln!(out, "Policy {policy} of {owner} {change}")?,
            None => writeln!(out, "Permissions boundary of {owner} {change}")?,
        }
        write_warnings(out, &self.warnings)?;
        if self.is_moot {
            let note = format!(
                "{FULL_ACCESS_NAME} is still there and allows everything: delete it if this policy is to say \
                 all that is allowed."
            );
            writeln!(out, "{}", terminal::styled(terminal::WARN, note))?;
        }
        Ok(())
    }
}

impl Listed {
    pub(super) fn new(policies: &[StoredPolicy]) -> Self {
        let row = |policy: &StoredPolicy| Row {
            name: policy.name.to_string(),
            owner: Owner::of(&policy.owner),
            bytes: policy.document.len(),
        };
        Self {
            policies: policies.iter().map(row).collect(),
        }
    }
}

impl Report for Listed {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        if self.policies.is_empty() {
            return writeln!(out, "No policies: nothing is allowed by them.");
        }
        let heading = ["POLICY", "OF", "BYTES"].map(str::to_owned);
        let cells = |row: &Row| [row.name.clone(), row.owner.words(), row.bytes.to_string()];
        let rows: Vec<_> = std::iter::once(heading)
            .chain(self.policies.iter().map(cells))
            .collect();
        terminal::columns(out, &rows)
    }
}

impl Shown {
    pub(super) fn new(document: String) -> Self {
        Self::boundary(Some(document))
    }

    pub(super) fn boundary(document: Option<String>) -> Self {
        Self { document }
    }
}

impl Report for Shown {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let Some(document) = &self.document else {
            return writeln!(out, "None.");
        };
        document
            .trim_end()
            .lines()
            .try_for_each(|line| writeln!(out, "{}", shown(line).replace("\\u{9}", "\t")))
    }
}

impl Checked {
    pub(super) fn taken(written: &Written, warnings: Vec<Warning>) -> Self {
        Self {
            file: written.source().to_owned(),
            taken: true,
            problem: None,
            warnings,
        }
    }

    pub(super) fn refused(written: &Written, refused: &RefusedDocument) -> Self {
        let problem = Problem {
            line: refused.error.position.line,
            column: refused.error.position.column,
            problem: refused.error.problem.to_string(),
            hint: refused.error.hint.as_deref().map(str::to_owned),
            excerpt: refused.excerpt.clone(),
        };
        Self {
            file: written.source().to_owned(),
            taken: false,
            problem: Some(problem),
            warnings: Vec::new(),
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.taken
    }
}

impl Report for Checked {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let file = shown(&self.file);
        let Some(problem) = &self.problem else {
            let verdict = terminal::styled(terminal::GOOD, "would be taken");
            writeln!(out, "{file} {verdict}")?;
            return write_warnings(out, &self.warnings);
        };
        let verdict = terminal::styled(terminal::BAD, "would be refused");
        writeln!(out, "{file} {verdict}\n")?;
        let Problem { line, column, .. } = problem;
        writeln!(
            out,
            "line {line}, column {column}: {}",
            shown(&problem.problem)
        )?;
        problem.excerpt.write_text(out)?;
        match &problem.hint {
            Some(hint) => writeln!(out, "{}", shown(hint)),
            None => Ok(()),
        }
    }
}

pub(super) fn write_warnings(out: &mut dyn Write, warnings: &[Warning]) -> io::Result<()> {
    let label = terminal::styled(terminal::WARN, "warning:");
    warnings.iter().try_for_each(|warning| {
        let message = shown(&warning.message);
        match &warning.statement {
            Some(statement) => writeln!(out, "{label} statement {}: {message}", shown(statement)),
            None => writeln!(out, "{label} {message}"),
        }
    })
}

/// The document as JSON in the report's JSON; as text, should it not be any.
fn as_json<S: Serializer>(document: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let Some(text) = document else {
        return serializer.serialize_none();
    };
    match serde_json::from_str::<Value>(text) {
        Ok(document) => document.serialize(serializer),
        Err(_) => serializer.serialize_str(text),
    }
}
