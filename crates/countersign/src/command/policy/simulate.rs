//! `policy simulate`: what the policies say of a request, and which statement says it.
//!
//! The evaluator is the server's. The policies are those in the state, unless files are given in their
//! place; without a user, no state is needed. What the gate checks besides policies (signature, guardrails,
//! restrictions, revocations) is not looked at.

mod asked;
mod report;

use std::path::Path;

use countersign_gate::ACCOUNT;
use countersign_policy::{
    NamedPolicy, Policies, PolicyDocument, PolicyKind, Principal, Request, Resource, evaluate,
};
use countersign_s3::BucketName;
use countersign_state::{
    Authority, BucketDocument, PolicyOwner, StateStore, StoredPolicy, User, UserKind,
};
use thiserror::Error;

use self::asked::Given;
use self::report::Simulated;
use super::document::Written;
use crate::args::{Asked, DataArgs, SimulateArgs};
use crate::command::{CommandError, Outcome, lookup, principal, state, unix_millis_now};
use crate::render::Form;

/// The user of whom nothing is known but the policies that were given.
const SOMEBODY: &str = "somebody";

/// Why a request cannot be simulated.
#[derive(Clone, Debug, Eq, Error, PartialEq)]
pub(crate) enum SimulationError {
    /// There is no such action.
    #[error("there is no action `{action}`{}", meant(nearest.as_deref()))]
    Action {
        /// As typed.
        action: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// There is no such condition key.
    #[error("there is no condition key `{key}`{}", meant(nearest.as_deref()))]
    Key {
        /// As typed.
        key: String,
        /// What may have been meant.
        nearest: Option<String>,
    },
    /// Neither a user nor a group was named.
    #[error("name a user or a group")]
    NobodyAsks,
    /// A key of one value was given several.
    #[error("condition key `{key}` has one value only")]
    SeveralValues {
        /// The key.
        key: String,
    },
    /// A value is not of the key's kind.
    #[error("`{value}` is no value of condition key `{key}`: it is {expected}")]
    Value {
        /// The key.
        key: String,
        /// As typed.
        value: String,
        /// What it would be.
        expected: &'static str,
    },
}

/// Who asks, and what was stored for that user.
struct Asker {
    name: String,
    id: String,
    arn: String,
    is_root: bool,
    authority: Authority,
}

/// The documents that the request is decided by.
struct Documents {
    identity: Vec<NamedPolicy>,
    boundary: Option<NamedPolicy>,
    resource: Option<PolicyDocument>,
    session: Option<NamedPolicy>,
}

/// Runs `policy simulate`.
pub(super) fn run(
    data: &DataArgs,
    args: &SimulateArgs,
    form: Form,
) -> Result<Outcome, CommandError> {
    let simulated = match &args.user {
        None => {
            let asker = Asker::somebody();
            let documents = Documents::read(args, &asker, None)?;
            simulate(args, &asker, &documents)?
        }
        Some(name) => state::with(data, async |opened| {
            let store = &*opened.store;
            let user = lookup::user(store, name).await?;
            let authority = store.find_authority(&user.name).await?.unwrap_or_default();
            let asker = Asker::new(&user, authority);
            let of_bucket = match &args.resource {
                Asked::Place(place) => bucket_policy(store, &place.bucket).await?,
                Asked::Arn(_) | Asked::Service => None,
            };
            let documents = Documents::read(args, &asker, of_bucket)?;
            simulate(args, &asker, &documents)
        })?,
    };
    form.print(&simulated)?;
    Ok(if simulated.is_allowed() {
        Outcome::Done
    } else {
        Outcome::Negative
    })
}

fn simulate(
    args: &SimulateArgs,
    asker: &Asker,
    documents: &Documents,
) -> Result<Simulated, CommandError> {
    let action = asked::action(&args.action)?;
    let given = Given::read(&args.context, &asker.authority.tags, unix_millis_now())?;
    let request = Request {
        principal: asker.principal(),
        action,
        resource: resource(&args.resource),
        account: ACCOUNT,
        context: &given,
    };
    let policies = Policies {
        identity: documents.identity.as_slice(),
        boundary: documents.boundary.as_ref(),
        resource: documents.resource.as_ref(),
        session: documents.session.as_ref().map(std::slice::from_ref),
    };
    let decision = evaluate(&request, &policies);
    Ok(Simulated::new(&request, &decision, given.missed()))
}

fn resource(asked: &Asked) -> Resource<'_> {
    match asked {
        Asked::Arn(arn) => Resource::Other { arn },
        Asked::Service => Resource::Service,
        Asked::Place(place) if place.rest.is_empty() => Resource::Bucket {
            bucket: place.bucket.as_str(),
        },
        Asked::Place(place) => Resource::Object {
            bucket: place.bucket.as_str(),
            key: &place.rest,
        },
    }
}

/// The policy of a bucket, if there is the bucket and it has one.
async fn bucket_policy(
    store: &dyn StateStore,
    bucket: &BucketName,
) -> Result<Option<Written>, CommandError> {
    let found = store.find_bucket(bucket).await?;
    let text = found.and_then(|found| {
        let document = found.document(BucketDocument::Policy);
        document.map(str::to_owned)
    });
    let source = format!("the policy of bucket {bucket}");
    Ok(text.map(|text| Written::stored(source, text)))
}

impl Asker {
    fn new(user: &User, authority: Authority) -> Self {
        Self {
            name: user.name.to_string(),
            id: user.unique_id.clone(),
            arn: principal::arn(user),
            is_root: user.kind == UserKind::Root,
            authority,
        }
    }

    fn somebody() -> Self {
        Self {
            name: SOMEBODY.to_owned(),
            id: "AIDAEXAMPLE".to_owned(),
            arn: format!("arn:aws:iam::{ACCOUNT}:user/{SOMEBODY}"),
            is_root: false,
            authority: Authority::default(),
        }
    }

    fn principal(&self) -> Principal<'_> {
        if self.is_root {
            Principal::Root {
                account: ACCOUNT,
                arn: &self.arn,
            }
        } else {
            Principal::User {
                account: ACCOUNT,
                arn: &self.arn,
                name: &self.name,
                id: &self.id,
            }
        }
    }
}

impl Documents {
    /// Reads the files that were given, and what was stored in place of the others.
    fn read(
        args: &SimulateArgs,
        asker: &Asker,
        of_bucket: Option<Written>,
    ) -> Result<Self, CommandError> {
        let identity = match args.policies.as_slice() {
            [] => asker.authority.policies.iter().map(stored).collect(),
            files => files.iter().map(|file| named(file.as_path())).collect(),
        };
        let identity: Result<Vec<NamedPolicy>, CommandError> = identity;
        let boundary = match &args.boundary {
            Some(file) => Some(Written::read(file)?),
            None => asker.authority.boundary.clone().map(|text| {
                Written::stored(format!("the permissions boundary of {}", asker.name), text)
            }),
        };
        let resource = match &args.bucket_policy {
            Some(file) => Some(Written::read(file)?),
            None => of_bucket,
        };
        let session = args.session_policy.as_ref().map(|file| Written::read(file));
        let parse =
            |written: Option<Written>, kind| written.map(|written| written.parse(kind)).transpose();
        Ok(Self {
            identity: identity?,
            boundary: parse(boundary, PolicyKind::Boundary)?
                .map(|document| NamedPolicy::new("boundary", document)),
            resource: parse(resource, PolicyKind::Resource)?,
            session: parse(session.transpose()?, PolicyKind::Session)?
                .map(|document| NamedPolicy::new("", document)),
        })
    }
}

/// A stored policy by the name that decisions call it: that of a group's has the group's in front.
fn stored(policy: &StoredPolicy) -> Result<NamedPolicy, CommandError> {
    let name = match &policy.owner {
        PolicyOwner::Group(group) => format!("{group}/{}", policy.name),
        PolicyOwner::Role(_) | PolicyOwner::User(_) => policy.name.to_string(),
    };
    let written = Written::stored(format!("policy {name}"), policy.document.clone());
    Ok(NamedPolicy::new(name, written.parse(PolicyKind::Identity)?))
}

fn named(file: &Path) -> Result<NamedPolicy, CommandError> {
    let written = Written::read(file)?;
    let document = written.parse(PolicyKind::Identity)?;
    Ok(NamedPolicy::new(written.source(), document))
}

/// The question that follows what is not there.
fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(String::new, |name| format!("; did you mean `{name}`?"))
}

#[cfg(test)]
mod tests;
