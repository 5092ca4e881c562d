//! From text to a compiled document.
//!
//! "Grammar of the IAM JSON policy language". Elements may stand in any order, so a statement is first
//! sorted by its elements and then compiled in the order in which they depend on each other.

use std::borrow::Cow;

use super::{PolicyDocument, PolicyKind, WrittenResource, limits};
use crate::action::ActionPattern;
use crate::catalogue::{Service, Target};
use crate::condition::{self, Rules};
use crate::error::{Fault, PolicyProblem, position, shown};
use crate::json::{self, Member, Node, Value};
use crate::pattern::Variables;
use crate::principal::{PrincipalSet, texts};
use crate::resource::ResourcePattern;
use crate::statement::{Effect, Scope, Statement};
use crate::suggest;

const DOCUMENT_ELEMENTS: [&str; 3] = ["Id", "Statement", "Version"];
const STATEMENT_ELEMENTS: [&str; 9] = [
    "Action",
    "Condition",
    "Effect",
    "NotAction",
    "NotPrincipal",
    "NotResource",
    "Principal",
    "Resource",
    "Sid",
];
/// The longest id of a bucket policy's statement.
const SID_CHARACTERS: usize = 256;

/// Reads all of `text`.
pub(super) fn document(text: &str, kind: PolicyKind) -> Result<PolicyDocument, Fault> {
    limits::check(text, kind)?;
    let root = json::read(text)?;
    limits::check_wildcards(&root)?;
    let elements = Elements::of(&root, "a policy", &DOCUMENT_ELEMENTS)?;
    let variables = match elements.find("Version") {
        None => Variables::NeedVersion,
        Some(node) => version(node)?,
    };
    if let Some(id) = elements.find("Id") {
        if kind != PolicyKind::Resource {
            return Err(kind.forbids("Id", id.at));
        }
        string(id, "Id")?;
    }
    let node = elements.require("Statement")?;
    let nodes = match &node.value {
        Value::Array(nodes) if nodes.is_empty() => return Err(empty("Statement", node.at)),
        Value::Array(nodes) => nodes.as_slice(),
        _ => std::slice::from_ref(node),
    };
    let mut reader = StatementReader {
        text,
        kind,
        variables,
        resources: Vec::new(),
    };
    let mut statements: Vec<Statement> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let (statement, sid_at) = reader.statement(node)?;
        let sid = statement.sid.as_deref();
        if let Some(sid) = sid
            && statements.iter().any(|s| s.sid.as_deref() == Some(sid))
        {
            let sid = shown(sid);
            return Err(Fault::new(sid_at, PolicyProblem::SidRepeated { sid }));
        }
        statements.push(statement);
    }
    Ok(PolicyDocument {
        kind,
        statements: statements.into(),
        resources: reader.resources.into(),
    })
}

fn version(node: &Node<'_>) -> Result<Variables, Fault> {
    match string(node, "Version")? {
        "2012-10-17" => Ok(Variables::Replaced),
        "2008-10-17" => Ok(Variables::NeedVersion),
        other => Err(Fault::new(
            node.at,
            PolicyProblem::VersionUnknown {
                version: shown(other),
            },
        )
        .hint("write `2012-10-17`")),
    }
}

struct StatementReader<'t> {
    text: &'t str,
    kind: PolicyKind,
    variables: Variables,
    resources: Vec<WrittenResource>,
}

impl StatementReader<'_> {
    /// Reads a statement; with it, where its id stands.
    fn statement(&mut self, node: &Node<'_>) -> Result<(Statement, usize), Fault> {
        let elements = Elements::of(node, "a statement", &STATEMENT_ELEMENTS)?;
        let sid = elements.find("Sid");
        let effect = effect(elements.require("Effect")?)?;
        let principals = self.principals(&elements, effect)?;
        let (action_nodes, actions) = self.actions(&elements)?;
        let resources = self.resources(&elements)?;
        if self.kind == PolicyKind::Resource {
            check_targets(&action_nodes, &actions, &resources)?;
        }
        let concerns_us = match &actions {
            Scope::AllBut(_) => true,
            Scope::Only(listed) => listed.iter().any(ActionPattern::concerns_us),
        };
        let conditions = match elements.find("Condition") {
            None => Vec::new(),
            Some(node) => condition::compile(
                node,
                Rules {
                    variables: self.variables,
                    concerns_us,
                },
            )?,
        };
        let statement = Statement {
            sid: sid.map(|sid| self.sid(sid)).transpose()?.flatten(),
            effect,
            principals,
            actions,
            resources,
            conditions: conditions.into(),
        };
        Ok((statement, sid.map_or(node.at, |sid| sid.at)))
    }

    /// Reads an id; an empty one is none.
    fn sid(&self, node: &Node<'_>) -> Result<Option<Box<str>>, Fault> {
        let text = string(node, "Sid")?;
        let (taken, hint) = match self.kind {
            PolicyKind::Resource => (
                text.chars().count() <= SID_CHARACTERS && !text.contains(char::is_control),
                "it is printable and at most 256 characters long",
            ),
            _ => (
                text.bytes().all(|b| b.is_ascii_alphanumeric()),
                "it has letters and digits only",
            ),
        };
        if !taken {
            return Err(
                Fault::new(node.at, PolicyProblem::SidMalformed { sid: shown(text) }).hint(hint),
            );
        }
        Ok((!text.is_empty()).then(|| text.into()))
    }

    fn principals(
        &self,
        elements: &Elements<'_, '_>,
        effect: Effect,
    ) -> Result<Option<Scope<PrincipalSet>>, Fault> {
        if !self.kind.names_principals() {
            for element in ["Principal", "NotPrincipal"] {
                if let Some(node) = elements.find(element) {
                    return Err(self.kind.forbids(element, node.at));
                }
            }
            return Ok(None);
        }
        let scope = elements.one_of("Principal", "NotPrincipal")?;
        if let Scope::AllBut(node) = scope {
            let set = PrincipalSet::read(node, "NotPrincipal", self.kind)?;
            if effect == Effect::Allow {
                return Err(Fault::new(node.at, PolicyProblem::NotPrincipalAllows));
            }
            if set.has_everyone() {
                let principal = "*".into();
                return Err(
                    Fault::new(node.at, PolicyProblem::PrincipalMalformed { principal })
                        .hint("a statement about nobody never applies"),
                );
            }
            return Ok(Some(Scope::AllBut(set)));
        }
        let set = PrincipalSet::read(scope.listed(), "Principal", self.kind)?;
        Ok(Some(Scope::Only(set)))
    }

    /// The actions, and where and how each was written.
    fn actions<'n>(
        &self,
        elements: &Elements<'n, '_>,
    ) -> Result<(Vec<Written<'n>>, Actions), Fault> {
        if self.kind == PolicyKind::Trust
            && let Some(node) = elements.find("NotAction")
        {
            return Err(self.kind.forbids("NotAction", node.at));
        }
        let scope = elements.one_of("Action", "NotAction")?;
        let only = match self.kind {
            PolicyKind::Resource => Some(Service::S3),
            PolicyKind::Trust => Some(Service::Sts),
            PolicyKind::Boundary | PolicyKind::Identity | PolicyKind::Session => None,
        };
        let written = texts(scope.listed(), "Action")?;
        let patterns = written
            .iter()
            .map(|(text, at)| ActionPattern::compile(text, only, *at))
            .collect::<Result<Box<[_]>, _>>()?;
        Ok((written, scope.with(patterns)))
    }

    fn resources(&mut self, elements: &Elements<'_, '_>) -> Result<Resources, Fault> {
        if self.kind == PolicyKind::Trust {
            // What is assumed is the role that the policy belongs to.
            for element in ["Resource", "NotResource"] {
                if let Some(node) = elements.find(element) {
                    return Err(self.kind.forbids(element, node.at));
                }
            }
            return Ok(Scope::Only([ResourcePattern::Any].into()));
        }
        let scope = elements.one_of("Resource", "NotResource")?;
        let mut patterns = Vec::new();
        for (text, at) in texts(scope.listed(), "Resource")? {
            let pattern = ResourcePattern::compile(&text, self.variables, at)?;
            if self.kind == PolicyKind::Resource {
                let position = position(self.text, at);
                self.resources
                    .push(WrittenResource::new(position, &text, pattern.clone()));
            }
            patterns.push(pattern);
        }
        Ok(scope.with(patterns.into()))
    }
}

type Actions = Scope<Box<[ActionPattern]>>;
type Resources = Scope<Box<[ResourcePattern]>>;
/// A text of the document and where it stands.
type Written<'n> = (Cow<'n, str>, usize);

/// Refuses an action none of whose targets is among the resources, as S3 does for bucket policies: a
/// statement that gives `s3:GetObject` on the bucket alone gives nothing.
fn check_targets(
    written: &[Written<'_>],
    actions: &Actions,
    resources: &Resources,
) -> Result<(), Fault> {
    let (Scope::Only(actions), Scope::Only(resources)) = (actions, resources) else {
        return Ok(());
    };
    let admitted = |target: Target| resources.iter().any(|r| r.admits(target));
    for (pattern, (text, at)) in actions.iter().zip(written) {
        if !pattern.targets().any(admitted) {
            let fault = Fault::new(
                *at,
                PolicyProblem::ActionWithoutResource {
                    action: shown(text),
                },
            );
            return Err(match pattern.targets().next() {
                Some(Target::Object) => fault.hint("objects are `arn:aws:s3:::bucket/*`"),
                Some(Target::Bucket) => fault.hint("the bucket is `arn:aws:s3:::bucket`"),
                _ => fault,
            });
        }
    }
    Ok(())
}

fn effect(node: &Node<'_>) -> Result<Effect, Fault> {
    match string(node, "Effect")? {
        "Allow" => Ok(Effect::Allow),
        "Deny" => Ok(Effect::Deny),
        other => Err(Fault::new(
            node.at,
            PolicyProblem::EffectUnknown {
                effect: shown(other),
            },
        )
        .hint("it is `Allow` or `Deny`")),
    }
}

/// The members of an object, all of which are known.
struct Elements<'n, 't> {
    at: usize,
    members: &'n [Member<'t>],
}

impl<'n, 't> Elements<'n, 't> {
    fn of(node: &'n Node<'t>, place: &'static str, known: &[&'static str]) -> Result<Self, Fault> {
        let Value::Object(members) = &node.value else {
            return Err(Fault::new(
                node.at,
                PolicyProblem::TypeMismatch {
                    element: place.into(),
                    expected: "an object",
                },
            ));
        };
        let unknown = members.iter().find(|m| !known.contains(&&*m.name));
        if let Some(member) = unknown {
            return Err(Fault::new(
                member.at,
                PolicyProblem::ElementUnknown {
                    element: shown(&member.name),
                    place,
                },
            )
            .did_you_mean(suggest::nearest(&member.name, known.iter().copied())));
        }
        Ok(Self {
            at: node.at,
            members,
        })
    }

    fn find(&self, name: &str) -> Option<&'n Node<'t>> {
        let member = self.members.iter().find(|member| member.name == name);
        member.map(|member| &member.node)
    }

    fn require(&self, element: &'static str) -> Result<&'n Node<'t>, Fault> {
        self.find(element)
            .ok_or_else(|| Fault::new(self.at, PolicyProblem::ElementMissing { element }))
    }

    /// An element or its opposite, of which there must be exactly one.
    fn one_of(&self, element: &'static str, opposite: &str) -> Result<Scope<&'n Node<'t>>, Fault> {
        match (self.find(element), self.find(opposite)) {
            (Some(node), None) => Ok(Scope::Only(node)),
            (None, Some(node)) => Ok(Scope::AllBut(node)),
            (Some(_), Some(node)) => Err(Fault::new(
                node.at,
                PolicyProblem::ElementsExclusive { element },
            )),
            (None, None) => Err(Fault::new(
                self.at,
                PolicyProblem::ElementMissing { element },
            )),
        }
    }
}

impl<T> Scope<T> {
    /// The same scope of something else.
    fn with<U>(&self, listed: U) -> Scope<U> {
        match self {
            Self::AllBut(_) => Scope::AllBut(listed),
            Self::Only(_) => Scope::Only(listed),
        }
    }
}

fn string<'n>(node: &'n Node<'_>, element: &str) -> Result<&'n str, Fault> {
    match &node.value {
        Value::String(text) => Ok(text),
        _ => Err(Fault::new(
            node.at,
            PolicyProblem::TypeMismatch {
                element: element.into(),
                expected: "a string",
            },
        )),
    }
}

fn empty(element: &str, at: usize) -> Fault {
    Fault::new(
        at,
        PolicyProblem::Empty {
            element: element.into(),
        },
    )
}
