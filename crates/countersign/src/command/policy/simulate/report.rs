//! What `policy simulate` says.

use std::io::{self, Write};

use countersign_policy::{Decision, Grant, Layer, Request, Resource, StatementName};
use serde::Serialize;

use crate::render::Report;
use crate::render::terminal::{self, field, shown};

/// A request that was decided upon.
#[derive(Serialize)]
pub(super) struct Simulated {
    principal: Option<String>,
    action: String,
    resource: String,
    decision: &'static str,
    reason: String,
    #[serde(flatten)]
    statement: Option<Statement>,
    /// The layer that would have had to allow it.
    #[serde(skip_serializing_if = "Option::is_none")]
    silent_layer: Option<&'static str>,
    /// What policies asked for and the request does not have.
    absent_keys: Vec<String>,
}

/// The statement that decided.
#[derive(Serialize)]
struct Statement {
    layer: &'static str,
    policy: Option<String>,
    sid: Option<String>,
    /// Which of its document, counted from one.
    statement: usize,
}

impl Simulated {
    pub(super) fn new(
        request: &Request<'_>,
        decision: &Decision<'_>,
        absent_keys: Vec<String>,
    ) -> Self {
        let (word, statement, silent) = match decision {
            Decision::Allow { by: Grant::Root } => ("allow", None, None),
            Decision::Allow {
                by: Grant::Statement(statement),
            } => ("allow", Some(statement), None),
            Decision::ExplicitDeny { statement } => ("explicit_deny", Some(statement), None),
            Decision::ImplicitDeny { silent } => ("implicit_deny", None, Some(layer(*silent))),
            Decision::TooCostly { .. } => ("too_costly", None, None),
        };
        Self {
            principal: request.principal.arn().map(str::to_owned),
            action: request.action.to_owned(),
            resource: match request.resource {
                Resource::Bucket { bucket } => format!("arn:aws:s3:::{bucket}"),
                Resource::Object { bucket, key } => format!("arn:aws:s3:::{bucket}/{key}"),
                Resource::Other { arn } => arn.to_owned(),
                Resource::Service => "*".to_owned(),
            },
            decision: word,
            reason: decision.to_string(),
            statement: statement.map(Statement::of),
            silent_layer: silent,
            absent_keys,
        }
    }

    pub(super) fn is_allowed(&self) -> bool {
        self.decision == "allow"
    }
}

impl Statement {
    fn of(name: &StatementName<'_>) -> Self {
        Self {
            layer: layer(name.layer),
            policy: name.policy.map(str::to_owned),
            sid: name.sid.map(str::to_owned),
            statement: name.index.saturating_add(1),
        }
    }
}

impl Report for Simulated {
    fn write_text(&self, out: &mut dyn Write) -> io::Result<()> {
        let style = match self.is_allowed() {
            true => terminal::GOOD,
            false => terminal::BAD,
        };
        let reason = shown(&self.reason);
        writeln!(out, "{}\n", terminal::styled(style, reason))?;
        field(
            out,
            "Principal",
            self.principal.as_deref().unwrap_or("nobody"),
        )?;
        field(out, "Action", &self.action)?;
        field(out, "Resource", shown(&self.resource))?;
        if self.absent_keys.is_empty() {
            return Ok(());
        }
        let keys = shown(&self.absent_keys.join(", "));
        field(out, "Not given", format!("{keys}; --context gives them"))
    }
}

fn layer(layer: Layer) -> &'static str {
    match layer {
        Layer::Boundary => "boundary",
        Layer::Identity => "identity",
        Layer::Resource => "bucket",
        Layer::Session => "session",
        Layer::Trust => "trust",
    }
}
