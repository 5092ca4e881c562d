//! What was stored about the rights of a user and of a bucket, read and ready to be evaluated.

use std::sync::Arc;

use countersign_policy::{NamedPolicy, PolicyDocument, PolicyKind};

use super::tagging::REQUEST_TAGS;

/// The account that everything belongs to: one installation is one account.
pub const ACCOUNT: &str = "000000000000";
/// The keys that need a look at the object.
const EXISTING_TAG: &str = "s3:existingobjecttag/";
/// The key that needs a look at a table.
const COUNTRY: &str = "countersign:country";

/// What a user or a role may do.
#[derive(Debug)]
pub struct Authority {
    pub(super) arn: Box<str>,
    pub(super) policies: Vec<Arc<NamedPolicy>>,
    pub(super) boundary: Option<NamedPolicy>,
    pub(super) tags: Vec<(String, String)>,
    /// A document that cannot be read any more.
    pub(super) damaged: Option<Box<str>>,
    asks: Asks,
}

/// What the owner of a bucket lets others do.
#[derive(Debug, Default)]
pub struct BucketPolicy {
    pub(super) document: Option<PolicyDocument>,
    /// There is one, and it cannot be read any more.
    pub(super) is_damaged: bool,
    asks: Asks,
}

/// What policies ask for that the head of a request does not say.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Asks {
    /// The tags of the object as it is.
    pub existing_tags: bool,
    /// The tags that the request gives an object, which may be in its body.
    pub request_tags: bool,
    /// The country of the client.
    pub country: bool,
}

impl Authority {
    /// Reads what was stored for a user or a role with this ARN: policies by name, its own and those of its
    /// groups; the boundary; its tags. A document that cannot be read any more takes every right.
    pub fn read<'a>(
        arn: &str,
        policies: impl IntoIterator<Item = (&'a str, &'a str)>,
        boundary: Option<&str>,
        tags: Vec<(String, String)>,
    ) -> Self {
        let mut authority = Self {
            arn: arn.into(),
            policies: Vec::new(),
            boundary: None,
            tags,
            damaged: None,
            asks: Asks::default(),
        };
        for (name, text) in policies {
            match PolicyDocument::parse(text, PolicyKind::Identity) {
                Ok(document) => {
                    authority.asks.note(&document);
                    let policy = NamedPolicy::new(name, document);
                    authority.policies.push(Arc::new(policy));
                }
                Err(_) => authority.damaged = Some(format!("policy `{name}`").into()),
            }
        }
        match boundary.map(|text| PolicyDocument::parse(text, PolicyKind::Boundary)) {
            None => {}
            Some(Ok(document)) => {
                authority.asks.note(&document);
                authority.boundary = Some(NamedPolicy::new("boundary", document));
            }
            Some(Err(_)) => authority.damaged = Some("permissions boundary".into()),
        }
        authority
    }

    /// The ARN of the user or role.
    #[must_use]
    pub fn arn(&self) -> &str {
        &self.arn
    }

    /// Its tags, as they were stored.
    #[must_use]
    pub fn tags(&self) -> &[(String, String)] {
        &self.tags
    }

    /// What must be looked up before it can be evaluated.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }
}

impl BucketPolicy {
    /// Reads a bucket's policy as it was stored.
    #[must_use]
    pub fn read(text: Option<&str>) -> Self {
        match text.map(|text| PolicyDocument::parse(text, PolicyKind::Resource)) {
            None => Self::default(),
            Some(Ok(document)) => {
                let mut asks = Asks::default();
                asks.note(&document);
                Self {
                    document: Some(document),
                    is_damaged: false,
                    asks,
                }
            }
            Some(Err(_)) => Self {
                is_damaged: true,
                ..Self::default()
            },
        }
    }

    /// What must be looked up before it can be evaluated.
    #[must_use]
    pub fn asks(&self) -> Asks {
        self.asks
    }
}

impl Asks {
    pub(super) fn note(&mut self, document: &PolicyDocument) {
        self.existing_tags |= document.mentions(EXISTING_TAG);
        self.request_tags |= document.mentions(REQUEST_TAGS);
        self.country |= document.mentions(COUNTRY);
    }

    /// What either asks for.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            existing_tags: self.existing_tags || other.existing_tags,
            request_tags: self.request_tags || other.request_tags,
            country: self.country || other.country,
        }
    }
}
