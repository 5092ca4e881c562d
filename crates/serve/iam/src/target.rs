//! What an action is done to, as policies see it, with the condition keys of IAM.
//!
//! "Actions, resources, and condition keys for AWS Identity and Access Management": `iam:PolicyARN`, `iam:PermissionsBoundary`,
//! `iam:ResourceTag/…`, `aws:ResourceTag/…`, `aws:RequestTag/…`, `aws:TagKeys`. `iam:PermissionsBoundary` is the boundary
//! that the user or role has, or is to get, so whoever may give rights only below a boundary cannot give them without.

use countersign_policy::{Context, Resource, Values};

/// Tags, as pairs of key and value.
pub(crate) type Tags = Vec<(String, String)>;

/// What an action is done to.
#[derive(Clone, Debug, Default)]
pub(crate) struct Target<'t> {
    /// The ARN; none if it is about the account as a whole.
    arn: Option<String>,
    tags: Tags,
    boundary: Option<String>,
    policy_arn: Option<&'t str>,
    request_tags: &'t [(String, String)],
    tag_keys: Vec<&'t str>,
}

impl<'t> Target<'t> {
    /// The account as a whole.
    pub(crate) fn account() -> Self {
        Self::default()
    }

    /// What has this ARN.
    pub(crate) fn of(arn: String) -> Self {
        Self {
            arn: Some(arn),
            ..Self::default()
        }
    }

    /// The same, which has these tags.
    pub(crate) fn tagged(mut self, tags: &[(String, String)]) -> Self {
        self.tags = tags.to_vec();
        self
    }

    /// The same, whose permissions boundary is, or is to be, this.
    pub(crate) fn bounded(mut self, arn: Option<String>) -> Self {
        self.boundary = arn;
        self
    }

    /// The same, where this policy is attached, detached or looked for.
    pub(crate) fn with_policy(mut self, arn: &'t str) -> Self {
        self.policy_arn = Some(arn);
        self
    }

    /// The same, which is to get these tags.
    pub(crate) fn with_tags(mut self, tags: &'t [(String, String)]) -> Self {
        self.request_tags = tags;
        self.tag_keys = tags.iter().map(|(key, _)| key.as_str()).collect();
        self
    }

    /// The same, which is to lose the tags of these keys.
    pub(crate) fn without_tags(mut self, keys: &[&'t str]) -> Self {
        self.tag_keys = keys.to_vec();
        self
    }

    /// The resource that policies are asked about.
    pub(crate) fn resource(&self) -> Resource<'_> {
        self.arn
            .as_deref()
            .map_or(Resource::Service, |arn| Resource::Other { arn })
    }
}

impl Context for Target<'_> {
    fn values(&self, key: &str) -> Values<'_> {
        match key {
            "aws:tagkeys" => Values::Many(&self.tag_keys),
            "iam:permissionsboundary" => self.boundary.as_deref().into(),
            "iam:policyarn" => self.policy_arn.into(),
            _ => {
                let (family, name) = key.split_once('/').unwrap_or((key, ""));
                let tags = match family {
                    "aws:requesttag" => self.request_tags,
                    "aws:resourcetag" | "iam:resourcetag" => &self.tags,
                    _ => return Values::Absent,
                };
                let tag = tags.iter().find(|(key, _)| key.to_lowercase() == name);
                tag.map(|(_, value)| value.as_str()).into()
            }
        }
    }
}

#[cfg(test)]
mod tests;
