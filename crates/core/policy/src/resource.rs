//! The resources of a statement.
//!
//! "IAM JSON policy elements: Resource". A bucket is `arn:aws:s3:::bucket`, an object
//! `arn:aws:s3:::bucket/key`; the five sections before the name are decided when the policy is read, so a
//! request compares names only, and its ARN is never put together. Roles, users and whatever else has an
//! ARN are compared section by section.

use crate::arn::{self, ArnPattern};
use crate::catalogue::Target;
use crate::effort::Metered;
use crate::error::{Fault, PolicyProblem, shown};
use crate::pattern::{Pattern, Subject, Syntax, Variables};
use crate::request::Resource;

/// What other things than buckets and objects S3 has ARNs for.
const OTHER_NAMES: [&str; 7] = [
    "access-grants",
    "accesspoint",
    "async-request",
    "job",
    "multiregionaccesspoint",
    "storage-lens",
    "storage-lens-group",
];

/// What the ARN of every bucket and object begins with.
const S3_ARN: &str = "arn:aws:s3:::";

/// A compiled resource of a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ResourcePattern {
    /// `*`
    Any,
    /// What has such an ARN, buckets and objects of such names among it.
    Either(Pattern, Box<ArnPattern>),
    /// What has such an ARN and is no bucket and no object.
    Elsewhere(Box<ArnPattern>),
    /// Buckets and objects of such names.
    Named(Pattern),
}

impl ResourcePattern {
    pub(crate) fn compile(text: &str, variables: Variables, at: usize) -> Result<Self, Fault> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let sections = arn::sections(text).ok_or_else(|| {
            let fault = arn::malformed(text, at);
            match text.contains(':') {
                true => fault,
                false => fault.hint(format!("did you mean `arn:aws:s3:::{}`?", shown(text))),
            }
        })?;
        let [arn, partition, service, region, account, name] = sections;
        if arn != "arn" || name.is_empty() {
            return Err(arn::malformed(text, at));
        }
        let fits = |section, actual| -> Result<bool, Fault> {
            Ok(Pattern::compile(section, Syntax::BEFORE_RESOURCE, at)?.matches_plain(actual))
        };
        let fits =
            fits(partition, "aws")? & fits(service, "s3")? & fits(region, "")? & fits(account, "")?;
        let elsewhere = ArnPattern::of_resource(sections, variables, at)?;
        if !fits {
            let kind = name.split(['/', ':']).next().unwrap_or_default();
            if service == "s3" && !OTHER_NAMES.contains(&kind) {
                let arn = shown(text);
                return Err(Fault::new(at, PolicyProblem::ArnUnreachable { arn }));
            }
            return Ok(Self::Elsewhere(Box::new(elsewhere)));
        }
        let syntax = Syntax {
            wildcards: true,
            variables,
        };
        let name = Pattern::compile(name, syntax, at)?;
        Ok(match service {
            "s3" => Self::Named(name),
            _ => Self::Either(name, Box::new(elsewhere)),
        })
    }

    /// Whether the request is about such a resource.
    pub(crate) fn matches(&self, request: &Metered<'_>) -> bool {
        match request.resource {
            Resource::Bucket { bucket } => self.names(Subject::text(bucket), request),
            Resource::Object { bucket, key } => self.names(Subject::object(bucket, key), request),
            Resource::Other { arn } => match self {
                Self::Any => true,
                Self::Either(_, pattern) | Self::Elsewhere(pattern) => {
                    pattern.matches(arn, request)
                }
                Self::Named(name) => arn
                    .strip_prefix(S3_ARN)
                    .is_some_and(|rest| name.matches(Subject::text(rest), request)),
            },
            Resource::Service => match self {
                Self::Any => true,
                Self::Either(name, _) | Self::Named(name) => name.is_star(),
                Self::Elsewhere(_) => false,
            },
        }
    }

    /// Whether a bucket or object of this name is meant.
    fn names(&self, subject: Subject<'_>, request: &Metered<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Either(name, _) | Self::Named(name) => name.matches(subject, request),
            Self::Elsewhere(_) => false,
        }
    }

    /// Whether all its variables have a value in this request.
    pub(crate) fn is_resolved(&self, request: &Metered<'_>) -> bool {
        match self {
            Self::Any => true,
            Self::Either(_, pattern) | Self::Elsewhere(pattern) => pattern.is_resolved(request),
            Self::Named(name) => name.is_resolved(request),
        }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        let (name, arn) = match self {
            Self::Any => (None, None),
            Self::Either(_, arn) | Self::Elsewhere(arn) => (None, Some(arn)),
            Self::Named(name) => (Some(name), None),
        };
        let sections = arn.into_iter().flat_map(|arn| arn.sections());
        name.into_iter().chain(sections).flat_map(Pattern::keys)
    }

    /// Whether nothing outside of the bucket can match.
    pub(crate) fn lies_in(&self, bucket: &str) -> bool {
        let Self::Named(name) = self else {
            return false;
        };
        match name.literal() {
            Some(text) if text == bucket => true,
            _ => name
                .literal_start()
                .strip_prefix(bucket)
                .is_some_and(|rest| rest.starts_with('/')),
        }
    }

    /// Whether something of this kind can match.
    pub(crate) fn admits(&self, target: Target) -> bool {
        match (self, target) {
            (Self::Any, _) => true,
            (Self::Elsewhere(_), _) => false,
            (Self::Either(name, _) | Self::Named(name), Target::Bucket) => {
                !name.literal_start().contains('/')
            }
            (Self::Either(name, _) | Self::Named(name), Target::Object) => {
                name.literal().is_none_or(|text| text.contains('/'))
            }
            (Self::Either(name, _) | Self::Named(name), Target::Other) => name.is_star(),
        }
    }
}

#[cfg(test)]
mod tests;
