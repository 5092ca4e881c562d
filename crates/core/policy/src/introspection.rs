//! What can be told of a document without a request.

use crate::document::PolicyDocument;
use crate::principal::PrincipalSet;
use crate::statement::{Effect, Scope, Statement};

/// The keys by which block public access takes a statement for limited, if their values are fixed.
const NARROWING: [&str; 13] = [
    "aws:principalaccount",
    "aws:principalarn",
    "aws:principalorgid",
    "aws:sourceaccount",
    "aws:sourcearn",
    "aws:sourceip",
    "aws:sourceowner",
    "aws:sourcevpc",
    "aws:sourcevpce",
    "aws:userid",
    "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn",
    "s3:x-amz-server-side-encryption-aws-kms-key-id",
];

impl PolicyDocument {
    /// Whether any condition or variable names a key that begins so; in lower case, as in
    /// `s3:existingobjecttag/`. What no policy mentions need not be looked up.
    #[must_use]
    pub fn mentions(&self, prefix: &str) -> bool {
        self.keys().any(|key| key.starts_with(prefix))
    }

    /// Every key that conditions and variables name, in lower case; some may come twice.
    pub fn keys(&self) -> impl Iterator<Item = &str> {
        self.statements().iter().flat_map(Statement::keys)
    }

    /// Every account number and ARN that is named as a principal; some may come twice.
    pub fn principals(&self) -> impl Iterator<Item = &str> {
        self.statements()
            .iter()
            .filter_map(|statement| statement.principals.as_ref())
            .flat_map(|scope| scope.listed().references())
    }

    /// Whether the policy gives anything to anybody at all, as `GetBucketPolicyStatus` tells it.
    ///
    /// "Blocking public access", "The meaning of public": an Allow to everybody is public unless a
    /// condition holds it to fixed values of one of a few keys. (Requests without a signature are refused
    /// here all the same.)
    #[must_use]
    pub fn is_public(&self) -> bool {
        self.statements().iter().any(is_public)
    }
}

fn is_public(statement: &Statement) -> bool {
    let open = match &statement.principals {
        Some(Scope::Only(set)) => set.has_everyone() || PrincipalSet::has_provider(set),
        Some(Scope::AllBut(_)) => true,
        None => false,
    };
    let narrowed = statement
        .conditions
        .iter()
        .any(|one| NARROWING.contains(&one.key()) && one.fixes_its_key());
    statement.effect == Effect::Allow && open && !narrowed
}

#[cfg(test)]
mod tests;
