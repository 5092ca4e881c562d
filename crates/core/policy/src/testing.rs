//! What the tests of this crate share: a user, a request, and a context made of pairs.

use crate::context::{Context, Values};
use crate::document::{NamedPolicy, PolicyDocument, PolicyKind};
use crate::evaluate::{Policies, evaluate};
use crate::request::{Principal, Request, Resource};

pub(crate) const ACCOUNT: &str = "000000000000";

pub(crate) const ANN: Principal<'static> = Principal::User {
    account: ACCOUNT,
    arn: "arn:aws:iam::000000000000:user/ann",
    name: "ann",
    id: "AIDAEXAMPLEANN",
};

pub(crate) const ROOT: Principal<'static> = Principal::Root {
    account: ACCOUNT,
    arn: "arn:aws:iam::000000000000:root",
};

pub(crate) const CAT: Resource<'static> = Resource::Object {
    bucket: "photos",
    key: "cat.jpg",
};

/// A context made of pairs; every key that is asked for must be in lower case.
pub(crate) struct Pairs<'a>(pub(crate) &'a [(&'a str, Values<'a>)]);

impl Context for Pairs<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        assert_eq!(key, key.to_lowercase());
        let pair = self.0.iter().find(|(name, _)| *name == key);
        pair.map_or(Values::Absent, |(_, values)| *values)
    }
}

/// Ann gets the cat.
pub(crate) fn request<'a>(context: &'a dyn Context) -> Request<'a> {
    Request {
        principal: ANN,
        action: "s3:GetObject",
        resource: CAT,
        account: ACCOUNT,
        context,
    }
}

pub(crate) fn parse(text: &str, kind: PolicyKind) -> PolicyDocument {
    PolicyDocument::parse(text, kind).unwrap_or_else(|error| panic!("{error}\n{text}"))
}

/// One statement as a document of the newer version.
pub(crate) fn statement(text: &str, kind: PolicyKind) -> PolicyDocument {
    let text = format!(r#"{{"Version": "2012-10-17", "Statement": {text}}}"#);
    parse(&text, kind)
}

/// Why one statement is not taken, from the column on.
pub(crate) fn refusal(text: &str, kind: PolicyKind) -> String {
    let text = format!("{{\"Version\": \"2012-10-17\", \"Statement\":\n{text}}}");
    match PolicyDocument::parse(&text, kind) {
        Ok(_) => panic!("taken: {text}"),
        Err(error) => error.to_string(),
    }
}

/// The decision on a request by one identity policy, as text.
pub(crate) fn decision(request: &Request<'_>, document: PolicyDocument) -> String {
    let identity = [NamedPolicy::new("p", document)];
    let policies = Policies {
        identity: &identity,
        ..Policies::default()
    };
    evaluate(request, &policies).to_string()
}

/// Whether an identity policy with this `Condition` element allows Ann the cat.
pub(crate) fn holds(condition: &str, context: &[(&str, Values<'_>)]) -> bool {
    let text = format!(
        r#"{{"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {condition}}}"#
    );
    let document = statement(&text, PolicyKind::Identity);
    decision(&request(&Pairs(context)), document).starts_with("allowed")
}
