//! `SimulatePrincipalPolicy`: what a user or role may do, without doing it.
//!
//! The evaluator is the one that decides requests. What it is told of the request is what the caller tells: the keys that
//! policies asked for and were not given are named in the answer.

mod given;

use countersign_aws_query::{Answer, Xml};
use countersign_gate::ACCOUNT;
use countersign_policy::{
    Decision, Grant, Layer, NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal, Request,
    Resource, StatementName, evaluate, known_actions,
};
use countersign_state::{Authority, PolicyOwner, Principal as Who, StoredPolicy};

use self::given::{Entry, Given};
use crate::call::{Call, Granted, Sought};
use crate::pages::PageAsked;
use crate::refused::{Outcome, Refused};
use crate::seek::{FoundRole, FoundUser};
use crate::shapes;
use crate::target::Target;

/// The most actions, resources, policies or keys of one call.
const MOST: usize = 100;
/// The most pairs of an action and a resource of one call.
const MOST_RESULTS: usize = 250;

/// What was decided about one action on one resource.
struct Simulated {
    action: &'static str,
    resource: String,
    decision: &'static str,
    by: Option<(String, &'static str)>,
    missing: Vec<String>,
}

/// Whose rights they are.
struct Source {
    who: Who,
    authority: Authority,
}

/// The policies of a simulation, and where each is from.
struct Documents {
    identity: Vec<NamedPolicy>,
    kinds: Vec<&'static str>,
    boundary: Option<NamedPolicy>,
    resource: Option<PolicyDocument>,
}

/// `SimulatePrincipalPolicy`, for users and roles.
pub(super) async fn of_principal(call: &Call<'_>) -> Outcome {
    let asked = call.read(|call| {
        (
            call.required("PolicySourceArn", &shapes::ARN),
            call.texts("ActionNames", 1..=MOST, &shapes::ACTION_NAME)
                .unwrap_or_default(),
            call.texts("ResourceArns", 0..=MOST, &shapes::RESOURCE)
                .unwrap_or_default(),
            call.list("ContextEntries", 0..=MOST, Entry::read)
                .unwrap_or_default(),
            call.texts("PolicyInputList", 0..=MOST, &shapes::DOCUMENT)
                .unwrap_or_default(),
            call.texts(
                "PermissionsBoundaryPolicyInputList",
                0..=1,
                &shapes::DOCUMENT,
            )
            .unwrap_or_default(),
            call.optional("ResourcePolicy", &shapes::DOCUMENT),
            PageAsked::read(call),
        )
    })?;
    let (arn, actions, resources, entries, more, boundaries, resource_policy, page) = asked;
    let sought = source(call, arn).await?;
    let (granted, who) = call.admit(sought)?;
    refuse_unknown(call)?;
    let source = Source {
        authority: authority(granted, &who).await?,
        who,
    };
    let documents = Documents::read(&source.authority, &more, &boundaries, resource_policy)?;
    let resources = if resources.is_empty() {
        vec!["*"]
    } else {
        resources
    };
    if actions.len().saturating_mul(resources.len()) > MOST_RESULTS {
        return Err(Refused::invalid_input(format!(
            "{MOST_RESULTS} pairs of an action and a resource are the most of one call."
        )));
    }
    let mut simulated = Vec::new();
    for action in actions {
        let action = known(action)?;
        for resource in &resources {
            let given = Given::read(&entries, &source.authority.tags, call.now)?;
            simulated.push(simulate(&source.who, &documents, action, resource, &given));
        }
    }
    let mut number = 0_u32;
    let numbered = simulated.into_iter().map(|one| {
        number = number.saturating_add(1);
        (format!("{number:06}"), one)
    });
    let page = page.of(numbered.collect(), |(key, _)| key.clone())?;
    Ok(Answer::of(|xml| {
        xml.list("EvaluationResults", &page.items, |xml, (_, one)| {
            write(xml, one);
        });
        page.write_end(xml);
    }))
}

/// What changes the meaning of a simulation and cannot be had here.
fn refuse_unknown(call: &Call<'_>) -> Result<(), Refused> {
    let excluded = call.read(|call| call.list("PolicyExclusionList", 0..=MOST, |_| ()))?;
    let there = |name: &str| match name {
        "PolicyExclusionList" => excluded.as_ref().is_some_and(|list| !list.is_empty()),
        _ => call.request.text(name).is_some(),
    };
    let names = ["CallerArn", "PolicyExclusionList", "ResourceOwner"];
    match names.into_iter().find(|name| there(name)) {
        None => Ok(()),
        Some(name) => Err(Refused::invalid_input(format!(
            "{name} cannot be simulated here."
        ))),
    }
}

/// Looks for the user or role with an ARN.
async fn source<'t>(call: &Call<'_>, arn: &str) -> Result<Sought<'t, Who>, Refused> {
    let name = arn.rsplit('/').next().unwrap_or_default();
    let resource = arn.splitn(6, ':').nth(5).unwrap_or_default();
    let sought = if resource.starts_with("user/") {
        let user = call.user(name).await?;
        user.map(|FoundUser { user, .. }| Who::User(user))
    } else if resource.starts_with("role/") {
        let role = call.role(name).await?;
        role.map(|FoundRole { role, .. }| Who::Role(role))
    } else {
        Sought {
            target: Target::of(arn.to_owned()),
            found: Err(Refused::invalid_input(
                "PolicySourceArn is the ARN of a user or of a role.",
            )),
        }
    };
    // Whoever asks about an ARN needs the right to that ARN, and hears nothing about another.
    let found = sought.found.and_then(|who| {
        if who.arn() == arn {
            Ok(who)
        } else {
            Err(Refused::no_such_entity(format!("{arn} cannot be found.")))
        }
    });
    Ok(Sought {
        target: Target::of(arn.to_owned()),
        found,
    })
}

async fn authority(granted: Granted<'_>, who: &Who) -> Result<Authority, Refused> {
    let found = granted.state().find_principal(who.unique_id()).await?;
    Ok(found.map(|record| record.authority).unwrap_or_default())
}

impl Documents {
    fn read(
        authority: &Authority,
        more: &[&str],
        boundaries: &[&str],
        resource: Option<&str>,
    ) -> Result<Self, Refused> {
        let mut identity = Vec::new();
        let mut kinds = Vec::new();
        for policy in &authority.policies {
            let document = PolicyDocument::parse(&policy.document, PolicyKind::Identity)?;
            identity.push(NamedPolicy::new(policy.name.as_str(), document));
            kinds.push(kind_of(policy));
        }
        for (number, text) in (1..).zip(more) {
            let document = PolicyDocument::parse(text, PolicyKind::Identity)?;
            identity.push(NamedPolicy::new(
                format!("PolicyInputList.{number}"),
                document,
            ));
            kinds.push("none");
        }
        let boundary = boundaries
            .first()
            .copied()
            .or(authority.boundary.as_deref());
        let boundary = match boundary {
            Some(text) => {
                let document = PolicyDocument::parse(text, PolicyKind::Boundary)?;
                Some(NamedPolicy::new("boundary", document))
            }
            None => None,
        };
        let resource = resource.map(|text| PolicyDocument::parse(text, PolicyKind::Resource));
        Ok(Self {
            identity,
            kinds,
            boundary,
            resource: resource.transpose()?,
        })
    }

    /// The name of a statement's policy, and where it is from, in AWS's words.
    fn source_of(&self, statement: &StatementName<'_>) -> (String, &'static str) {
        let name = statement.policy.unwrap_or_default();
        let of_identity = || {
            let mut named = self.identity.iter().zip(&self.kinds);
            named.find(|(policy, _)| &*policy.name == name)
        };
        match statement.layer {
            Layer::Identity => {
                let kind = of_identity().map_or("none", |(_, kind)| *kind);
                (name.to_owned(), kind)
            }
            Layer::Resource => ("ResourcePolicy".to_owned(), "resource"),
            _ => (name.to_owned(), "none"),
        }
    }
}

/// Where a policy is from, in AWS's words.
fn kind_of(policy: &StoredPolicy) -> &'static str {
    match (&policy.managed, &policy.owner) {
        (Some(arn), _) if arn.is_aws => "aws-managed",
        (Some(_), _) => "user-managed",
        (None, PolicyOwner::Group(_)) => "group",
        (None, PolicyOwner::Role(_)) => "role",
        (None, PolicyOwner::User(_)) => "user",
    }
}

/// An action as AWS writes it.
fn known(action: &str) -> Result<&'static str, Refused> {
    let mut known = known_actions();
    let found = known.find(|known| known.eq_ignore_ascii_case(action));
    found.ok_or_else(|| Refused::invalid_input(format!("Invalid Entity Action: {action}")))
}

fn simulate(
    who: &Who,
    documents: &Documents,
    action: &'static str,
    resource: &str,
    given: &Given<'_>,
) -> Simulated {
    let (arn, id) = (who.arn(), who.unique_id());
    let session_arn;
    let session_id;
    let principal = match who {
        Who::User(user) => Principal::User {
            account: ACCOUNT,
            arn: &arn,
            name: user.name.as_str(),
            id,
        },
        Who::Role(role) => {
            session_arn = format!(
                "arn:aws:sts::{ACCOUNT}:assumed-role/{}/simulated",
                role.name
            );
            session_id = format!("{id}:simulated");
            Principal::AssumedRole {
                account: ACCOUNT,
                role_arn: &arn,
                session_arn: &session_arn,
                id: &session_id,
            }
        }
    };
    let request = Request {
        principal,
        action,
        resource: resource_of(resource),
        account: ACCOUNT,
        context: given,
    };
    let policies = Policies {
        identity: documents.identity.as_slice(),
        boundary: documents.boundary.as_ref(),
        resource: documents.resource.as_ref(),
        session: None,
    };
    let (decision, by) = match evaluate(&request, &policies) {
        Decision::Allow {
            by: Grant::Statement(statement),
        } => ("allowed", Some(documents.source_of(&statement))),
        Decision::Allow { by: Grant::Root } => ("allowed", None),
        Decision::ExplicitDeny { statement } => {
            ("explicitDeny", Some(documents.source_of(&statement)))
        }
        Decision::ImplicitDeny { .. } | Decision::TooCostly { .. } => ("implicitDeny", None),
    };
    Simulated {
        action,
        resource: resource.to_owned(),
        decision,
        by,
        missing: given.missed(),
    }
}

fn resource_of(arn: &str) -> Resource<'_> {
    match arn.strip_prefix("arn:aws:s3:::") {
        _ if arn == "*" => Resource::Service,
        None => Resource::Other { arn },
        Some(place) => match place.split_once('/') {
            None => Resource::Bucket { bucket: place },
            Some((bucket, key)) => Resource::Object { bucket, key },
        },
    }
}

fn write(xml: &mut Xml, one: &Simulated) {
    xml.text("EvalActionName", one.action);
    xml.text("EvalResourceName", &one.resource);
    xml.text("EvalDecision", one.decision);
    xml.list("MatchedStatements", &one.by, |xml, (policy, kind)| {
        xml.text("SourcePolicyId", policy);
        xml.text("SourcePolicyType", kind);
    });
    xml.texts("MissingContextValues", &one.missing);
}
