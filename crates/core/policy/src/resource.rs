//! The resources of a statement.
//!
//! "IAM JSON policy elements: Resource". A resource here is `arn:aws:s3:::bucket` or
//! `arn:aws:s3:::bucket/key`; the five sections before the name are decided when the policy is read, so a
//! request compares names only, and its ARN is never put together.

use crate::arn;
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

/// A compiled resource of a statement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum ResourcePattern {
    /// `*`
    Any,
    /// Buckets and objects of such names.
    Named(Pattern),
    /// Something that is no bucket and no object.
    Never,
}

impl ResourcePattern {
    pub(crate) fn compile(text: &str, variables: Variables, at: usize) -> Result<Self, Fault> {
        if text == "*" {
            return Ok(Self::Any);
        }
        let [arn, partition, service, region, account, name] =
            arn::sections(text).ok_or_else(|| {
                let fault = arn::malformed(text, at);
                match text.contains(':') {
                    true => fault,
                    false => fault.hint(format!("did you mean `arn:aws:s3:::{}`?", shown(text))),
                }
            })?;
        if arn != "arn" || name.is_empty() {
            return Err(arn::malformed(text, at));
        }
        let fixed = Syntax {
            wildcards: true,
            variables: Variables::Forbidden {
                place: "an ARN before its fifth colon",
            },
        };
        let fits = |section, actual| -> Result<bool, Fault> {
            Ok(Pattern::compile(section, fixed, at)?.matches_plain(actual))
        };
        let is_s3 = fits(service, "s3")?;
        let fits = fits(partition, "aws")? & is_s3 & fits(region, "")? & fits(account, "")?;
        let name_pattern = Pattern::compile(
            name,
            Syntax {
                wildcards: true,
                variables,
            },
            at,
        )?;
        if fits {
            return Ok(Self::Named(name_pattern));
        }
        let kind = name.split(['/', ':']).next().unwrap_or_default();
        if is_s3 && !OTHER_NAMES.contains(&kind) {
            return Err(Fault::new(
                at,
                PolicyProblem::ArnUnreachable { arn: shown(text) },
            ));
        }
        Ok(Self::Never)
    }

    /// Whether the request is about such a resource.
    pub(crate) fn matches(&self, request: &Metered<'_>) -> bool {
        match (self, request.resource) {
            (Self::Any, _) => true,
            (Self::Never, _) => false,
            (Self::Named(name), Resource::Bucket { bucket }) => {
                name.matches(Subject::text(bucket), request)
            }
            (Self::Named(name), Resource::Object { bucket, key }) => {
                name.matches(Subject::object(bucket, key), request)
            }
            (Self::Named(name), Resource::Service) => name.is_star(),
        }
    }

    /// Whether all its variables have a value in this request.
    pub(crate) fn is_resolved(&self, request: &Metered<'_>) -> bool {
        match self {
            Self::Any | Self::Never => true,
            Self::Named(name) => name.is_resolved(request),
        }
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = &str> {
        match self {
            Self::Any | Self::Never => None,
            Self::Named(name) => Some(name),
        }
        .into_iter()
        .flat_map(Pattern::keys)
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
            (Self::Never, _) => false,
            (Self::Named(name), Target::Bucket) => !name.literal_start().contains('/'),
            (Self::Named(name), Target::Object) => {
                name.literal().is_none_or(|text| text.contains('/'))
            }
            (Self::Named(name), Target::Other) => name.is_star(),
        }
    }
}

#[cfg(test)]
mod tests;
